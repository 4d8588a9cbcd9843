"""What fits into the headers of a published object.

Source: Amazon S3 User Guide, "Working with object metadata": 2 KB of user
metadata. AWS counts names and values; servers with MinIO's code
count the prefix ``x-amz-meta-`` too (measured on JuiceFS 1.4), so we do.
"""

from collections.abc import Mapping
from typing import Final

_PREFIX: Final = len("x-amz-meta-")
METADATA_BYTES: Final = 2048
#: The most that we record on an object ourselves.
OWN_BYTES: Final = 768


def metadata_size(metadata: Mapping[str, str]) -> int:
    """Return how many bytes of the limit user metadata takes."""
    return sum(_PREFIX + len(name.encode()) + len(value.encode()) for name, value in metadata.items())


def that_fits(metadata: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return what of an uploader's metadata can be written beside ours.

    A value that is not printable ASCII, or one that would make all too large,
    is left out; a shorter one after it may still fit.

    Returns
    -------
    tuple
        The metadata, in the order of the names, and a sentence that names what is left out, without values;
        empty if nothing is.
    """
    kept: dict[str, str] = {}
    room = METADATA_BYTES - OWN_BYTES
    for name, value in sorted(metadata.items()):
        size = metadata_size({name: value})
        if size <= room and value.isascii() and value.isprintable():
            kept[name] = value
            room -= size
    names = sorted(metadata.keys() - kept.keys())
    return kept, f"metadata that does not fit into headers was left out: {', '.join(names)}" if names else ""
