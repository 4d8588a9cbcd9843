"""The metadata in a file, whatever the format: which blocks there are, and how to write into them.

Each format lists its blocks (`formats.Format.metadata`). Whoever changes one
works out patches of the block; the block knows what they become in the file:
the same bytes elsewhere in most formats, a chunk with a new checksum in a PNG.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from galleria_storage.photos.plan import Patch, within
from galleria_storage.photos.source import RangedSource, WindowSource

Kind = Literal["exif", "xmp", "iptc", "text"]
"""`exif`: a TIFF structure. `xmp`: a packet. `iptc`: IIM records. `text`: one text, without a structure."""


class Block(NamedTuple):
    """One block of metadata.

    Attributes
    ----------
    kind
        What it is.
    name
        What a person calls it: ``"XMP"``, ``"Exif of the second picture"``.
    source
        Its bytes.
    write
        Turns patches of the block, none of which changes its length, into patches of the file.
    """

    kind: Kind
    name: str
    source: RangedSource
    write: Callable[[Sequence[Patch]], list[Patch]]


def plain_block(kind: Kind, name: str, file: RangedSource, start: int, size: int) -> Block:
    """Return a block whose bytes are in the file as they are."""
    return Block(kind, name, WindowSource(file, start, size), lambda patches: within(patches, start))


def shifted(block: Block, start: int, name: str = "") -> Block:
    """Return a block of something inside a file as a block of the file."""
    return Block(block.kind, f"{block.name}{name}", block.source, lambda patches: within(block.write(patches), start))
