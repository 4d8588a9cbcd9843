"""The zone that a camera was set to, by its maker note; its clock may not have followed it. See `zone_fields`."""

from collections import Counter
from datetime import timedelta
from typing import Final

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence, photos_that
from galleria_storage.clocks.offsets import zone_text

_OF_PEOPLE: Final = timedelta(minutes=10)


def note_evidence(camera: Camera) -> Evidence | None:
    """Return the evidence of a camera's maker notes; None if they do not say."""
    counts = Counter(shot.note_offset for shot in camera.timed if shot.note_offset is not None)
    if not counts:
        return None
    minutes, number = counts.most_common(1)[0]
    zone = zone_text(minutes)
    words = f"{photos_that(number, 'says', 'say')} that the camera was set to {zone}, daylight saving included"
    return Evidence("maker note", words, "guess", timedelta(minutes=minutes), _OF_PEOPLE, zone=zone, photos=number)
