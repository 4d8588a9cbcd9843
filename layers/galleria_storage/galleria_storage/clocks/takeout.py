"""Google Takeout's JSON file beside a photo: the moment according to Google Photos.

``IMG_1.jpg.json``, ``IMG_1.jpg.supplemental-metadata.json`` or a shortened form of it; ``photoTakenTime.timestamp`` is
in seconds since 1970, in UTC. If a photo has no zone, Google takes its clock for UTC, or uses the zone of a place; if
it has no time, Google uses the moment of the upload. So the file only helps photos without any time, and is never sure.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

_BEGIN: Final = datetime(1970, 1, 1)  # noqa: DTZ001 # UTC
_NUMBERED: Final = re.compile(r"(.+?)(\(\d+\))?\.json", re.IGNORECASE)
_LONGEST: Final = 64 * 1024
_SUFFIX: Final = ".supplemental-metadata"


def is_takeout_name(name: str) -> bool:
    """Whether a file may be Takeout's."""
    return name.lower().endswith(".json")


def photo_name(name: str, names: Iterable[str]) -> str | None:
    """Return which of the names in the same folder belongs to the photo of a JSON file.

    Takeout cuts ``supplemental-metadata`` anywhere, and writes ``IMG_1.jpg(1).json`` for ``IMG_1(1).jpg``.
    """
    match = _NUMBERED.fullmatch(name)
    if not match:
        return None
    stem, number = match[1], match[2] or ""
    for candidate in sorted(names, key=len, reverse=True):
        base, dot, ending = candidate.rpartition(".")
        plain = f"{base.removesuffix(number)}{dot}{ending}" if number else candidate
        if base.endswith(number) and stem.startswith(plain) and _SUFFIX.startswith(stem[len(plain) :]):
            return candidate
    return None


def moment_in(text: bytes) -> datetime | None:
    """Return the moment in a JSON file, naive, in UTC; None if it has none, or is not Takeout's."""
    if len(text) > _LONGEST:
        return None
    try:
        seconds = int(json.loads(text)["photoTakenTime"]["timestamp"])
        return _BEGIN + timedelta(seconds=seconds)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
