"""Time zones: fixed offsets and IANA names, and which offset applies at a wall-clock time.

A zone is kept as its canonical text, ``±HH:MM`` or an IANA name, and becomes
a `tzinfo` only when it is applied. The rules come from the `tzdata` package
alone, so that every machine gives the same answer; it and `zoneinfo` are
imported on first use.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Final

from galleria_storage.corrections.durations import clock_form, decimal_hours
from galleria_storage.errors import CorrectionError

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

#: Offsets in use on Earth, in minutes: Baker Island to Kiritimati.
LOWEST, HIGHEST = -12 * 60, 14 * 60
ALLOWED_OFFSET: Final = "offsets from -12:00 to +14:00 in whole minutes, such as +05:30, -2 or 5.75"
ALLOWED_ZONE: Final = "IANA names such as Europe/Stockholm"
_FLOAT_ROUNDING = 1e-6
_OFFSET = r"([+-]?)([0-9]{1,2}):([0-5][0-9])"
_SIGNED_HOURS = r"[+-][0-9]{1,2}"


def offset_text(minutes: int) -> str:
    """Write an offset from UTC as in Exif 2.31, ``±HH:MM``."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def parse_clock_offset(key: str, text: str, shown: str = "") -> str | None:
    """Read ``±HH:MM``, ``±HHMM`` or ``Z`` (a missing sign is plus); None if the text has another form.

    A plus sign is lost when a tag is sent in a URL-encoded header, and a bare
    ``05:30`` can only mean ``+05:30``.

    Raises
    ------
    CorrectionError
        The offset is out of range; the message names `key`, the text and the range.
    """
    match = re.fullmatch(_OFFSET, "+00:00" if text in {"Z", "z"} else clock_form(text))
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return checked_offset(key, shown or text, -minutes if match[1] == "-" else minutes)


def parse_camera_offset(key: str, text: str) -> str | None:
    """Read what `parse_clock_offset` reads, or hours with a sign (``+2``); None if the text has another form.

    Bare hours are not read: ``13`` would mean UTC+13 here, but *leave the offset* in ``target-timezone-offset-hours``.

    Raises
    ------
    CorrectionError
        The offset is out of range.
    """
    return parse_clock_offset(key, f"{text}:00" if re.fullmatch(_SIGNED_HOURS, text) else text, text)


def parse_offset(key: str, text: str) -> str:
    """Read ``±HH:MM``, ``±HHMM``, ``Z`` or decimal hours as the canonical ``±HH:MM``.

    Raises
    ------
    CorrectionError
        The text is not an offset, not in whole minutes, or out of range.
    """
    if clock := parse_clock_offset(key, text):
        return clock
    ratio = decimal_hours(text)
    if ratio is None or ratio[0] * 60 % ratio[1]:
        raise CorrectionError(f"{key} is {text!r}; allowed are {ALLOWED_OFFSET}", tag=key)
    return checked_offset(key, text, ratio[0] * 60 // ratio[1])


def offset_from_hours(key: str, hours: "float | Fraction") -> str:
    """Convert hours to the canonical ``±HH:MM``.

    Raises
    ------
    CorrectionError
        The hours are not whole minutes (apart from a float's rounding: 20
        minutes are 0.333…), or are out of range.
    """
    exact = float(hours * 60)
    if isfinite(exact) and abs(exact - round(exact)) < _FLOAT_ROUNDING:
        return checked_offset(key, hours, round(exact))
    raise CorrectionError(f"{key} is {hours}; allowed are {ALLOWED_OFFSET}", tag=key)


def checked_offset(key: str, shown: object, minutes: int) -> str:
    """Return the offset as text, or raise CorrectionError naming `key` and `shown` if it is out of range."""
    if not LOWEST <= minutes <= HIGHEST:
        raise CorrectionError(f"{key} is {shown!r}, which is out of range; allowed are {ALLOWED_OFFSET}", tag=key)
    return offset_text(minutes)


def parse_zone_name(key: str, text: str, allowed: str = ALLOWED_ZONE) -> str:
    """Read an IANA name in any letter case, and return it as spelled in the database.

    Raises
    ------
    CorrectionError
        The database does not have this zone; the advice gives similar names.
    """
    if name := _names().get(text.casefold()):
        return name
    from difflib import get_close_matches  # noqa: PLC0415 # only a rejected photo needs it

    near = [_names()[match] for match in get_close_matches(text.casefold()[:64], _names(), n=3)]
    raise CorrectionError(
        f"{key} is {text!r}, which is not a known time zone; allowed are {allowed}",
        tag=key,
        advice=f"Did you mean {' or '.join(near)}?"
        if near
        else "Names are in the column 'TZ identifier' of the IANA time zone list.",
    )


def is_fixed(zone: str) -> bool:
    """Whether a canonical zone is an offset rather than a name."""
    return zone[0] in "+-"


@cache
def zone_rules(zone: str) -> tzinfo:
    """Convert a canonical zone to rules that Python's datetime can use."""
    if is_fixed(zone):
        minutes = int(zone[1:3]) * 60 + int(zone[4:6])
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    from zoneinfo import ZoneInfo  # noqa: PLC0415 # 4 ms that most photos do not need

    with (_database() / "zoneinfo" / zone).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def attach(local: datetime, zone: str, known_offset: str | None = None) -> datetime:
    """Place a wall-clock time in a zone.

    Where clocks go back, an hour happens twice: the photo's own offset decides
    if it is one of the two; otherwise the first (daylight saving) is taken.
    Where clocks go forward, an hour is skipped: a camera that shows it had not
    been put forward yet, so the offset before the change applies, whatever the
    photo's own offset says. These are the two folds of PEP 495, in its default
    order.
    """
    first = local.replace(tzinfo=zone_rules(zone))
    second = first.replace(fold=1)
    happens_twice = _seconds(first) > _seconds(second)
    return second if happens_twice and known_offset == _offset(second) else first


def offset_at(local: datetime, zone: str, known_offset: str | None) -> str:
    """Write the offset that applies in a zone when its clocks show `local`; see `attach` and `offset_of`."""
    return zone if is_fixed(zone) else offset_of(attach(local, zone, known_offset), zone)


def offset_of(moment: datetime, zone: str) -> str:
    """Write the offset that applies at a moment in `zone`, to the nearest minute (local mean times have seconds).

    Raises
    ------
    CorrectionError
        The moment has a local mean time of the 19th century outside the offsets in use today.
    """
    return checked_offset("target-timezone", f"{zone} in {moment.year}", _minutes(moment))


def _offset(moment: datetime) -> str:
    return offset_text(_minutes(moment))


def _minutes(moment: datetime) -> int:
    return (_seconds(moment) + 30) // 60


def _seconds(moment: datetime) -> int:
    return round((moment.utcoffset() or timedelta()).total_seconds())


@cache
def _names() -> dict[str, str]:
    """Names in the database, by their case-folded form."""
    return {name.casefold(): name for name in (_database() / "zones").read_text("ascii").split()}


def _database() -> "Path":
    from pathlib import Path  # noqa: PLC0415 # 5 ms with what it pulls in

    import tzdata  # noqa: PLC0415 # see the module's docstring

    return Path(tzdata.__path__[0])
