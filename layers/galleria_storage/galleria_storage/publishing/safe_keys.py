"""Keys that are not published, whatever their objects hold: servers disagree on what such a key names."""

import re
from typing import Final

from galleria_storage.errors import UnsafeKeyError

#: Begins every key under which this service keeps something for itself in the public bucket: claims, probes.
RESERVED: Final = ".galleria-"
_SEPARATORS: Final = re.compile(r"[/\\]+")
_DOTS: Final = frozenset({".", ".."})


def check_key(key: str, *, folds: bool) -> str:
    """Refuse a key that may name another object than it says.

    Parameters
    ----------
    key
        Of an object in staging.
    folds
        Whether the public provider leaves out slashes (`ProviderProfile.folds_slashes`).

    Returns
    -------
    str
        What the outcome should say if the provider keeps the copy under a shorter key; else empty.

    Raises
    ------
    UnsafeKeyError
        It has a part of dots alone: servers and browsers resolve it to another
        path, and one was seen to write into another bucket. Or it begins with
        a slash that the provider leaves out. Or its first part is reserved.
    """
    parts = _SEPARATORS.split(re.sub("%2e", ".", key, flags=re.IGNORECASE))
    if not _DOTS.isdisjoint(parts):
        raise UnsafeKeyError(
            f"the key {key!r} has a part of dots alone, which servers and browsers resolve to another path",
            key=key,
            advice="Upload the photo under a key without '.' or '..' between its slashes.",
        )
    if folds and key.startswith("/"):
        raise UnsafeKeyError(
            f"the key {key!r} begins with a slash, which the provider of the public bucket leaves out",
            key=key,
            advice="Upload the photo under the same key without the slash.",
        )
    if next((part for part in parts if part), "").lower().startswith(RESERVED):
        raise UnsafeKeyError(
            f"the key {key!r} begins with {RESERVED!r}, which is reserved for this service's own notes",
            key=key,
            advice="Upload the photo under another key.",
        )
    folded = re.sub("/{2,}", "/", key)
    if not folds or folded == key:
        return ""
    return f"the provider keeps it as {folded!r}, as it does with all keys that differ only in repeated slashes"
