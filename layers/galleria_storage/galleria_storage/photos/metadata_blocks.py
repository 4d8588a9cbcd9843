"""The metadata in a file of any format: its blocks, and how to write into them.

Each format lists its blocks (`formats.Format.metadata`). An edit is worked out
as patches of the block, and the block turns them into patches of the file: the
same bytes at another offset in most formats, a chunk with a new checksum in a
PNG.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

from galleria_storage.photos.plan import Patch, Span, within
from galleria_storage.photos.source import BytesSource, RangedSource, WindowSource

Kind = Literal["exif", "xmp", "iptc", "text", "picture", "words", "credentials", "opaque", "film"]
"""`exif`: a TIFF structure. `xmp`: a packet. `iptc`: IIM records. `text`: one text, without a
structure. `picture`: a small JPEG with its own metadata. `words`: a structure that may repeat
texts of other blocks. `credentials`: a signed C2PA manifest store; see `credentials`. `opaque`:
what nobody but its maker can read. `film`: a whole film, whose own blocks follow."""


class Block(NamedTuple):
    """One block of metadata.

    Attributes
    ----------
    kind
        What it is.
    name
        What it is called; of a text, its keyword.
    source
        Its bytes.
    write
        Turns patches of the block, which keep its length, into patches of the file.
    drop
        Returns the patches that remove the whole block from the file; None if only its contents can be removed.
    where
        Of which part of the file it is; empty for the photo itself.
    """

    kind: Kind
    name: str
    source: RangedSource
    write: Callable[[Sequence[Patch]], list[Patch]]
    drop: Callable[[], list[Patch]] | None = None
    where: str = ""

    @property
    def title(self) -> str:
        """A name for people: ``"XMP"``, ``"Exif of picture 2"``."""
        return self.name + self.where


def plain_block(kind: Kind, name: str, file: RangedSource, start: int, size: int) -> Block:
    """Return a block stored in the file in one piece, as it is."""
    return Block(kind, name, WindowSource(file, start, size), lambda patches: within(patches, start))


def scattered_block(kind: Kind, name: str, file: RangedSource, spans: Sequence[Span]) -> Block:
    """Return a block stored in the file in several pieces."""
    if len(spans) == 1:
        return plain_block(kind, name, file, spans[0].start, spans[0].stop - spans[0].start)
    data = b"".join(file.read(span.start, span.stop - span.start) for span in spans)
    return Block(kind, name, BytesSource(data), partial(_scattered, spans))


def _scattered(spans: Sequence[Span], patches: Sequence[Patch]) -> list[Patch]:
    """Convert patches that keep their length to patches of the pieces of which a block consists."""
    found, done = [], 0
    for span in spans:
        end = done + span.stop - span.start
        for offset, _, data in patches:
            first, last = max(offset, done), min(offset + len(data), end)
            if first < last:
                found.append(Patch(span.start + first - done, last - first, data[first - offset : last - offset]))
        done = end
    return found


def inside(outer: Block, block: Block, where: str = "") -> Block:
    """Return a block of something inside a block as a block of the file."""
    return _carried(block, outer.write, where)


def shifted(block: Block, start: int, where: str = "") -> Block:
    """Return a block of something inside a file as a block of the file."""
    return _carried(block, lambda patches: within(patches, start), where)


def _carried(block: Block, carry: Callable[[Sequence[Patch]], list[Patch]], where: str) -> Block:
    """Return a block whose patches are carried on into what it is a part of."""
    drop = block.drop
    return block._replace(
        write=lambda patches: carry(block.write(patches)),
        drop=(lambda: carry(drop())) if drop else None,
        where=block.where + where,
    )
