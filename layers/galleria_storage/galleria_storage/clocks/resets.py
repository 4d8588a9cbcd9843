"""A clock that was reset: it starts again on the first of January of the year in its firmware.

2013-01-01, 1980-01-01, 1970-01-01 … This happens when the clock's battery has been empty; most people do not notice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence

_AWAY: Final = timedelta(days=180)
_SINCE: Final = timedelta(days=60)
"""How long a clock may have run since its reset."""

_BEGIN: Final = datetime(1970, 1, 1)  # noqa: DTZ001 # seconds are counted from here


def reset_evidence(camera: Camera, others: Iterable[Camera]) -> Evidence | None:
    """Return the evidence of a reset: a clock begins on a first of January, long before the other cameras' photos."""
    clocks = [shot.clock for shot in camera.timed if shot.clock]
    rest = [shot.clock for other in others if other.key != camera.key for shot in other.timed if shot.clock]
    if not clocks or not rest:
        return None
    first = min(clocks)
    usual = _BEGIN + timedelta(seconds=median((clock - _BEGIN).total_seconds() for clock in rest))
    year = datetime(first.year, 1, 1)  # noqa: DTZ001 # on the camera's clock
    if usual - max(clocks) < _AWAY or first - year > _SINCE:
        return None
    words = f"the clock shows {first:%Y-%m-%d}, long before the others: it was reset to {year:%Y-%m-%d}"
    return Evidence("reset", words, photos=len(clocks))
