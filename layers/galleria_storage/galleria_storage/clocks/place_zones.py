"""The zone of the places at which photos were taken.

Somebody with a map of zones fills in `Shot.zone`; where borders are near, such a map may be wrong, and is overruled by
what most photos say.
"""

from collections import Counter

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence, photos_that


def place_evidence(camera: Camera) -> Evidence | None:
    """Say in which zone the photos of a camera were taken; None if they do not say where."""
    counts = Counter(shot.zone for shot in camera.shots if shot.zone)
    if not counts:
        return None
    zone, number = counts.most_common(1)[0]
    others = f", {counts.total() - number} in another" if len(counts) > 1 else ""
    words = f"{photos_that(number, 'was', 'were')} taken in {zone}{others}"
    return Evidence("place", words, zone=zone, photos=number)
