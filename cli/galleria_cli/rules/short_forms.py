"""The keys of `galleria.toml` and `--correct`: the correction keys, and shorter names for them."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.corrections.correction_keys import (
    CAMERA_ZONE,
    CORRECTION_KEYS,
    DATES,
    REMOVE,
    SHIFT,
    TARGET_OFFSET,
    TARGET_ZONE,
    TIMESTAMP,
)
from galleria_storage.corrections.durations import ALLOWED_SHIFT, MICROSECONDS, parse_shift, shift_text
from galleria_storage.errors import CorrectionError

#: Short key -> correction key; `zone` is one of two, depending on its value.
SHORT_KEYS: Final = {
    "shift": SHIFT,
    "zone": TARGET_ZONE,
    "camera-zone": CAMERA_ZONE,
    "time": TIMESTAMP,
    "dates": DATES,
    "remove": REMOVE,
}
ASKING_KEYS: Final = tuple(dict.fromkeys((*SHORT_KEYS, *CORRECTION_KEYS)))
_ALLOWED_SHIFT: Final = f"+1h, -11m34s and the like, {ALLOWED_SHIFT}"
#: Advice that helps with the tags of an object, but not here.
_ONLY_IN_STAGING: Final = "; an empty tag cancels the metadata of the same name"
_UNITS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "min": 60, "s": 1}
_NUMBER_AND_UNIT: Final = r"([0-9]{1,6})\s*(w|d|h|min|m|s)"
_OFFSET: Final = re.compile(r"[+-]?[0-9]{1,2}(:?[0-9]{2}|[.,][0-9]+)?|Z|UTC", re.IGNORECASE)


def correction_values(asked: Mapping[str, object], where: str) -> dict[str, str]:
    """Convert keys and values as people write them to those of the correction language.

    Parameters
    ----------
    asked
        Only keys of `ASKING_KEYS`; see `check_keys`.
    where
        What to call the place in an error: ``galleria.toml, rule 2``.

    Raises
    ------
    CorrectionError
        A value cannot be understood, or contradicts another.
    """
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in asked.items():
        key, text = _translated(name, _text(name, value, where))
        other = names.setdefault(key, name)
        if found.setdefault(key, text) != text:
            raise CorrectionError(f"{where}: {other} and {name} mean the same; one is allowed", tag=name)
    try:
        parse_correction(found, {})
    except CorrectionError as error:
        message, advice = (_as_written(words or "", names) for words in (error.message, error.advice))
        raise CorrectionError(
            f"{where}: {message}", tag=error.tag, advice=advice.replace(_ONLY_IN_STAGING, "") or None
        ) from error
    return found


def name_of(key: str, written: Collection[str]) -> str:
    """Return a correction key by its short name, if it was written so."""
    return next((name for name in written if SHORT_KEYS.get(name) == key), key)


def from_words(words: Collection[str], where: str) -> dict[str, str]:
    """Read ``KEY=VALUE`` words, as `--correct` takes them.

    Raises
    ------
    CorrectionError
        A word is not of this form, its key is unknown, or its value cannot be understood.
    """
    asked: dict[str, object] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise CorrectionError(f"{where} is {word!r}; allowed is KEY=VALUE, such as shift=+1h", tag=where)
        if asked.setdefault(key.strip().lower(), value) != value:
            raise CorrectionError(f"{where}: {key} is given twice; once is allowed", tag=key)
    check_keys(asked, ASKING_KEYS, where)
    return correction_values(asked, where)


def check_keys(given: Collection[str], allowed: Collection[str], where: str) -> None:
    """Refuse an unknown key, and name the one that was probably meant.

    Raises
    ------
    CorrectionError
        There is one.
    """
    for name in given:
        if name not in allowed:
            near = get_close_matches(name.lower().replace("_", "-"), allowed, n=1, cutoff=0.5)
            meant = f"{near[0]!r} may be meant" if near else f"allowed are {', '.join(allowed)}"
            raise CorrectionError(f"{where} has the unknown key {name!r}; {meant}", tag=name)


def shift_microseconds(text: str) -> int | None:
    """Read ``+1h``, ``-11m34s``, ``2 d 3 h``, or a form of the correction language; None for any other text."""
    spelled = re.fullmatch(rf"\s*([+-]?)\s*((?:{_NUMBER_AND_UNIT}\s*)+)", text.lower().replace("\u2212", "-"))
    if spelled is None:
        return parse_shift(text.strip())
    parts = re.findall(_NUMBER_AND_UNIT, spelled[2])
    if len({_UNITS[unit] for _, unit in parts}) != len(parts):
        return None
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return (-seconds if spelled[1] == "-" else seconds) * MICROSECONDS


def _translated(name: str, text: str) -> tuple[str, str]:
    key = SHORT_KEYS.get(name, name)
    if name == "zone" and _OFFSET.fullmatch(text):
        return TARGET_OFFSET, {"Z": "+00:00", "UTC": "+00:00"}.get(text.upper(), text)
    if key == SHIFT and (shift := shift_microseconds(text)) is not None:
        return SHIFT, shift_text(shift)
    return key, text


def _as_written(text: str, names: Mapping[str, str]) -> str:
    """Let an error of the correction language speak of the keys that were written."""
    for key, name in names.items():
        if name != key:
            text = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", name, text)
    return text.replace(ALLOWED_SHIFT, _ALLOWED_SHIFT)


def _text(name: str, value: object, where: str) -> str:
    """Return a TOML value as text of the correction language."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool | date | dict):
        raise CorrectionError(f"{where}: {name} is {value!r}; allowed is text in quotes", tag=name)
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return " ".join(value)
    if isinstance(value, int | float):
        return str(value)
    raise CorrectionError(f"{where}: {name} is {value!r}; allowed is text in quotes", tag=name)
