"""Canon CR3: the capture tags in its box `CMT2`.

A CR3 is an ISO base media file (ISO/IEC 14496-12). Canon's `uuid` box in `moov`
holds `CMT1` to `CMT4`, TIFF structures with IFD0, the Exif IFD, the maker note
and the GPS IFD, and `CTBO`, a list of the offsets and sizes of the boxes after
`moov` (ExifTool, Canon.pm; lclevy/canon_cr3). If `CMT2` has to grow, that list
and the offsets of the tracks' chunks are adjusted.
"""

from struct import pack, unpack
from typing import Final, NamedTuple

from galleria_storage.photos.boxes import Box, grown, name_of, walk
from galleria_storage.photos.check import Part
from galleria_storage.photos.exif.blob import MAX_BLOB
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.moves import Moves
from galleria_storage.photos.movie import CHUNK_TABLES, chunks, follow_chunks, leaves
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, within
from galleria_storage.photos.raw.exif_table import edit_table, other_values
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

CANON: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # XMP specification part 3, 1.2.7.1
_EXIF: Final = b"CMT2"
_TABLES: Final = {b"CMT1": "Exif", _EXIF: "Exif", b"CMT3": "maker note", b"CMT4": "GPS data"}
_PLACES: Final = b"CTBO"
_RECORD: Final = 20
"""Bytes of a record of `CTBO`: its number, an offset and a size."""

MAX_RECORDS: Final = 64
"""More records than any camera writes."""


class _Layout(NamedTuple):
    """Where a file stores what an edit changes.

    Attributes
    ----------
    before, movie
        The boxes before `moov`, and that.
    canon, inner
        Canon's box in it, and the boxes in that.
    exif
        `CMT2`, one of those.
    """

    before: tuple[Box, ...]
    movie: Box
    canon: Box
    inner: tuple[Box, ...]
    exif: Box


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out an edit; see `formats.Format`."""
    layout = _layout(source)
    box = layout.exif
    edit = edit_table(source.read(box.body, box.stop - box.body), asked)
    patches = within(edit.patches, box.body)
    growth = sum(len(patch.data) - patch.removed for patch in patches)
    if growth:
        # No other sizes change, and their fields keep their length.
        sizes = [*grown(box, growth), *grown(layout.canon, growth), *grown(layout.movie, growth)]
        moves = Moves(patches)
        boxes = [*layout.before, layout.movie, *walk(source, layout.movie.stop, source.size)]
        patches += [*sizes, *_follow_list(source, layout, moves), *follow_chunks(source, boxes, moves.place)]
    return Plan(source.size, patches, edit.before, edit.after)


def parts(source: RangedSource) -> list[Part]:
    """List what no edit may change; see `formats.Format`."""
    layout = _layout(source)
    data = source.read(layout.exif.body, layout.exif.stop - layout.exif.body)
    found = [Part(f"Exif {value}", ()) for value in other_values(data)]
    kept = [box for box in (*layout.before, *layout.inner) if box.kind not in (_EXIF, _PLACES)]
    found += [Part(name_of(box.kind), (Span(box.body, box.stop),)) for box in kept]
    for path, leaf in leaves(source, layout.movie):
        if leaf.kind in CHUNK_TABLES:
            found.append(Part(path, tuple([Span(place, place + 1) for place in chunks(source, leaf)])))
        elif leaf != layout.canon:
            found.append(Part(path, (Span(leaf.body, leaf.stop),)))
    return [*found, Part("the pictures", (Span(layout.movie.stop, source.size),))]


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    layout = _layout(source)
    tables = [box for box in layout.inner if box.kind in _TABLES and box.stop > box.body]
    found = [plain_block("exif", _TABLES[box.kind], source, box.body, box.stop - box.body) for box in tables]
    others = (*layout.before, *walk(source, layout.movie.stop, source.size))
    packets = [box for box in others if box.kind == b"uuid" and source.read(box.body, 16) == XMP]
    found += [plain_block("xmp", "XMP", source, box.body + 16, box.stop - box.body - 16) for box in packets]
    return found


def _layout(source: RangedSource) -> _Layout:
    before = []
    for movie in walk(source, 0, source.size):
        if movie.kind == b"moov":
            break
        before.append(movie)
    else:
        raise damaged("it has no list of its pictures")
    for canon in walk(source, movie.body, movie.stop):
        if canon.kind == b"uuid" and source.read(canon.body, 16) == CANON:
            inner = tuple(walk(source, canon.body + 16, canon.stop))
            exif = [box for box in inner if box.kind == _EXIF]
            if len(exif) != 1 or exif[0].stop - exif[0].body > MAX_BLOB:
                break
            return _Layout(tuple(before), movie, canon, inner, exif[0])
    raise damaged("its Exif data is missing, or there twice")


def _follow_list(source: RangedSource, layout: _Layout, moves: Moves) -> list[Patch]:
    """Adjust the offsets in `CTBO`; 0 means none."""
    patches = []
    for box in layout.inner:
        if box.kind != _PLACES:
            continue
        count = int.from_bytes(source.read(box.body, 4), "big")
        if count > MAX_RECORDS or box.stop - box.body < 4 + _RECORD * count:
            raise damaged("the list of its boxes is cut off")
        for at in range(box.body + 4, box.body + 4 + _RECORD * count, _RECORD):
            (place,) = unpack(">Q", source.read(at + 4, 8))
            if place > source.size:
                raise cut_off("the list of its boxes leads beyond its end")
            if moves.place(place) != place:
                patches.append(Patch(at + 4, 8, pack(">Q", moves.place(place))))
    return patches
