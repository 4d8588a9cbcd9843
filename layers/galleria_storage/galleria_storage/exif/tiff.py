"""Reading the TIFF structure inside an Exif APP1 segment.

TIFF 6.0 section 2: a header (byte order, 42, offset of the first IFD), and
IFDs: a count of entries, twelve bytes for each (tag, type, number of values,
value or offset of the value), and the offset of the next IFD. Offsets count
from the header's first byte. Exif 2.32 (CIPA DC-008) 4.6.3 adds the pointers
to the Exif, GPS and Interoperability IFDs.
"""

from collections.abc import Collection, Iterator
from struct import Struct, unpack
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

INLINE: Final = 4
"""A value of so many bytes stands in its entry, in place of an offset."""

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

Value = tuple[int, int, int, int]
"""A value that does not fit into its entry: tag, offset of its first byte, offset behind it, index of the entry."""

Image = tuple[int, int, int]
"""Image data: where in the block its offset stands, the offset, and the length."""


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
    offset
        The number that stands in the entry as the value or its offset.
    """

    tag: int
    type: int
    number: int
    at: int
    value: int
    size: int
    offset: int


class Ifd:
    """One image file directory. Its entries are read as they are asked for: an edit looks at few of them.

    Attributes
    ----------
    at
        Offset of its count of entries.
    tags, types
        Of its entries, in file order (TIFF asks for ascending tags; not every camera obeys).
    places
        Index of the last entry of each tag.
    end
        Offset behind the last entry: there stands the offset of the next IFD.
    next
        Offset of the next IFD; 0 for none, or where the block ends before it.
    """

    __slots__ = ("_images", "_order", "_table", "_values", "at", "end", "next", "places", "tags", "types")

    def __init__(self, at: int, table: bytes, following: int, order: ByteOrder) -> None:
        count = len(table) // 12
        numbers: tuple[int, ...] = unpack(order.mark + "HH8x" * count, table)
        self.at, self.end, self.next = at, at + 2 + len(table), following
        self.tags, self.types = numbers[0::2], numbers[1::2]
        self.places = dict(zip(self.tags, range(count), strict=True))
        self._table, self._order = table, order
        self._values: list[Value] | None = None
        self._images: list[Image] | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the four numbers of every entry, in file order."""
        return self._order.entry.iter_unpack(self._table)

    @property
    def values(self) -> list[Value]:
        """Where the values are that do not fit into their entries; they may lie outside the block."""
        if self._values is None:
            self._values = [
                (tag, offset, offset + length, index)
                for index, (tag, kind, number, offset) in enumerate(self.rows())
                if (length := number * TYPE_SIZES.get(kind, 0)) > INLINE
            ]
        return self._values

    @property
    def images(self) -> list[Image]:
        """The thumbnails."""
        if self._images is None:
            self._images = []
            for start_tag, length_tag in _IMAGE_DATA:
                if start_tag in self.places and length_tag in self.places:
                    start, length = self.find((start_tag,))[0], self.find((length_tag,))[0]
                    if start.size == length.size == INLINE:
                        self._images.append((start.value, start.offset, length.offset))
        return self._images

    def find(self, tags: Collection[int]) -> list[Entry]:
        """Return all entries that have one of the tags."""
        if self.places.keys().isdisjoint(tags):
            return []
        return [self._entry(index) for index in self._indices(tags)]

    def without(self, tags: Collection[int]) -> bytes:
        """Return the bytes of all entries but those that have one of the tags."""
        rest = bytearray(self._table)
        for index in sorted(self._indices(tags), reverse=True):
            del rest[12 * index : 12 * index + 12]
        return bytes(rest)

    def _indices(self, tags: Collection[int]) -> list[int]:
        places = self.places
        if len(places) == len(self.tags):
            return [places[tag] for tag in tags if tag in places]
        return [index for index, tag in enumerate(self.tags) if tag in tags]

    def _entry(self, index: int) -> Entry:
        tag, kind, number, offset = self._order.entry.unpack_from(self._table, 12 * index)
        at, size = self.at + 2 + 12 * index, number * TYPE_SIZES.get(kind, 0)
        return Entry(tag, kind, number, at, offset if size > INLINE else at + 8, size, offset)


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
    following = order.long.unpack_from(block, end)[0] if end + 4 <= size else 0
    return Ifd(at, block[at + 2 : end], following, order)


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
            entries += len(ifd.tags)
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
    if _KNOWN_TYPES.issuperset(ifd.types):
        return
    unknown = [kind for kind in ifd.types if kind not in TYPE_SIZES]
    if len(unknown) > MAX_UNKNOWN_TYPES or ifd.types[0] not in TYPE_SIZES:
        raise _damaged(f"entries of its {name} have types that do not exist ({unknown[0]}, for one)")


def _below(name: str, ifd: Ifd) -> list[tuple[str, int]]:
    """Return name and offset of the IFDs that an IFD leads to."""
    found: list[tuple[str, int]] = []
    for pointer in ifd.find(POINTERS):
        if is_pointer(pointer):
            found.append((POINTERS[pointer.tag], pointer.offset))
        elif pointer.tag == EXIF_IFD:
            raise _damaged("the pointer to its Exif IFD has the wrong type")
    if ifd.next and name.startswith("IFD"):
        found.append((f"IFD{int(name[3:]) + 1}", ifd.next))
    return found


def is_pointer(entry: Entry) -> bool:
    """Tell whether an entry's value is an offset: one LONG (Exif 2.32 4.6.3), or IFD, or the SLONG of some programs."""
    return entry.number == 1 and entry.type in (LONG, SLONG, IFD)


def _damaged(what: str) -> CorruptPhotoError:
    return CorruptPhotoError(f"The photo's Exif data is damaged: {what}.")
