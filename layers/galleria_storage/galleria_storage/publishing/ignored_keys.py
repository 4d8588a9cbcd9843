"""Keys of what is not a photo and was never meant to be: markers, sidecars, leftovers of programs.

Such objects come into a bucket together with photos. They are counted, and nobody is told.
The setting IGNORED_KEYS adds patterns of one's own to the list.
"""

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Final

#: Patterns in lower case. One that ends with a slash names a folder anywhere in a key; the others name a key's last
#: part. ``*`` stands for any signs, ``?`` for one, ``[ab]`` for one of these.
IGNORED: Final = (
    # markers of empty folders
    "*_$folder$", ".keep", ".gitkeep", ".empty", ".placeholder", ".directory", ".nomedia",
    # macOS
    ".ds_store", "._*", ".localized", ".apdisk", "icon\r", "__macosx/", ".appledouble/", ".spotlight-v100/",
    ".trashes/", ".fseventsd/", ".temporaryitems/", ".documentrevisions-v100/",
    # Windows
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin/", "system volume information/",
    # photo programs and storage boxes
    ".picasa.ini", "picasa.ini", ".bridgecache", ".bridgecachet", "@eadir/", "#recycle/", ".thumbnails/",
    # sidecars: edits, thumbnails, indexes and previews that cameras and programs put beside a photo
    "*.xmp", "*.aae", "*.thm", "*.pp3", "*.dop", "*.cos", "*.nksc", "*.vrd", "*.arp", "*.on1", "*.photo-edit",
    "*.ctg", "*.moff", "*.modd", "*.lrv", "*.lrf",
    # uploads that are not finished, and files of programs that have one open
    "*.part", "*.partial", "*.filepart", "*.crdownload", "*.tmp", "~$*", ".~lock.*", "*.swp",
)  # fmt: skip


def is_ignored(key: str, more: Collection[str] = ()) -> bool:
    """Whether a key is one of those.

    Parameters
    ----------
    key
        Of an object in staging; a key that ends with a slash is the marker of a folder.
    more
        Further patterns, in lower case.
    """
    *folders, name = key.lower().split("/")
    return not name or any(
        any(fnmatchcase(folder, pattern[:-1]) for folder in folders)
        if pattern.endswith("/")
        else fnmatchcase(name, pattern)
        for pattern in (*IGNORED, *more)
    )
