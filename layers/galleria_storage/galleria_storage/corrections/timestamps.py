"""Values of ``corrected-timestamp``: ISO 8601 times, in extended or basic form."""

import re
from typing import Final

from galleria_storage.corrections.capture_time import FIRST_YEAR, LAST_YEAR, CaptureTime, wall_clock
from galleria_storage.corrections.correction_keys import TIMESTAMP
from galleria_storage.corrections.zones import parse_clock_offset
from galleria_storage.errors import CorrectionError

ALLOWED_TIMESTAMP: Final = (
    "ISO 8601 times such as 2024-06-15T10:30:45, with an optional fraction (.25) and offset (+02:00), "
    f"in the years {FIRST_YEAR} to {LAST_YEAR}"
)
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
_BASIC_DATE = r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})"
# The space is a plus sign that was lost in a URL-encoded tagging header.
_REST = r"(?:[.,]([0-9]{1,9}))?(Z|[+ -][0-9]{2}(?::?[0-9]{2})?)?"


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


def _timestamp_offset(text: str | None, shown: str) -> str | None:
    if text is None:
        return None
    digits = text[1:].replace(":", "").ljust(4, "0") if text != "Z" else "0000"
    sign = "-" if text[0] == "-" else "+"
    offset = parse_clock_offset(TIMESTAMP, f"{sign}{digits[:2]}:{digits[2:]}", shown)
    if offset is None:
        raise CorrectionError(f"{TIMESTAMP} is {shown!r}; allowed are {ALLOWED_TIMESTAMP}", tag=TIMESTAMP)
    return offset
