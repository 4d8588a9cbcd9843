"""Which value counts: tags before metadata, an object before the stack's defaults, group by group."""

from collections.abc import Mapping
from typing import NamedTuple

from galleria_storage.corrections.correction_keys import (
    CORRECTION_KEYS,
    OTHER_DATE,
    SINGLE_KEYS,
    TIME_KEYS,
    TIMESTAMP,
    ZONE_KEYS,
)
from galleria_storage.corrections.timestamps import parse_timestamp
from galleria_storage.errors import CorrectionError


class Winning(NamedTuple):
    """The values that count.

    Attributes
    ----------
    values
        By correction key.
    by_object
        The keys that the object itself set.
    sources
        The values, each with its source: ``tag:dates=all;default:target-timezone=Asia/Tokyo``.
    """

    values: dict[str, str]
    by_object: frozenset[str]
    sources: str = ""


def winning_values(metadata: Mapping[str, str], tags: Mapping[str, str], defaults: Mapping[str, str]) -> Winning:
    """Choose the values that count.

    Raises
    ------
    CorrectionError
        One name is given twice in the same place with different values.
    """
    in_tags, in_metadata = _corrections(tags), _corrections(metadata)
    asked = _filled({**in_metadata, **in_tags})
    general = _filled(_corrections(defaults))
    time = _group(asked, TIME_KEYS) or _group(general, TIME_KEYS)
    zone = _group(asked, ZONE_KEYS)
    if not zone and not _has_offset(asked):
        zone = _group(general, ZONE_KEYS)
    single = _group({**general, **asked}, SINGLE_KEYS)
    values = time | zone | single
    return Winning(values, frozenset(asked), _sources(values, {"tag": in_tags, "metadata": in_metadata}))


def _sources(values: Mapping[str, str], places: Mapping[str, Mapping[str, str]]) -> str:
    """Return the first place that gives each value; a value that no place gives is a default."""
    named = []
    for key, value in sorted(values.items()):
        source = next((name for name, given in places.items() if given.get(key) == value), "default")
        named.append(f"{source}:{key}={value}")
    return ";".join(named)


def _corrections(named: Mapping[str, str]) -> dict[str, str]:
    """Return the corrections among these names and values, in lower case and without surrounding space."""
    found: dict[str, str] = {}
    for name, value in named.items():
        key = name.strip().lower()
        if key not in CORRECTION_KEYS:
            continue
        text = _as_typed(value)
        if found.setdefault(key, text) != text:
            raise CorrectionError(f"{key} is given twice, as {found[key]!r} and as {text!r}; once is allowed", tag=key)
    return found


def _as_typed(value: str) -> str:
    """Undo the effects of transport: RFC 2047 words (S3, for text beyond ASCII), surrounding space, typeset minus."""
    if "=?" in value:
        from email.errors import MessageError  # noqa: PLC0415 # rare
        from email.header import decode_header, make_header  # noqa: PLC0415 # rare

        try:
            value = str(make_header(decode_header(value)))
        except (MessageError, LookupError, ValueError):
            return value.strip()  # the error shows it as it arrived
    return value.replace("\u2212", "-").strip()


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _group(values: Mapping[str, str], keys: tuple[str, ...]) -> dict[str, str]:
    return {key: values[key] for key in keys if key in values}


def _has_offset(asked: Mapping[str, str]) -> bool:
    """Whether the object's timestamp also gives the zone."""
    text = asked.get(TIMESTAMP, OTHER_DATE)
    return text.lower() != OTHER_DATE and parse_timestamp(text)[1] is not None
