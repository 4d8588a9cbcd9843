"""The wall-clock time of the shutter: read from the texts of cameras and editors, moved, written for Exif.

Exif 2.32, section 4.6.5: DateTimeOriginal is ``YYYY:MM:DD HH:MM:SS`` in 24-hour
format, and SubSecTimeOriginal holds the digits after the decimal point. Cameras
write something close to it, which is read if it has exactly one meaning.
Patterns are compiled on first use, so that importing costs nothing.
"""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction_keys import CAMERA_ZONE, TIMESTAMP
from galleria_storage.corrections.durations import MICROSECONDS
from galleria_storage.corrections.zones import HIGHEST, LOWEST, attach, offset_of, offset_text, zone_rules
from galleria_storage.errors import CorrectionError, NoCaptureTimeError

FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 9999
# Year first, one kind of separator in the date, minutes known: whatever the
# separators and padding, the meaning is clear.
_CAMERA_DATE = r"\s*([0-9]{4})([:/.-]) ?([0-9]{1,2})\2 ?([0-9]{1,2})"
_FRACTION = r"(?:[.,]([0-9]{0,9})|:([0-9]{3}))?"  # three digits after a colon are milliseconds
_CAMERA_TIME = r"(?:[T:]|\s+) ?([0-9]{1,2}): ?([0-9]{1,2})(?:: ?([0-9]{1,2}|  )" + _FRACTION + ")?"
_COMPACT_CAMERA_DATE = r"\s*([0-9]{4})()([0-9]{2})([0-9]{2})[T ]?([0-9]{2})([0-9]{2})([0-9]{2})" + _FRACTION
_APPENDED = r"\s*([AP]M)?\s*(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-5][0-9])?)?\s*"
_CAMERA_TEXT = _CAMERA_DATE + _CAMERA_TIME + _APPENDED
_COMPACT_CAMERA_TEXT = _COMPACT_CAMERA_DATE + _APPENDED
# What dates and times of any spelling are made of, one that is blank or all zeros too; no letters of a name.
_OF_TIMES = r"(?:[0-9 :.,/+-]|[TZ]|[AP]M|UTC|GMT|[CEW]ES?T|MON|TUE|WED|THU|FRI|SAT|SUN"
_OF_TIMES += r"|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)*"
_LIKE_A_TIME = r"[ :0]*|.*(?<![0-9])[0-9]{1,2}: ?[0-9]{1,2}(?![0-9]).*|[0-9]{4}:[0-9]{2}.*|(?:19|20)[0-9]{10,12}"
_LONGEST_SHOWN = 40
_NOON = 12


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


class CameraText(NamedTuple):
    """What a photo says about its capture time.

    Attributes
    ----------
    time
        The capture time, with the fraction in the text itself.
    offset
        The offset in the text, as ``±HH:MM``; empty if it has none.
    tagged
        The offset in its own tag, OffsetTimeOriginal; empty if that is absent or blank.
    """

    time: CaptureTime
    offset: str = ""
    tagged: str = ""


def read_capture_time(found: CaptureTags) -> CameraText:
    """Read the capture time that a photo holds.

    Cameras write it short, blank or with other separators, and editors append
    milliseconds, AM or PM, or an offset. A text with exactly one meaning is
    read (missing seconds are 00); all others are refused.

    Raises
    ------
    CorrectionError
        There is no capture time, or its text cannot be read; the message shows the text if it looks like a time.
    """
    text = found.date_time_original
    if text is None:
        raise _unreadable("the photo has no capture time (DateTimeOriginal)", NoCaptureTimeError)
    read = _time_and_offset(text)
    if read is None:
        kind = CorrectionError if text.strip(" :0\0") else NoCaptureTimeError
        raise _unreadable(
            f"the photo's capture time (DateTimeOriginal) is {_shown(text)}, which is not a readable time", kind
        )
    time, offset = read
    return CameraText(time.checked(), offset, (found.offset_time_original or "").strip(" :"))


def read_fraction(found: CaptureTags) -> str:
    """Read the digits of SubSecTimeOriginal; empty if it is absent or blank.

    Raises
    ------
    CorrectionError
        It holds anything but digits.
    """
    text = (found.sub_sec_time_original or "").strip()
    if not re.fullmatch("[0-9]{0,18}", text):
        raise _unreadable(
            f"the photo's SubSecTimeOriginal is a text of {len(text)} characters, which is not a fraction of a second"
        )
    return text


def looks_like_a_time(text: str) -> bool:
    """Tell whether a text may be shown as a time: in a damaged photo it may be a name, a place or a serial number."""
    upper = text.upper().strip("\0")
    of_times = len(text) <= _LONGEST_SHOWN and re.fullmatch(_OF_TIMES, upper)
    return bool(of_times and re.fullmatch(_LIKE_A_TIME, upper))


def _shown(text: str) -> str:
    return repr(text) if looks_like_a_time(text) else f"a text of {len(text)} characters"


def _time_and_offset(text: str) -> tuple[CaptureTime, str] | None:
    """Read a camera's text; None unless it has exactly one meaning."""
    upper = text.upper()
    match = re.fullmatch(_CAMERA_TEXT, upper) or re.fullmatch(_COMPACT_CAMERA_TEXT, upper)
    if not match:
        return None
    year, _, month, day, hour, minute, second, fraction, milliseconds, half, offset = match.groups("")
    local = wall_clock(year, month, day, _hour(int(hour), half) if half else hour, minute, second.strip() or "0")
    minutes = _offset_minutes(offset) if offset else 0
    if local is None or not LOWEST <= minutes <= HIGHEST:
        return None
    return CaptureTime(local, fraction or milliseconds), offset_text(minutes) if offset else ""


def _hour(hour: int, half: str) -> str:
    """Return the hour on a 24-hour clock; empty if hour and AM or PM contradict each other (16 AM, 0 PM)."""
    if half == "AM":
        return "" if hour > _NOON else str(hour % _NOON)
    return "" if hour == 0 else str(hour if hour >= _NOON else hour + _NOON)


def _offset_minutes(text: str) -> int:
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:]) if digits.isdigit() else 0
    return -minutes if text.startswith("-") else minutes


def _unreadable(what: str, kind: type[CorrectionError] = CorrectionError) -> CorrectionError:
    return kind(
        f"{what}, so that a relative correction or a time zone cannot be worked out",
        tag="DateTimeOriginal",
        advice=f"Give the time itself, with {TIMESTAMP}.",
    )


def wall_clock(*fields: str) -> datetime | None:
    """Return a time from year to second; None if that day or hour does not exist."""
    try:
        return datetime(*map(int, fields))  # type: ignore[arg-type] # noqa: DTZ001 # wall-clock time
    except ValueError:
        return None


def _outside(what: str) -> CorrectionError:
    return CorrectionError(
        f"{what} lies outside the allowed years, {FIRST_YEAR} to {LAST_YEAR}", tag="DateTimeOriginal"
    )
