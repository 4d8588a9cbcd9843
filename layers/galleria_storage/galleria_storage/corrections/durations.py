"""How far a clock was off: decimal hours, ``±HH:MM[:SS]``, ``±HHMM`` and ISO 8601 durations, as whole microseconds.

Everything is exact integer arithmetic: 0.1 h is 360 s, never 359.99….
Patterns are compiled on first use, so that importing costs nothing.
"""

import re
from typing import Final

MICROSECONDS: Final = 1_000_000
HOUR: Final = 3600 * MICROSECONDS
ALLOWED_SHIFT: Final = (
    "hours such as -2 or 0.5, a clock form such as +01:30 or -00:00:45, or a duration such as PT1H30M"
)

# The number of digits is limited so that no text becomes a number that is
# costly to handle. Hours with three or more digits do not begin with 0: 0130
# means 1 h 30 min for every key, so 00130 or 0130.0 is a typing error rather
# than 130 hours.
_DECIMAL = r"([+-]?)(?=[.,]?[0-9])([0-9]{0,2}|[1-9][0-9]{2,6})(?:[.,]([0-9]{0,9}))?"
_COMPACT = r"([+-]?)([0-9]{2})([0-5][0-9])"
_LARGEST_OFFSET_HOURS = 14
_CLOCK = r"([+-]?)([0-9]{1,7}):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,6}))?)?"
_NUMBER = r"([+-]?[0-9]{1,9}(?:[.,][0-9]{1,6})?)"
# Years and months are not accepted: they have no fixed length. A sign may come first or before each number.
_ISO = rf"([+-]?)P(?=.)(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
_ISO_UNITS = (7 * 24 * HOUR, 24 * HOUR, HOUR, HOUR // 60, MICROSECONDS)


def decimal_hours(text: str) -> tuple[int, int] | None:
    """Read decimal hours as an exact ratio.

    Returns
    -------
    tuple of int or None
        Numerator and denominator, in hours; None if the text is not a decimal number.
    """
    match = re.fullmatch(_DECIMAL, text)
    if not match:
        return None
    sign, whole, fraction = match[1], match[2], match[3] or ""
    return _signed(sign, int(whole + fraction)), int(10 ** len(fraction))


def clock_form(text: str) -> str:
    """Write ``±HHMM``, the basic form of ISO 8601, as ``±HH:MM``; return any other text as it is.

    Only this function decides what four digits mean, so that all keys read them the same way.
    """
    match = re.fullmatch(_COMPACT, text)
    return f"{match[1]}{match[2]}:{match[3]}" if match else text


def is_hours_or_clock(text: str) -> bool:
    """Tell whether four digits could be hours as well as hours and minutes.

    Up to 1459 they are hours and minutes, as offset keys read them; with
    minutes beyond 59 (``8760``, a year) they can only be hours. In between,
    ``2400`` may be a day or a hundred days.
    """
    match = re.fullmatch(_COMPACT, text)
    return match is not None and int(match[2]) > _LARGEST_OFFSET_HOURS


def parse_shift(text: str) -> int | None:
    """Read a shift of the clock.

    Returns
    -------
    int or None
        Microseconds; decimal hours are rounded to the millisecond. None if the
        text has another form or is ambiguous.
    """
    if is_hours_or_clock(text):
        return None
    text = clock_form(text)
    if ratio := decimal_hours(text):
        numerator, denominator = ratio
        milliseconds = HOUR // 1000 * numerator
        return (2 * milliseconds + denominator) // (2 * denominator) * 1000
    if match := re.fullmatch(_CLOCK, text):
        sign, hours, minutes, seconds, fraction = match.groups("")
        whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
        return _signed(sign, whole * MICROSECONDS + int(fraction.ljust(6, "0")))
    if match := re.fullmatch(_ISO, text.upper()):
        sign, *numbers = match.groups("0")
        return _signed(sign, sum(_scaled(n, unit) for n, unit in zip(numbers, _ISO_UNITS, strict=True)))
    return None


def shift_text(microseconds: int) -> str:
    """Write a shift in its one canonical form, ``±HH:MM:SS[.ffffff]``; `parse_shift` reads it back."""
    seconds, rest = divmod(abs(microseconds), MICROSECONDS)
    sign = "-" if microseconds < 0 else "+"
    clock = f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{clock}.{rest:06d}".rstrip("0") if rest else clock


def _signed(sign: str, value: int) -> int:
    return -value if sign == "-" else value


def _scaled(number: str, unit: int) -> int:
    """Multiply a decimal text by a unit; six decimals at most keep this exact for seconds and longer units."""
    whole, _, fraction = number.replace(",", ".").partition(".")
    sign = "-" if whole.startswith("-") else "+"
    return _signed(sign, abs(int(whole)) * unit + int(fraction.ljust(6, "0")) * unit // MICROSECONDS)
