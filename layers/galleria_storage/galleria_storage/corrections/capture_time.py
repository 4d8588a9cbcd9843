"""The wall-clock time of the shutter: read from ISO 8601, moved, written for Exif.

Exif 2.32, section 4.6.5: DateTimeOriginal is ``YYYY:MM:DD HH:MM:SS`` in 24-hour
format, and SubSecTimeOriginal holds the digits after the decimal point.
"""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.corrections.correction_keys import CAMERA_ZONE, TIMESTAMP
from galleria_storage.corrections.durations import MICROSECONDS
from galleria_storage.corrections.zones import attach, offset_of, parse_clock_offset, zone_rules
from galleria_storage.errors import CorrectionError

FIRST_YEAR, LAST_YEAR = 1800, 9999
ALLOWED_TIMESTAMP: Final = (
    "ISO 8601 times such as 2024-06-15T10:30:45, with an optional fraction (.25) and offset (+02:00), "
    f"in the years {FIRST_YEAR} to {LAST_YEAR}"
)
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
_BASIC_DATE = r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})"
# The space is a plus sign that was lost in a URL-encoded tagging header.
_REST = r"(?:[.,]([0-9]{1,9}))?(Z|[+ -][0-9]{2}(?::?[0-9]{2})?)?"


class CaptureTime(NamedTuple):
    """A wall-clock time to the second, and the digits after its decimal point.

    Attributes
    ----------
    local
        Naive, without microseconds.
    fraction
        Digits of the fraction as given (``"250"`` is 0.250 s); empty: not known.
    """

    local: datetime
    fraction: str = ""

    @property
    def exif_text(self) -> str:
        """The value of DateTimeOriginal."""
        return str(self.local).replace("-", ":")

    @property
    def iso_text(self) -> str:
        """The canonical value of ``corrected-timestamp``."""
        return self.local.isoformat() + (f".{self.fraction}" if self.fraction else "")

    def shifted(self, microseconds: int) -> "CaptureTime":
        """Add a time span; the fraction keeps its digits and gains those that the span needs.

        Raises
        ------
        CorrectionError
            The result lies outside the years 1800…9999.
        """
        seconds, rest = divmod(microseconds, MICROSECONDS)
        fraction = self.fraction
        if rest:
            span = f"{rest:06d}".rstrip("0")
            digits = max(len(fraction), len(span))
            total = int(fraction.ljust(digits, "0")) + int(span.ljust(digits, "0"))
            seconds, fraction = seconds + total // 10**digits, f"{total % 10**digits:0{digits}d}"
        try:
            return CaptureTime(self.local + timedelta(seconds=seconds), fraction).checked()
        except OverflowError:
            raise _outside(f"{self.exif_text} moved by {seconds} seconds") from None

    def moved(self, camera: str, target: str, known_offset: str | None) -> tuple["CaptureTime", str]:
        """Convert a clock time in the zone `camera` to the clock time of the same moment in the zone `target`.

        Returns
        -------
        tuple
            The capture time there, and its offset as ``±HH:MM``.

        Raises
        ------
        CorrectionError
            The result lies outside the years 1800…9999.
        """
        try:
            moment = attach(self.local, camera, known_offset).astimezone(zone_rules(target))
        except OverflowError:
            message = f"{self.exif_text} cannot be moved from {camera} to {target}"
            raise CorrectionError(message, tag=CAMERA_ZONE) from None
        moved = CaptureTime(moment.replace(tzinfo=None, fold=0), self.fraction)
        return moved.checked(), offset_of(moment, target)

    def checked(self) -> "CaptureTime":
        """Return self, or raise CorrectionError if the year is outside 1800…9999."""
        if not FIRST_YEAR <= self.local.year <= LAST_YEAR:
            raise _outside(self.exif_text)
        return self


def parse_timestamp(text: str) -> tuple[CaptureTime, str | None]:
    """Read an ISO 8601 time, in extended or basic form.

    Returns
    -------
    tuple
        The capture time, and its offset as ``±HH:MM`` or None.

    Raises
    ------
    CorrectionError
        The text has another form, names a day or hour that does not exist, or is out of range.
    """
    match = re.fullmatch(_DATE + _REST, text.upper()) or re.fullmatch(_BASIC_DATE + _REST, text.upper())
    local = wall_clock(*match.groups()[:6]) if match else None
    if not match or local is None or not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise CorrectionError(f"{TIMESTAMP} is {text!r}; allowed are {ALLOWED_TIMESTAMP}", tag=TIMESTAMP)
    return CaptureTime(local, match[7] or ""), _timestamp_offset(match[8], text)


def wall_clock(*fields: str) -> datetime | None:
    """Return a time from year to second; None if that day or hour does not exist."""
    try:
        return datetime(*(int(field) for field in fields))  # type: ignore[arg-type] # noqa: DTZ001 # wall-clock time
    except ValueError:
        return None


def _timestamp_offset(text: str | None, shown: str) -> str | None:
    if text is None:
        return None
    digits = text[1:].replace(":", "").ljust(4, "0") if text != "Z" else "0000"
    sign = "-" if text[0] == "-" else "+"
    offset = parse_clock_offset(TIMESTAMP, f"{sign}{digits[:2]}:{digits[2:]}", shown)
    if offset is None:
        raise CorrectionError(f"{TIMESTAMP} is {shown!r}; allowed are {ALLOWED_TIMESTAMP}", tag=TIMESTAMP)
    return offset


def _outside(what: str) -> CorrectionError:
    return CorrectionError(
        f"{what} lies outside the allowed years, {FIRST_YEAR} to {LAST_YEAR}", tag="DateTimeOriginal"
    )
