"""From the texts of the keys to values: each is read once, and contradictions are refused."""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from galleria_storage.corrections.capture_time import CaptureTime
from galleria_storage.corrections.correction_keys import (
    CAMERA_ZONE,
    DATES,
    GPS,
    OTHER_DATE,
    REMOVE,
    SHIFT,
    TARGET_OFFSET,
    TARGET_ZONE,
    TIMESTAMP,
    ZONE_KEYS,
)
from galleria_storage.corrections.durations import (
    ALLOWED_SHIFT,
    clock_form,
    decimal_hours,
    is_hours_or_clock,
    parse_shift,
)
from galleria_storage.corrections.timestamps import parse_timestamp
from galleria_storage.corrections.zones import (
    ALLOWED_ZONE,
    offset_at,
    parse_camera_offset,
    parse_offset,
    parse_zone_name,
)
from galleria_storage.errors import CorrectionError

#: The value that leaves the photo's offset alone, as Galleria's storage service has it (UTC+13 is ``+13:00``).
KEEP_OFFSET: Final = 13

Dates = Literal["capture", "all"]
#: What `remove` may name; `photos.private` defines what belongs to each.
REMOVABLE: Final = ("location", "serial-numbers", "names", "captions", "faces", "maker-notes")
#: Cancels a default.
NOTHING: Final = "nothing"


class Values(NamedTuple):
    """What the keys say.

    Attributes
    ----------
    capture_time
        An absolute time, or None.
    offset
        The offset inside that timestamp, as ``±HH:MM``, or None.
    shift
        Microseconds to add.
    camera_zone, target_zone
        Canonical zones, or None; a camera zone counts only with a target.
    dates
        Which dates change: only the capture time, or all that name the same moment.
    remove
        Groups of metadata to remove, in the order of `REMOVABLE`.
    takes_other_date
        True if a photo without a capture time takes the only other date that it has.
    """

    capture_time: CaptureTime | None
    offset: str | None
    shift: int
    camera_zone: str | None
    target_zone: str | None
    dates: Dates = "capture"
    remove: tuple[str, ...] = ()
    takes_other_date: bool = False


def read_values(values: Mapping[str, str]) -> Values:
    """Read the texts of the given keys.

    Raises
    ------
    CorrectionError
        A value cannot be understood, is out of range or contradicts another;
        the message names the key, the value and what is allowed.
    """
    _refuse_together(values, TIMESTAMP, SHIFT)
    _refuse_together(values, TIMESTAMP, CAMERA_ZONE)
    _refuse_together(values, TARGET_OFFSET, TARGET_ZONE)
    other_date = values.get(TIMESTAMP, "").lower() == OTHER_DATE
    time, offset = parse_timestamp(values[TIMESTAMP]) if TIMESTAMP in values and not other_date else (None, None)
    target = _target_zone(values)
    if time and offset:
        target = _agreed_offset(values, time, offset, target)
    shift = _shift(values[SHIFT]) if SHIFT in values else 0
    camera = _camera_zone(values[CAMERA_ZONE]) if CAMERA_ZONE in values else None
    if camera and target == GPS:
        raise CorrectionError(
            f"{CAMERA_ZONE} ({values[CAMERA_ZONE]!r}) and {TARGET_ZONE} ({GPS!r}) contradict each other: GPS gives the "
            "offset of the time in the photo, not of another one",
            tag=TARGET_ZONE,
            advice=f"Name the zone in {TARGET_ZONE}, or remove {CAMERA_ZONE}.",
        )
    return Values(time, offset, shift, camera if target else None, target, _dates(values), _removed(values), other_date)


def _dates(values: Mapping[str, str]) -> Dates:
    match values.get(DATES, "capture").lower():
        case "capture":
            return "capture"
        case "all":
            return "all"
    raise CorrectionError(f"{DATES} is {values[DATES]!r}; allowed are capture and all", tag=DATES)


def _removed(values: Mapping[str, str]) -> tuple[str, ...]:
    words = {word.lower() for word in re.split(r"[\s,+]+", values.get(REMOVE, "")) if word}
    unknown = sorted(words - {*REMOVABLE, NOTHING})
    if unknown or (NOTHING in words and len(words) > 1):
        raise CorrectionError(
            f"{REMOVE} is {values[REMOVE]!r}; allowed are {', '.join(REMOVABLE)} with commas or spaces between them, "
            f"or {NOTHING}",
            tag=REMOVE,
        )
    return tuple(group for group in REMOVABLE if group in words)


def _refuse_together(values: Mapping[str, str], one: str, other: str) -> None:
    if one in values and other in values:
        raise CorrectionError(
            f"{one} ({values[one]!r}) and {other} ({values[other]!r}) contradict each other; only one is allowed",
            tag=other,
            advice=f"Remove {one} or {other}; an empty tag cancels the metadata of the same name.",
        )


def _shift(text: str) -> int:
    shift = parse_shift(text)
    if shift is not None:
        return shift
    if is_hours_or_clock(text):
        raise CorrectionError(
            f"{SHIFT} is {text!r}, which may mean two things; allowed are {clock_form(text)} (hours and minutes) and "
            f"{text}.0 (hours)",
            tag=SHIFT,
        )
    raise CorrectionError(f"{SHIFT} is {text!r}; allowed are {ALLOWED_SHIFT}", tag=SHIFT)


def _camera_zone(text: str) -> str:
    return parse_camera_offset(CAMERA_ZONE, text) or parse_zone_name(
        CAMERA_ZONE, text, f"{ALLOWED_ZONE}, or offsets such as +05:30"
    )


def _target_zone(values: Mapping[str, str]) -> str | None:
    if values.get(TARGET_ZONE, "").lower() == GPS:
        return GPS
    if TARGET_ZONE in values:
        return parse_zone_name(TARGET_ZONE, values[TARGET_ZONE])
    text = values.get(TARGET_OFFSET)
    if text is None or text == str(KEEP_OFFSET):
        return None
    ratio = decimal_hours(text)
    if ratio and ratio[0] == KEEP_OFFSET * ratio[1]:
        raise CorrectionError(
            f"{TARGET_OFFSET} is {text!r}, which may mean two things; allowed are 13 (leave the offset as it is) "
            "and +13:00 (UTC+13)",
            tag=TARGET_OFFSET,
        )
    return parse_offset(TARGET_OFFSET, text)


def _agreed_offset(values: Mapping[str, str], time: CaptureTime, offset: str, target: str | None) -> str:
    """Return the offset inside a timestamp; a target beside it must agree."""
    key = next((key for key in ZONE_KEYS if key in values), None)
    if key and (target is None or target == GPS or offset_at(time.local, target, offset) != offset):
        raise CorrectionError(
            f"{TIMESTAMP} ({values[TIMESTAMP]!r}) and {key} ({values[key]!r}) contradict each other; the offset may be "
            "given in one of them",
            tag=key,
        )
    return offset
