"""What no edit of a HEIF file may change: items, references, properties, tracks and other boxes."""

from collections.abc import Iterator
from typing import Final

from galleria_storage.photos.boxes import children, name_of
from galleria_storage.photos.check import Part
from galleria_storage.photos.heif.exif_items import spans_of
from galleria_storage.photos.heif.structure import EXIF, Heif, read_heif
from galleria_storage.photos.movie import CHUNK_TABLES, chunks, leaves
from galleria_storage.photos.plan import Span
from galleria_storage.photos.source import RangedSource

_TABLES: Final = frozenset({b"iinf", b"iloc", b"iref", b"idat"})
"""What an edit changes in `meta`; what they list are parts."""

_DATA: Final = frozenset({b"mdat", b"free", b"skip", b"meta", b"moov"})


def parts(source: RangedSource) -> list[Part]:
    """List what no edit may change; see `formats.Format`."""
    heif = read_heif(source)
    exif = {item.number for item in heif.meta.items if item.kind == EXIF}
    found = [
        Part(f"its {name_of(b.kind)}", (Span(b.body, b.stop),)) for b in heif.meta.children if b.kind not in _TABLES
    ]
    places = {entry.item: entry for entry in heif.meta.locations.entries if entry.item not in exif}
    for number, entry in places.items():
        spans = tuple([span for span in spans_of(heif, entry) if span.start < span.stop])
        found.append(Part(f"the place of item {number} {entry.method}.{entry.reference}", spans))
    found += [Part(f"item {i.number}: {i.entry!r}", ()) for i in heif.meta.items if i.kind != EXIF]
    found += [Part(f"the reference {data!r}", ()) for data in _references(source, heif, exif)]
    return found + list(_boxes(source, heif))


def _references(source: RangedSource, heif: Heif, exif: set[int]) -> Iterator[bytes]:
    """Yield the references of all items but those with Exif data."""
    table = heif.meta.references_box
    if table is None:
        return
    width = 2 if source.read(table.body, 1) == b"\0" else 4
    for box in children(source, table, skip=4):
        data = source.read(box.start, box.stop - box.start)
        if int.from_bytes(data[8 : 8 + width], "big") not in exif:
            yield data


def _boxes(source: RangedSource, heif: Heif) -> Iterator[Part]:
    """Yield the boxes of the top level, tracks in pieces, and what follows the last of them."""
    for box in heif.boxes:
        if box.kind not in _DATA:
            yield Part(f"its {name_of(box.kind)} box", (Span(box.body, box.stop),))
        for path, leaf in leaves(source, box) if box.kind == b"moov" else ():
            if leaf.kind in CHUNK_TABLES:
                yield Part(path, tuple([Span(place, place + 1) for place in chunks(source, leaf)]))
            else:
                yield Part(path, (Span(leaf.body, leaf.stop),))
    end = heif.boxes[-1].stop
    if end < source.size:
        yield Part("what follows the photo", (Span(end, source.size),))
