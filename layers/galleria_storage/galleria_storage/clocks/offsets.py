"""Offsets from UTC: a zone's at a wall-clock time, and the one closest to a difference."""

from datetime import datetime, timedelta
from functools import lru_cache

from galleria_storage.corrections.gps_offset import OFFSETS_IN_USE
from galleria_storage.corrections.zones import offset_at, offset_text
from galleria_storage.errors import GalleriaError


@lru_cache(maxsize=4096)
def offset_in(zone: str, local: datetime) -> timedelta:
    """Return how far clocks in a zone are ahead of UTC when they show `local`."""
    try:
        return timedelta(minutes=minutes_of(offset_at(local, zone, None)))
    except GalleriaError:
        return timedelta()  # local mean times of the 19th century


def minutes_of(text: str) -> int:
    """Read a canonical offset, ``±HH:MM``."""
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def nearest_offset(ahead: timedelta) -> int:
    """Return the closest offset in use, in minutes; of two equally close ones, the one in whole hours."""
    return min(OFFSETS_IN_USE, key=lambda minutes: (abs(ahead - timedelta(minutes=minutes)), minutes % 60 != 0))


def zone_text(minutes: int) -> str:
    """Write minutes from UTC as a zone, ``±HH:MM``."""
    return offset_text(minutes)
