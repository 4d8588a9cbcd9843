"""Keys of what is not a photo and was never meant to be: markers, sidecars, leftovers of programs.

Such objects arrive in a bucket together with photos. They are counted, but not reported.
The setting IGNORED_KEYS adds patterns to these lists, which are in lower case.
"""

from collections.abc import Collection
from typing import Final

#: Whole names: markers of empty folders; what macOS, Windows, photo programs and storage boxes leave in folders.
NAMES: Final = frozenset({
    ".keep", ".gitkeep", ".empty", ".placeholder", ".directory", ".nomedia",
    ".ds_store", ".localized", ".apdisk", "icon\r",
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
    ".picasa.ini", "picasa.ini", ".bridgecache", ".bridgecachet",
})  # fmt: skip
#: How names begin: resource forks of macOS; files that an office program has open.
BEGINNINGS: Final = ("._", "~$", ".~lock.")
#: How names end: folder markers of Hadoop; sidecars with edits, thumbnails, indexes or previews of a photo; uploads
#: that are not finished.
ENDINGS: Final = (
    "_$folder$",
    ".xmp", ".aae", ".thm", ".pp3", ".dop", ".cos", ".nksc", ".vrd", ".arp", ".on1", ".photo-edit",
    ".ctg", ".moff", ".modd", ".lrv", ".lrf",
    ".part", ".partial", ".filepart", ".crdownload", ".tmp", ".swp",
)  # fmt: skip
#: Folders, anywhere in a key.
FOLDERS: Final = frozenset({
    "__macosx", ".appledouble", ".spotlight-v100", ".trashes", ".fseventsd", ".temporaryitems",
    ".documentrevisions-v100", "$recycle.bin", "system volume information", "@eadir", "#recycle", ".thumbnails",
})  # fmt: skip


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
        or name in NAMES
        or name.startswith(BEGINNINGS)
        or name.endswith(ENDINGS)
        or not FOLDERS.isdisjoint(folders)
        or any(_matches(folders, name, pattern) for pattern in more)
    )


def _matches(folders: list[str], name: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415 # lazy: few stacks have patterns of their own

    if pattern.endswith("/"):
        return any(fnmatchcase(folder, pattern[:-1]) for folder in folders)
    return fnmatchcase(name, pattern)
