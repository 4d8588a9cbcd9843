"""Keys that are never published, because servers disagree on what they name."""

import re
from typing import Final

from galleria_storage.errors import UnsafeKeyError

#: The prefix of everything that this service keeps for itself in the public bucket: claims, probes.
RESERVED: Final = ".galleria-"
_SEPARATORS: Final = re.compile(r"[/\\]+")
_DOTS: Final = frozenset({".", ".."})


def check_key(key: str, *, folds: bool) -> str:
    """Refuse a key that some servers would take for another one.

    Parameters
    ----------
    key
        Of an object in staging.
    folds
        Whether the public provider drops repeated slashes (`ProviderProfile.folds_slashes`).

    Returns
    -------
    str
        What the outcome should say if the provider keeps the copy under a shorter key; else empty.

    Raises
    ------
    UnsafeKeyError
        A part of it consists only of dots: servers and browsers resolve that to
        another path, and one server wrote into another bucket. Or it begins with
        a slash that the provider would drop. Or its first part is reserved.
    """
    parts = _SEPARATORS.split(re.sub("%2e", ".", key, flags=re.IGNORECASE))
    if not _DOTS.isdisjoint(parts):
        raise UnsafeKeyError(
            f"the key {key!r} has a part of dots only, which servers and browsers resolve to another path",
            key=key,
            advice="Upload the photo under a key without '.' or '..' between its slashes.",
        )
    if folds and key.startswith("/"):
        raise UnsafeKeyError(
            f"the key {key!r} begins with a slash, which the provider of the public bucket drops",
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
