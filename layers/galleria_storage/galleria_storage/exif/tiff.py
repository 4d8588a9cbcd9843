"""Reading the TIFF structure inside an Exif APP1 segment.

TIFF 6.0 section 2: a header (byte order, 42, offset of the first IFD), and
IFDs: a count of entries, twelve bytes for each (tag, type, number of values,
value or offset of the value), and the offset of the next IFD. Offsets count
from the header's first byte. Exif 2.32 (CIPA DC-008) 4.6.3 adds the pointers
to the Exif, GPS and Interoperability IFDs.
"""

from collections.abc import Collection, Iterator
from struct import Struct, unpack_from
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.tags import CAPTURE_TAGS

EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825
INTEROPERABILITY_IFD: Final = 0xA005
MAKER_NOTE: Final = 0x927C

ASCII: Final = 2
LONG: Final = 4
SLONG: Final = 9
IFD: Final = 13

# Bytes per value by type (TIFF 6.0 section 2; 13 is IFD, TIFF technical note 1; 129 is UTF-8, Exif 3.0).
TYPE_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}

MAX_ENTRIES: Final = 1024
"""More entries than any camera writes into all IFDs of one block; bounds the work on hostile input."""

MAX_IFDS: Final = 16
"""The same for the number of IFDs in one block."""

MAX_COPIES: Final = 16
"""The same for the number of entries with capture tags in one block."""

MAX_UNKNOWN_TYPES: Final = 10
"""TIFF 6.0 section 2: readers skip fields of a type that they do not know; after some ten, most give up."""


class ByteOrder(NamedTuple):
    """How numbers of two and four bytes, and the four of an entry, stand in a block; `mark` is its sign in `struct`."""

    mark: str
    short: Struct
    long: Struct
    entry: Struct


LITTLE: Final = ByteOrder("<", Struct("<H"), Struct("<I"), Struct("<HHII"))
BIG: Final = ByteOrder(">", Struct(">H"), Struct(">I"), Struct(">HHII"))

# Offset and length of image data (TIFF 6.0 sections 8 and 22; Exif 2.32 4.6.4).
_IMAGE_DATA: Final = ((0x0201, 0x0202), (0x0111, 0x0117))

Row = tuple[int, int, int, int]
"""The four numbers of an entry: tag, type, number of values, value or offset of the value."""


class Entry(NamedTuple):
    """One entry of an IFD, and where its value is.

    Attributes
    ----------
    tag, type, number
        Tag, type and number of values.
    at
        Offset of the entry's first byte in the block.
    value
        Offset of the value's first byte: within the entry when the value fits into four bytes.
    size
        Length of the value in bytes; 0 if the type is unknown.
    """

    tag: int
    type: int
    number: int
    at: int
    value: int
    size: int


class Ifd(NamedTuple):
    """One image file directory.

    Attributes
    ----------
    at
        Offset of its count of entries.
    fields
        The numbers of its entries in file order (TIFF asks for ascending tags; not every camera obeys),
        four for each; see `rows`.
    places
        Index of the last entry of each tag.
    end
        Offset behind the last entry: there stands the offset of the next IFD.
    next
        Offset of the next IFD; 0 for none, or where the block ends before it.
    """

    at: int
    fields: tuple[int, ...]
    places: dict[int, int]
    end: int
    next: int

    def rows(self) -> Iterator[Row]:
        """Yield the four numbers of every entry, in file order."""
        fields = self.fields
        return zip(fields[0::4], fields[1::4], fields[2::4], fields[3::4], strict=True)

    def find(self, tags: Collection[int]) -> list[Entry]:
        """Return all entries that have one of the tags."""
        places = self.places
        if places.keys().isdisjoint(tags):
            return []
        if 4 * len(places) == len(self.fields):
            return [self._entry(places[tag]) for tag in tags if tag in places]
        return [self._entry(index) for index, tag in enumerate(self.fields[0::4]) if tag in tags]

    def _entry(self, index: int) -> Entry:
        tag, kind, number, value = self.fields[4 * index : 4 * index + 4]
        at, size = self.at + 2 + 12 * index, number * TYPE_SIZES.get(kind, 0)
        return Entry(tag, kind, number, at, value if size > 4 else at + 8, size)


class Directory(NamedTuple):
    """An IFD and what it is."""

    name: str
    ifd: Ifd


class TiffBlock(NamedTuple):
    """A TIFF block with the IFDs that TIFF and Exif define.

    Attributes
    ----------
    data
        The block, from the TIFF header on.
    order
        Its byte order.
    directories
        Every IFD that was reached, once each, IFD0 first.
    exif_ifds
        The Exif IFDs among them, IFD0's first: cameras exist that write two (Olympus 800).
    captures
        The entries of capture tags, each with the name of its IFD.
    damage
        Name and offset of every IFD that could not be read; IFD0 and the main Exif IFD are never among them.
    """

    data: bytes
    order: ByteOrder
    directories: list[Directory]
    exif_ifds: list[Ifd]
    captures: list[tuple[str, Entry]]
    damage: list[tuple[str, int]]


_KNOWN_TYPES: Final = frozenset(TYPE_SIZES)
_IFD0, EXIF_NAME = "IFD0", "Exif IFD"
POINTERS: Final = {EXIF_IFD: EXIF_NAME, GPS_IFD: "GPS IFD", INTEROPERABILITY_IFD: "Interoperability IFD"}
"""Tags whose value is the offset of another IFD (Exif 2.32 4.6.3)."""


def byte_order(block: bytes) -> ByteOrder | None:
    """Return the byte order of a TIFF block, or None if it does not start with a TIFF header."""
    if block.startswith(b"II*\0"):
        return LITTLE
    if block.startswith(b"MM\0*"):
        return BIG
    return None


def read_ifd(block: bytes, at: int, order: ByteOrder, name: str) -> Ifd:
    """Read the IFD at an offset of the block.

    Parameters
    ----------
    block
        The TIFF block.
    at
        Offset of the IFD.
    order
        The block's byte order.
    name
        What the IFD is called in an error.

    Raises
    ------
    CorruptPhotoError
        The IFD does not lie within the block, or has more than `MAX_ENTRIES` entries.
    """
    size = len(block)
    if not 8 <= at <= size - 2:
        raise _damaged(f"its {name} should stand at byte {at:,} of {size:,}")
    count: int = order.short.unpack_from(block, at)[0]
    end = at + 2 + 12 * count
    if count > MAX_ENTRIES or end > size:
        raise _damaged(f"its {name} claims {count:,} entries")
    fields = unpack_from(order.mark + "HHII" * count, block, at + 2)
    following = order.long.unpack_from(block, end)[0] if end + 4 <= size else 0
    return Ifd(at, fields, dict(zip(fields[0::4], range(count), strict=True)), end, following)


def read_block(data: bytes) -> TiffBlock:
    """Read all IFDs of a TIFF block, those in a chain and those below a pointer.

    An IFD that is damaged is left out and noted in `damage`, unless the capture
    tags are, or should be, in it.

    Raises
    ------
    CorruptPhotoError
        There is no TIFF header, IFD0 or the Exif IFD is damaged, or the IFDs form a loop.
    """
    order = byte_order(data)
    if order is None or len(data) < 8:
        raise _damaged("it does not start with a TIFF header")
    block = TiffBlock(data, order, [], [], [], [])
    queue = [(_IFD0, order.long.unpack_from(data, 4)[0])]
    seen: set[int] = set()
    entries = 0
    for name, at in queue:  # grows while it is read
        if at in seen:
            if name.startswith("IFD"):
                raise _damaged(f"its {name} points back to an earlier IFD")
            continue
        seen.add(at)
        if len(seen) > MAX_IFDS:
            raise _damaged(f"it has more than {MAX_IFDS} IFDs")
        ifd = _read_one(block, name, at)
        if ifd:
            entries += len(ifd.fields) // 4
            if entries > MAX_ENTRIES:
                raise _damaged(f"it has more than {MAX_ENTRIES:,} entries")
            queue += _below(name, ifd)
    return block


def _read_one(block: TiffBlock, name: str, at: int) -> Ifd | None:
    """Read one IFD and add it to its block, or to the block's damage."""
    try:
        ifd = read_ifd(block.data, at, block.order, name)
        _check_types(name, ifd)
    except CorruptPhotoError:
        if name == _IFD0 or (name == EXIF_NAME and not block.exif_ifds):
            raise
        block.damage.append((name, at))
        return None
    block.directories.append(Directory(name, ifd))
    if name == EXIF_NAME:
        block.exif_ifds.append(ifd)
    block.captures.extend((name, entry) for entry in ifd.find(CAPTURE_TAGS))
    if len(block.captures) > MAX_COPIES:
        raise _damaged(f"it has more than {MAX_COPIES} copies of the capture time")
    return ifd


def _check_types(name: str, ifd: Ifd) -> None:
    """Refuse an IFD in which other readers would give up: its first entry, or many, of no known type."""
    types = ifd.fields[1::4]
    if _KNOWN_TYPES.issuperset(types):
        return
    unknown = [kind for kind in types if kind not in TYPE_SIZES]
    if len(unknown) > MAX_UNKNOWN_TYPES or types[0] not in TYPE_SIZES:
        raise _damaged(f"entries of its {name} have types that do not exist ({unknown[0]}, for one)")


def _below(name: str, ifd: Ifd) -> list[tuple[str, int]]:
    """Return name and offset of the IFDs that an IFD leads to."""
    found: list[tuple[str, int]] = []
    if not ifd.places.keys().isdisjoint(POINTERS):
        for row in ifd.rows():
            if row[0] not in POINTERS:
                continue
            if is_pointer(row):
                found.append((POINTERS[row[0]], row[3]))
            elif row[0] == EXIF_IFD:
                raise _damaged("the pointer to its Exif IFD has the wrong type")
    if ifd.next and name.startswith("IFD"):
        found.append((f"IFD{int(name[3:]) + 1}", ifd.next))
    return found


def image_data(block: TiffBlock, ifd: Ifd) -> Iterator[tuple[Entry, int, int]]:
    """Yield the thumbnails of an IFD: the entry with the offset, the offset, and the length."""
    long = block.order.long
    for start_tag, length_tag in _IMAGE_DATA:
        if start_tag in ifd.places and length_tag in ifd.places:
            start, length = ifd.find((start_tag,))[0], ifd.find((length_tag,))[0]
            if start.size == length.size == 4:
                yield start, *(long.unpack_from(block.data, entry.value)[0] for entry in (start, length))


def is_pointer(row: Row) -> bool:
    """Tell whether an entry's value is an offset: one LONG (Exif 2.32 4.6.3), or IFD, or the SLONG of some programs."""
    return row[2] == 1 and row[1] in (LONG, SLONG, IFD)


def _damaged(what: str) -> CorruptPhotoError:
    return CorruptPhotoError(f"The photo's Exif data is damaged: {what}.")
