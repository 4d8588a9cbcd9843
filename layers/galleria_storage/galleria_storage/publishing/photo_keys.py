"""Which keys may belong to photos that are published.

Some objects were never meant to be photos: markers, sidecars, leftovers of programs. They arrive in a bucket together
with photos, and are counted, but not reported. The setting IGNORED_KEYS adds patterns to these lists, which are in
lower case. Other keys are never published, because servers disagree on what they name.
"""

import re
from collections.abc import Collection
from typing import Final

from galleria_storage.errors import UnsafeKeyError

#: Whole names: markers of empty folders; what macOS, Windows, photo programs and storage boxes leave in folders.
IGNORED_NAMES: Final = frozenset({
    ".keep", ".gitkeep", ".empty", ".placeholder", ".directory", ".nomedia",
    ".ds_store", ".localized", ".apdisk", "icon\r",
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
    ".picasa.ini", "picasa.ini", ".bridgecache", ".bridgecachet",
})  # fmt: skip
#: How names begin: resource forks of macOS; files that an office program has open.
IGNORED_BEGINNINGS: Final = ("._", "~$", ".~lock.")
#: How names end: folder markers of Hadoop; sidecars with edits, thumbnails, indexes or previews of a photo; uploads
#: that are not finished.
IGNORED_ENDINGS: Final = (
    "_$folder$",
    ".xmp", ".aae", ".thm", ".pp3", ".dop", ".cos", ".nksc", ".vrd", ".arp", ".on1", ".photo-edit",
    ".ctg", ".moff", ".modd", ".lrv", ".lrf",
    ".part", ".partial", ".filepart", ".crdownload", ".tmp", ".swp",
)  # fmt: skip
#: Folders, anywhere in a key.
IGNORED_FOLDERS: Final = frozenset({
    "__macosx", ".appledouble", ".spotlight-v100", ".trashes", ".fseventsd", ".temporaryitems",
    ".documentrevisions-v100", "$recycle.bin", "system volume information", "@eadir", "#recycle", ".thumbnails",
})  # fmt: skip
#: The prefix of everything that this service keeps for itself in the public bucket: claims, probes.
RESERVED: Final = ".galleria-"
_SEPARATORS: Final = re.compile(r"[/\\]+")
_DOTS: Final = frozenset({".", ".."})


def is_ignored(key: str, more: Collection[str] = ()) -> bool:
    """Whether a key is ignored.

    Parameters
    ----------
    key
        Of an object in staging; a key that ends with a slash is the marker of a folder.
    more
        Further patterns, in lower case: one that ends with a slash names a
        folder anywhere in a key, the others a key's last part. ``*`` matches
        any characters, ``?`` one, ``[ab]`` one of these.
    """
    *folders, name = key.lower().split("/")
    return (
        not name
        or name in IGNORED_NAMES
        or name.startswith(IGNORED_BEGINNINGS)
        or name.endswith(IGNORED_ENDINGS)
        or not IGNORED_FOLDERS.isdisjoint(folders)
        or any(_matches(folders, name, pattern) for pattern in more)
    )


def check_key(key: str, *, folds: bool) -> str:
    """Refuse a key that some servers would mistake for another one.

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


def _matches(folders: list[str], name: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415 # lazy: few stacks have patterns of their own

    if pattern.endswith("/"):
        return any(fnmatchcase(folder, pattern[:-1]) for folder in folders)
    return fnmatchcase(name, pattern)
