"""Removing fields from a TIFF structure in place: the table closes the gaps, and values become zeros.

TIFF 6.0 section 2: a table is a count, fields of twelve bytes each, and the
offset of the next table. Without some of its fields it is shorter; the
remaining bytes become zeros, and no other byte moves.
"""

from collections.abc import Collection, Iterator, Sequence

from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.tiff.images import joined, picture_spans
from galleria_storage.photos.tiff.tables import GPS_IFD, Field, Table, TiffTables

PADDING, _UNDEFINED = 0xEA1C, 7


def without_fields(tables: TiffTables, tags: Collection[int]) -> list[Patch]:
    """Return the patches that remove fields from every table, with their values and the whole GPS IFD.

    Raises
    ------
    CorruptPhotoError
        The GPS IFD cannot be read, so its content is unknown.
    """
    gps = [table for table in tables.all if table.name == "GPS IFD" and GPS_IFD in tags]
    others = [table for table in tables.all if table not in gps]
    kept = in_use(tables, others, tags)
    patches: list[Patch] = []
    for table in others:
        if removed := [field for field in table.fields if field.tag in tags]:
            patches.append(_closed_up(tables, table, removed))
            patches += _values(tables, removed, kept)
    for table in gps:
        patches += zeros(tables, Span(table.start, table.end), kept)
        patches += _values(tables, table.fields, kept)
    return patches


def in_use(tables: TiffTables, among: Sequence[Table], without: Collection[int]) -> list[Span]:
    """Return what some tables occupy, with their pictures and the values of all fields but those with some tags."""
    spans = [Span(0, 8)]
    for table in among:
        spans.append(Span(table.start, _end(table)))
        spans += [field.value for field in table.fields if field.tag not in without and not field.is_inline]
        spans += picture_spans(tables, table)
    return joined(spans)


def _closed_up(tables: TiffTables, table: Table, removed: Sequence[Field]) -> Patch:
    """Return the patch of a whole table without some fields."""
    size = min(_end(table), tables.source.size) - table.start
    data = tables.source.read(table.start, size)
    gone = {field.place - table.start for field in removed}
    rows = [data[at : at + 12] for at in range(2, 2 + 12 * len(table.fields), 12) if at not in gone]
    following = data[2 + 12 * len(table.fields) :]
    # A table needs a field (TIFF 6.0 section 2): if none is left, a padding field, as Windows writes it.
    rows = rows or [tables.order.entry.pack(PADDING, _UNDEFINED, 4, 0)]
    return Patch(
        table.start, size, (tables.order.short.pack(len(rows)) + b"".join(rows) + following).ljust(size, b"\0")
    )


def _end(table: Table) -> int:
    """Return where a table ends: the offset of the next one belongs to it only in the chain that starts with IFD0.

    piexif and some cameras write other tables without it, and a value in its place.
    """
    return table.end + 4 if table.name.startswith("IFD") else table.end


def _values(tables: TiffTables, fields: Sequence[Field], kept: Sequence[Span]) -> Iterator[Patch]:
    """Yield the patches that overwrite the values of fields with zeros."""
    for span in joined(field.value for field in fields if not field.is_inline):
        yield from zeros(tables, span, kept)


def zeros(tables: TiffTables, span: Span, kept: Sequence[Span]) -> Iterator[Patch]:
    """Yield the patches that overwrite a span with zeros, except what is still in use, in ascending order."""
    start, stop = max(span.start, 8), min(span.stop, tables.source.size)
    for other in kept:
        if other.start < stop and start < other.stop:
            if start < other.start:
                yield Patch(start, other.start - start, bytes(other.start - start))
            start = max(start, other.stop)
    if start < stop:
        yield Patch(start, stop - start, bytes(stop - start))
