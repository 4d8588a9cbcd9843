"""Which value counts: tags before metadata, an object before the stack's defaults, group by group."""

from collections.abc import Mapping

from galleria_storage.corrections.capture_time import parse_timestamp
from galleria_storage.corrections.correction_keys import (
    CORRECTION_KEYS,
    OTHER_DATE,
    SINGLE_KEYS,
    TIME_KEYS,
    TIMESTAMP,
    ZONE_KEYS,
)
from galleria_storage.errors import CorrectionError


def winning_values(
    metadata: Mapping[str, str], tags: Mapping[str, str], defaults: Mapping[str, str]
) -> tuple[dict[str, str], frozenset[str]]:
    """Choose the values that count.

    Returns
    -------
    tuple
        Values by correction key, and those keys that the object itself set.

    Raises
    ------
    CorrectionError
        One name is given twice in the same place with different values.
    """
    asked = _filled({**_corrections(metadata), **_corrections(tags)})
    general = _filled(_corrections(defaults))
    time = _group(asked, TIME_KEYS) or _group(general, TIME_KEYS)
    zone = _group(asked, ZONE_KEYS)
    if not zone and not _has_offset(asked):
        zone = _group(general, ZONE_KEYS)
    single = _group({**general, **asked}, SINGLE_KEYS)
    return time | zone | single, frozenset(asked)


def asked_by(metadata: Mapping[str, str], tags: Mapping[str, str], defaults: Mapping[str, str]) -> str:
    """Return the values that count, each with its source: ``tag:dates=all;default:target-timezone=Asia/Tokyo``."""
    values, _ = winning_values(metadata, tags, defaults)
    sources = {"tag": _filled(_corrections(tags)), "metadata": _filled(_corrections(metadata))}
    named = []
    for key in sorted(values):
        source = next((name for name, given in sources.items() if given.get(key) == values[key]), "default")
        named.append(f"{source}:{key}={values[key]}")
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
