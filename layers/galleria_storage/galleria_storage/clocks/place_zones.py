"""The zone of the places at which photos were taken.

The caller adds `Shot.zone` from a map of zones. Near borders such a map may be wrong, so the zone of most photos
counts.
"""

from collections import Counter

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence, photos_that


def place_evidence(camera: Camera) -> Evidence | None:
    """Return the evidence of the places of a camera's photos; None if they have none."""
    counts = Counter(shot.zone for shot in camera.shots if shot.zone)
    if not counts:
        return None
    zone, number = counts.most_common(1)[0]
    others = f", {counts.total() - number} in another" if len(counts) > 1 else ""
    words = f"{photos_that(number, 'was', 'were')} taken in {zone}{others}"
    return Evidence("place", words, zone=zone, photos=number)
