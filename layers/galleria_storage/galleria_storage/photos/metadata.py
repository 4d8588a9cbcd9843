"""The metadata in a file, whatever the format: which blocks there are, and how to write into them.

Each format lists its blocks (`formats.Format.metadata`). Whoever changes one
works out patches of the block; the block knows what they become in the file:
the same bytes elsewhere in most formats, a chunk with a new checksum in a PNG.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

from galleria_storage.photos.plan import Patch, Span, within
from galleria_storage.photos.source import BytesSource, RangedSource, WindowSource

Kind = Literal["exif", "xmp", "iptc", "text", "credentials", "opaque", "film"]
"""`exif`: a TIFF structure. `xmp`: a packet. `iptc`: IIM records. `text`: one text, without a
structure. `credentials`: a signed C2PA manifest store; see `credentials`. `opaque`: what nobody
but its maker can read. `film`: a whole film, whose own blocks follow."""


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
    drop
        Returns the patches that take the whole block out of the file; None if only its contents can go.
    """

    kind: Kind
    name: str
    source: RangedSource
    write: Callable[[Sequence[Patch]], list[Patch]]
    drop: Callable[[], list[Patch]] | None = None


def plain_block(kind: Kind, name: str, file: RangedSource, start: int, size: int) -> Block:
    """Return a block whose bytes are in the file as they are."""
    return Block(kind, name, WindowSource(file, start, size), lambda patches: within(patches, start))


def scattered_block(kind: Kind, name: str, file: RangedSource, spans: Sequence[Span]) -> Block:
    """Return a block whose bytes are in the file in pieces."""
    if len(spans) == 1:
        return plain_block(kind, name, file, spans[0].start, spans[0].stop - spans[0].start)
    data = b"".join(file.read(span.start, span.stop - span.start) for span in spans)
    return Block(kind, name, BytesSource(data), partial(_scattered, spans))


def _scattered(spans: Sequence[Span], patches: Sequence[Patch]) -> list[Patch]:
    """Return patches that keep their length as patches of the pieces that a block consists of."""
    found, done = [], 0
    for span in spans:
        end = done + span.stop - span.start
        for offset, _, data in patches:
            first, last = max(offset, done), min(offset + len(data), end)
            if first < last:
                found.append(Patch(span.start + first - done, last - first, data[first - offset : last - offset]))
        done = end
    return found


def shifted(block: Block, start: int, name: str = "") -> Block:
    """Return a block of something inside a file as a block of the file."""
    drop = block.drop
    return Block(
        block.kind,
        f"{block.name}{name}",
        block.source,
        lambda patches: within(block.write(patches), start),
        (lambda: within(drop(), start)) if drop else None,
    )
