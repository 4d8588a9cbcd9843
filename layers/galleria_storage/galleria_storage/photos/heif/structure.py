"""What a HEIF file consists of: its boxes, its items and where they are.

ISO/IEC 14496-12 8.11 has the boxes in `meta`, ISO/IEC 23008-12 annex A the
items of type ``Exif``.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.boxes import Box, children, name_of, walk
from galleria_storage.photos.heif.locations import MAX_ITEMS, Locations
from galleria_storage.photos.movie import leaves
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

EXIF: Final = b"Exif"
MAX_TABLE: Final = 1024 * 1024
"""Bytes of the largest table in `meta` that is read."""

_NEAR: Final = 64 * 1024
"""How far before and after the end of a large box is read at once."""

_STAY_LAST: Final = frozenset({b"mpvd", b"sefd"})
"""Samsung's and Google's: the video of a motion photo, and data that is found from the end of the file."""


_IN_MOVIES: Final = frozenset({"moov/meta", "moov/trak/meta"})

_ENTRY: Final = Struct(">I4sB3xHH")
_ONCE: Final = frozenset({b"pitm", b"iinf", b"iloc", b"iref", b"idat"})


class Item(NamedTuple):
    """An entry of the box `iinf` (8.11.6).

    Attributes
    ----------
    number
        The item's number.
    kind
        Its type; empty in versions 0 and 1 of an entry, which predate HEIF.
    protection
        How its bytes are encrypted; 0 for not at all.
    entry
        The whole entry, as written.
    """

    number: int
    kind: bytes
    protection: int
    entry: bytes


class Meta(NamedTuple):
    """The box `meta` of the file, as far as an edit needs it.

    Attributes
    ----------
    box
        The box itself.
    children
        The boxes in it.
    primary
        Number of the item that is the photo; 0 in a movie.
    items_box, items
        The box `iinf`, and the items in it.
    locations_box, locations
        The box `iloc`, and where the items are.
    references_box
        The box `iref`, if there is one.
    data_box
        The box `idat`, if there is one.
    """

    box: Box
    children: tuple[Box, ...]
    primary: int
    items_box: Box
    items: tuple[Item, ...]
    locations_box: Box
    locations: Locations
    references_box: Box | None
    data_box: Box | None


class Heif(NamedTuple):
    """A HEIF file.

    Attributes
    ----------
    boxes
        On its top level, up to the start of another file (a video after the photo).
    metas
        The boxes with items: the file's own first, then those of a movie and its tracks.
    end
        Where new data may go: after the last box, but before what must stay last.
    """

    boxes: tuple[Box, ...]
    metas: tuple[Meta, ...]
    end: int

    @property
    def meta(self) -> Meta:
        """The file's own box with items."""
        return self.metas[0]


def read_heif(source: RangedSource) -> Heif:
    """Read the structure of a file.

    Raises
    ------
    CorruptPhotoError
        A box or table is cut off, occurs twice, or contradicts itself.
    UnsupportedFormatError
        The file does not have items, so Exif data has no place in it.
    """
    boxes = _top_level(source)
    metas = [box for box in boxes if box.kind == b"meta"]
    if not metas:
        raise _without("the photo's file has none of the tables that Exif data is listed in")
    if len(metas) > 1:
        raise damaged("it has two tables of contents")
    if metas[0].is_open:
        raise _without("the photo's table of contents reaches to the end of its file")
    last = len(boxes)
    while last > 1 and boxes[last - 1].kind in _STAY_LAST:
        last -= 1
    found = (_read_meta(source, metas[0]), *_movie_metas(source, boxes))
    return Heif(tuple(boxes), found, boxes[last - 1].stop)


def _movie_metas(source: RangedSource, boxes: list[Box]) -> Iterator[Meta]:
    """Yield the boxes with items in a movie: image sequences store a track's Exif data there."""
    for movie in boxes:
        for path, box in leaves(source, movie) if movie.kind == b"moov" else ():
            # In ISO files this is a full box; Apple's own is not, and lists keys instead of items.
            if path in _IN_MOVIES and source.read(box.body + 4, 4) != b"hdlr":
                kinds = {child.kind for child in children(source, box, skip=4)}
                if kinds >= {b"iinf", b"iloc"}:
                    yield _read_meta(source, box, in_movie=True)


def _top_level(source: RangedSource) -> list[Box]:
    """Return the boxes of a file, reading around the likely place of its tables."""
    boxes: list[Box] = []
    has_meta = False
    for box in walk(source, 0, source.size):
        if box.kind == b"ftyp" and boxes:
            break
        boxes.append(box)
        has_meta = has_meta or box.kind == b"meta"
        if not has_meta and box.stop - box.start > _NEAR and not box.is_open:
            # Samsung's phones: the tables follow the image, and Exif data is directly before them.
            source.read(box.stop - _NEAR, 2 * _NEAR)
    if not boxes or boxes[0].kind != b"ftyp":
        raise damaged("it does not start with its type")
    return boxes


def _read_meta(source: RangedSource, box: Box, *, in_movie: bool = False) -> Meta:
    found = tuple(children(source, box, skip=4))
    by_kind = {child.kind: child for child in found}
    if sum(child.kind in _ONCE for child in found) > len(_ONCE & by_kind.keys()):
        raise damaged("its table of contents has something twice")
    tables = {b"pitm": bytes(6)}
    for kind in (b"iinf", b"iloc") if in_movie else (b"pitm", b"iinf", b"iloc"):
        if kind not in by_kind:
            raise _without(f"the photo's table of contents lacks its {name_of(kind)}")
        start, stop = by_kind[kind].body, by_kind[kind].stop
        if stop - start > MAX_TABLE:
            raise damaged(f"its {name_of(kind)} has {stop - start:,} bytes")
        tables[kind] = source.read(start, stop - start)
    primary = tables[b"pitm"]
    return Meta(
        box,
        found,
        int.from_bytes(primary[4 : 8 if primary[:1] != b"\0" else 6], "big"),
        by_kind[b"iinf"],
        tuple(_read_items(tables[b"iinf"])),
        by_kind[b"iloc"],
        Locations(tables[b"iloc"], _own_references(source, by_kind.get(b"dinf"))),
        by_kind.get(b"iref"),
        by_kind.get(b"idat"),
    )


def _own_references(source: RangedSource, box: Box | None) -> frozenset[int]:
    """Return the data references that mean the file itself: 0, and those with flag 1 (8.7.2)."""
    own = {0}
    for table in children(source, box) if box else ():
        if table.kind == b"dref":
            entries = enumerate(children(source, table, skip=8), 1)
            own |= {number for number, entry in entries if source.read(entry.body + 3, 1) == b"\1"}
    return frozenset(own)


def _read_items(table: bytes) -> list[Item]:
    """Read the box `iinf`: its version determines the width of the count, that of an entry the width of its number."""
    if len(table) < 6:
        raise damaged("the list of its items is cut off")
    at = 6 if not table[0] else 8
    count = int.from_bytes(table[4:at], "big")
    items: list[Item] = []
    while at + _ENTRY.size <= len(table):
        size, box, version, number, protection = _ENTRY.unpack_from(table, at)
        entry = table[at : at + size]
        if size < _ENTRY.size or len(entry) < size or box != b"infe" or len(items) == MAX_ITEMS:
            raise damaged("the list of its items is cut off")
        kind = entry[16:20] if version == 2 else b""
        if version == 3:
            number, protection = number << 16 | protection, int.from_bytes(entry[16:18], "big")
            kind = entry[18:22]
        items.append(Item(number, kind, protection, entry))
        at += size
    if at != len(table):
        raise damaged("the list of its items is cut off")
    if len(items) != count:
        raise damaged(f"it says that it has {count:,} items, and lists {len(items):,}")
    return items


def _without(what: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"the capture time cannot be changed: {what}",
        advice="Publish the photo without a correction, or save it again with a photo program.",
    )
