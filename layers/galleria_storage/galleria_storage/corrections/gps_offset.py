"""The offset that follows from a photo's own GPS time: capture time minus UTC, to the quarter hour.

Exif 2.32 4.6.6: GPSDateStamp and GPSTimeStamp are UTC. A receiver may lag a
little, and a clock may be slightly wrong; both errors are far smaller than the
distance between two zones.
"""

from datetime import datetime, timedelta
from typing import Final

from galleria_storage.corrections.correction_keys import TARGET_ZONE
from galleria_storage.corrections.zones import HIGHEST, LOWEST, offset_text
from galleria_storage.errors import CorrectionError

TOLERANCE: Final = timedelta(minutes=5)
"""How far the difference may be from an offset in use."""

_QUARTER: Final = timedelta(minutes=15)
#: Minutes past the hour of the offsets in use that are not whole hours (IANA time zone database, 2024).
_HALF_HOURS: Final = frozenset({-570, -210, -150, 210, 270, 330, 390, 570, 630})
_THREE_QUARTERS: Final = frozenset({345, 525, 765, 825})
OFFSETS_IN_USE: Final = frozenset(range(LOWEST, HIGHEST + 1, 60)) | _HALF_HOURS | _THREE_QUARTERS
"""Minutes from UTC of all zones of today."""


def offset_from_gps(local: datetime, moment: datetime | None) -> str:
    """Return the offset, as ``±HH:MM``, at which a clock shows `local` at a moment in UTC.

    Raises
    ------
    CorrectionError
        The moment is missing, or the difference is not an offset in use. The
        message gives the difference, never the place.
    """
    if moment is None:
        raise CorrectionError(
            f"{TARGET_ZONE} is 'gps', but the photo has no GPS time",
            tag=TARGET_ZONE,
            advice=f"Name the zone with {TARGET_ZONE}.",
        )
    difference = local - moment
    minutes = round(difference / _QUARTER) * 15
    if minutes not in OFFSETS_IN_USE or abs(difference - timedelta(minutes=minutes)) > TOLERANCE:
        raise CorrectionError(
            f"{TARGET_ZONE} is 'gps', but the photo's capture time and its GPS time differ by {_spoken(difference)}, "
            "which is not the offset of a time zone: its clock is wrong, or its GPS time is old",
            tag=TARGET_ZONE,
            advice="Correct the clock with timestamp-offset-hours as well, or name the zone.",
        )
    return offset_text(minutes)


def _spoken(difference: timedelta) -> str:
    seconds = int(abs(difference).total_seconds())
    sign = "-" if difference < timedelta() else "+"
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
