"""What a correction does to a moment: for films, which record UTC and may not say where they were taken."""

from datetime import datetime, timedelta
from typing import NamedTuple

from galleria_storage.corrections.correction_keys import TARGET_OFFSET, TARGET_ZONE, TIMESTAMP
from galleria_storage.errors import CorrectionError


class MomentChange(NamedTuple):
    """A moment is replaced or moved; a zone alone does neither.

    Attributes
    ----------
    to
        The moment to set, in UTC, naive; or None.
    by
        Microseconds by which to move it, if `to` is None.
    """

    to: datetime | None = None
    by: int = 0


def moment_at(local: datetime, offset: str) -> datetime:
    """Return the moment, in UTC, at which clocks at an offset (``±HH:MM``) show a time.

    Raises
    ------
    OverflowError
        It is outside the years 1 to 9999.
    """
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    return local + timedelta(minutes=minutes if offset[0] == "-" else -minutes)


def offset_wanted(time: str) -> CorrectionError:
    """Return the error for a capture time whose offset from UTC is unknown."""
    return CorrectionError(
        f"the capture time {time} cannot be written into a film, which records its time in UTC: its offset is unknown",
        tag=TIMESTAMP,
        advice=f"Give the offset with the time, as in 2024-06-15T10:30:45+02:00, or give {TARGET_ZONE} or "
        f"{TARGET_OFFSET}.",
    )
