"""What a photo says about its own capture time: texts of cameras and editors, read if they have exactly one meaning.

Exif 2.32, section 4.6.5: DateTimeOriginal is ``YYYY:MM:DD HH:MM:SS``; cameras write something close to it.
Patterns are compiled on first use, so that importing costs nothing.
"""

import re
from typing import NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.capture_time import CaptureTime, wall_clock
from galleria_storage.corrections.correction_keys import TIMESTAMP
from galleria_storage.corrections.zones import HIGHEST, LOWEST, offset_text
from galleria_storage.errors import CorrectionError, NoCaptureTimeError

# Year first, one kind of separator in the date, minutes known: whatever the
# separators and padding, the meaning is clear.
_CAMERA_DATE = r"\s*([0-9]{4})([:/.-]) ?([0-9]{1,2})\2 ?([0-9]{1,2})"
_FRACTION = r"(?:[.,]([0-9]{0,9})|:([0-9]{3}))?"  # three digits after a colon are milliseconds
_CAMERA_TIME = r"(?:[T:]|\s+) ?([0-9]{1,2}): ?([0-9]{1,2})(?:: ?([0-9]{1,2}|  )" + _FRACTION + ")?"
_COMPACT_CAMERA_DATE = r"\s*([0-9]{4})()([0-9]{2})([0-9]{2})[T ]?([0-9]{2})([0-9]{2})([0-9]{2})" + _FRACTION
_APPENDED = r"\s*([AP]M)?\s*(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-5][0-9])?)?\s*"
# What dates and times of any spelling are made of, one that is blank or all zeros too; no letters of a name.
_OF_TIMES = r"(?:[0-9 :.,/+-]|[TZ]|[AP]M|UTC|GMT|[CEW]ES?T|MON|TUE|WED|THU|FRI|SAT|SUN"
_OF_TIMES += r"|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)*"
_LIKE_A_TIME = r"[ :0]*|.*(?<![0-9])[0-9]{1,2}: ?[0-9]{1,2}(?![0-9]).*|[0-9]{4}:[0-9]{2}.*|(?:19|20)[0-9]{10,12}"
_LONGEST_SHOWN = 40
_NOON = 12


class CameraText(NamedTuple):
    """What the text of DateTimeOriginal says.

    Attributes
    ----------
    time
        The capture time, with the fraction in the text itself.
    offset
        The offset in the text, as ``±HH:MM``; empty if it has none.
    """

    time: CaptureTime
    offset: str = ""


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
    read = _camera_text(text)
    if read is None:
        kind = CorrectionError if text.strip(" :0\0") else NoCaptureTimeError
        raise _unreadable(
            f"the photo's capture time (DateTimeOriginal) is {_shown(text)}, which is not a readable time", kind
        )
    read.time.checked()
    return read


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


def read_offset(found: CaptureTags) -> str:
    """Read OffsetTimeOriginal; empty if it is absent or blank (Exif 2.31 writes an unknown offset as ``   :  ``)."""
    return (found.offset_time_original or "").strip(" :")


def looks_like_a_time(text: str) -> bool:
    """Tell whether a text may be shown as a time: in a damaged photo it may be a name, a place or a serial number."""
    upper = text.upper().strip("\0")
    of_times = len(text) <= _LONGEST_SHOWN and re.fullmatch(_OF_TIMES, upper)
    return bool(of_times and re.fullmatch(_LIKE_A_TIME, upper))


def _shown(text: str) -> str:
    return repr(text) if looks_like_a_time(text) else f"a text of {len(text)} characters"


def _camera_text(text: str) -> CameraText | None:
    """Read a camera's text; None unless it has exactly one meaning."""
    upper = text.upper()
    match = re.fullmatch(_CAMERA_DATE + _CAMERA_TIME + _APPENDED, upper) or re.fullmatch(
        _COMPACT_CAMERA_DATE + _APPENDED, upper
    )
    if not match:
        return None
    year, _, month, day, hour, minute, second, fraction, milliseconds, half, offset = match.groups("")
    local = wall_clock(year, month, day, _hour(int(hour), half), minute, second.strip() or "0")
    minutes = _offset_minutes(offset)
    if local is None or not LOWEST <= minutes <= HIGHEST:
        return None
    return CameraText(CaptureTime(local, fraction or milliseconds), offset_text(minutes) if offset else "")


def _hour(hour: int, half: str) -> str:
    """Return the hour on a 24-hour clock; empty if AM or PM contradicts it (16 AM) or leaves it open (0 PM)."""
    if half == "AM":
        return "" if hour > _NOON else str(hour % _NOON)
    if half == "PM":
        return "" if hour == 0 else str(hour if hour >= _NOON else hour + _NOON)
    return str(hour)


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
