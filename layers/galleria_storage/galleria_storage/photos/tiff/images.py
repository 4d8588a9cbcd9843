"""Where a TIFF's pictures are: strips, tiles, and whole JPEGs."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from galleria_storage.photos.plan import Span
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.tiff.tables import Table, TiffTables

#: Tags of the offsets and of the lengths (TIFF 6.0 sections 8, 15 and 22).
_IMAGE_DATA: Final = ((0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202))
_UNSET: Final = 0xFFFF_FFFF
"""In Panasonic's RW2 this offset means that another tag has the picture's position."""


def picture_spans(tables: TiffTables, table: Table) -> list[Span]:
    """Return where the pictures of a table are, in ascending order; adjacent spans are joined.

    Raises
    ------
    CorruptPhotoError
        The numbers of lengths and offsets differ.
    """
    if (known := tables.pictures.get(table.start)) is None:
        known = joined(chain.from_iterable(_spans(tables, table, *tags) for tags in _IMAGE_DATA))
        tables.pictures[table.start] = known
    return known


def _spans(tables: TiffTables, table: Table, offset_tag: int, length_tag: int) -> Iterator[Span]:
    starts, lengths = (
        list(chain.from_iterable(tables.numbers(field) for field in table.find({tag})))
        for tag in (offset_tag, length_tag)
    )
    if not starts or starts == [_UNSET]:
        return
    if len(starts) != len(lengths):
        raise damaged(f"its {table.name} has {len(starts):,} pieces of a picture and {len(lengths):,} lengths")
    for start, length in zip(starts, lengths, strict=True):
        if length:
            yield Span(start, start + length)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in ascending order, with overlapping or adjacent ones joined."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].stop:
            found[-1] = Span(found[-1].start, max(found[-1].stop, span.stop))
        else:
            found.append(span)
    return found
