"""Blanking what repeats removed values where no field holds it: old copies in unused space, Photoshop's resources.

Programs that rewrite a TIFF structure leave the old bytes behind, and
Photoshop repeats titles as names of slices. Nothing but these very bytes
changes: a text becomes spaces, a number zeros.
"""

from collections.abc import Iterator, Sequence

from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.patches import Patch
from galleria_storage.photos.plan import Span
from galleria_storage.photos.private.ifd_removal import in_use
from galleria_storage.photos.private.removed_values import LONGEST, Value, kept_texts
from galleria_storage.photos.tiff.tables import TiffTables


def leftover_patches(blocks: Sequence[Block], gone: set[Value]) -> Iterator[Patch]:
    """Yield the patches of the file that blank removed values, given its blocks after the removal.

    What another field says, too, stays: a name may be part of the copyright.
    """
    kept = set(kept_texts(blocks))
    gone = {value for value in gone if value.text is None or not any(value.text in text for text in kept)}
    for block in blocks:
        if block.kind == "words":
            texts = [value for value in gone if value.text is not None]
            yield from block.write(list(_blanked(block, texts, [])))
        elif block.kind == "exif":
            tables = TiffTables(block.source, in_block=True)
            yield from block.write(list(_blanked(block, list(gone), in_use(tables, tables.all, ()))))


def _blanked(block: Block, gone: Sequence[Value], used: Sequence[Span]) -> Iterator[Patch]:
    data = block.source.read(0, LONGEST)
    done: list[Span] = []
    for value in sorted(gone, key=lambda value: -len(value.data)):
        at = data.find(value.data)
        while at >= 0:
            span = Span(at, at + len(value.data))
            if not any(other.start < span.stop and span.start < other.stop for other in (*used, *done)):
                done.append(span)
                yield Patch(at, len(value.data), value.blanks())
            at = data.find(value.data, at + 1)
