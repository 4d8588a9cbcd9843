"""What no edit of a HEIF file may change: items, references, properties, tracks and other boxes."""

from collections.abc import Iterator
from typing import Final

from galleria_storage.photos.boxes import children, name_of
from galleria_storage.photos.check import Part
from galleria_storage.photos.heif.exif_items import spans_of
from galleria_storage.photos.heif.structure import EXIF, Heif, Meta, read_heif
from galleria_storage.photos.movie import CHUNK_TABLES, chunks, leaves
from galleria_storage.photos.plan import Span
from galleria_storage.photos.source import RangedSource

_TABLES: Final = frozenset({b"iinf", b"iloc", b"iref", b"idat"})
"""The boxes that an edit changes in `meta`; what they list are parts."""

_DATA: Final = frozenset({b"mdat", b"free", b"skip", b"meta", b"moov"})


def parts(source: RangedSource) -> list[Part]:
    """List what no edit may change; see `formats.Format`."""
    heif = read_heif(source)
    found = [part for meta in heif.metas for part in _contents(source, meta)]
    return found + list(_boxes(source, heif))


def _contents(source: RangedSource, meta: Meta) -> Iterator[Part]:
    """Yield the content of a box `meta`, except what belongs to Exif data."""
    exif = {item.number for item in meta.items if item.kind == EXIF}
    for box in meta.children:
        if box.kind not in _TABLES:
            yield Part(f"its {name_of(box.kind)}", (Span(box.body, box.stop),))
    kept = [entry for entry in meta.locations.entries if entry.item not in exif]
    spans = [span for entry in kept for span in spans_of(meta, entry) if span.start < span.stop]
    ways = [(entry.item, entry.method, entry.reference, len(entry.extents)) for entry in kept]
    yield Part(f"the data of its items {ways}", tuple(spans))
    yield Part(f"its items {b''.join([item.entry for item in meta.items if item.kind != EXIF])!r}", ())
    yield Part(f"the references {b''.join(_references(source, meta, exif))!r}", ())


def _references(source: RangedSource, meta: Meta, exif: set[int]) -> Iterator[bytes]:
    """Yield the references of all items except those with Exif data."""
    table = meta.references_box
    if table is None:
        return
    data = source.read(table.body, table.stop - table.body)
    width = 2 if data[:1] == b"\0" else 4
    for box in children(source, table, skip=4):
        reference = data[box.start - table.body : box.stop - table.body]
        if int.from_bytes(reference[8 : 8 + width], "big") not in exif:
            yield reference


def _boxes(source: RangedSource, heif: Heif) -> Iterator[Part]:
    """Yield the boxes of the top level, tracks in pieces, and what follows the last box."""
    listed = {meta.box for meta in heif.metas}
    for box in heif.boxes:
        if box.kind not in _DATA:
            yield Part(f"its {name_of(box.kind)} box", (Span(box.body, box.stop),))
        for path, leaf in leaves(source, box) if box.kind == b"moov" else ():
            if leaf.kind in CHUNK_TABLES:
                yield Part(path, tuple([Span(place, place + 1) for place in chunks(source, leaf)]))
            elif leaf not in listed:
                yield Part(path, (Span(leaf.body, leaf.stop),))
    end = heif.boxes[-1].stop
    if end < source.size:
        yield Part("what follows the photo", (Span(end, source.size),))
