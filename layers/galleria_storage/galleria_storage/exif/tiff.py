"""Reading the TIFF structure inside an Exif APP1 segment.

TIFF 6.0 section 2: a header (byte order, 42, offset of the first IFD), and
IFDs: a count of entries, twelve bytes for each (tag, type, count, value or
offset of the value), and the offset of the next IFD. Offsets count from the
header's first byte. Exif 2.32 (CIPA DC-008) 4.6.3 adds the pointers to the
Exif, GPS and Interoperability IFDs.
"""

from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError

EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825
INTEROPERABILITY_IFD: Final = 0xA005
MAKER_NOTE: Final = 0x927C
THUMBNAIL_OFFSET: Final = 0x0201
THUMBNAIL_LENGTH: Final = 0x0202

ASCII: Final = 2
LONG: Final = 4

# Bytes per value by type (TIFF 6.0 section 2; 13 is IFD, TIFF technical note 1; 129 is UTF-8, Exif 3.0).
TYPE_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}

MAX_ENTRIES: Final = 512
"""More entries than any camera writes into one IFD; bounds the work on hostile input."""

MAX_IFDS: Final = 16
"""The same for the number of IFDs in one block."""


MAX_UNKNOWN_TYPES: Final = 8
"""TIFF 6.0 section 2: readers skip fields of a type that they do not know; most readers lose patience at some point."""


class ByteOrder(NamedTuple):
    """How numbers of two and four bytes stand in a block."""

    short: Struct
    long: Struct
    entry: Struct


LITTLE: Final = ByteOrder(Struct("<H"), Struct("<I"), Struct("<HHII"))
BIG: Final = ByteOrder(Struct(">H"), Struct(">I"), Struct(">HHII"))


class Entry(NamedTuple):
    """One field of an IFD.

    Attributes
    ----------
    tag, type, number
        Tag, type and number of values, as they stand in the entry.
    at
        Offset of the entry's first byte in the block.
    value
        Offset of the value's first byte in the block: within the entry when it fits into four bytes.
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
    entries
        In file order (TIFF asks for ascending tags; not every camera obeys).
    end
        Offset behind the last entry: there stands the offset of the next IFD.
    next
        Offset of the next IFD; 0 for none, or where the block ends before it.
    """

    at: int
    entries: list[Entry]
    end: int
    next: int


def byte_order(block: bytes) -> ByteOrder | None:
    """Return the byte order of a TIFF block, or None if it does not start with a TIFF header."""
    if block[:4] == b"II*\0":
        return LITTLE
    if block[:4] == b"MM\0*":
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
        raise CorruptPhotoError(
            f"The photo's Exif data is damaged: its {name} should stand at byte {at:,} of {size:,}."
        )
    (count,) = order.short.unpack_from(block, at)
    start, end = at + 2, at + 2 + 12 * count
    if count > MAX_ENTRIES or end > size:
        raise _damaged(f"its {name} claims {count:,} entries")
    entries = []
    entry_at = start
    sizes = TYPE_SIZES
    for tag, kind, number, value in order.entry.iter_unpack(memoryview(block)[start:end]):
        length = number * sizes.get(kind, 0)
        entries.append(Entry(tag, kind, number, entry_at, value if length > 4 else entry_at + 8, length))
        entry_at += 12
    following = order.long.unpack_from(block, end)[0] if end + 4 <= size else 0
    return Ifd(at, entries, end, following)


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
        Every IFD that was reached, once each, in the order in which it was reached.
    damage
        Name and offset of every IFD that could not be read; IFD0 and the Exif IFDs are never among them.
    """

    data: bytes
    order: ByteOrder
    directories: list[Directory]
    damage: list[tuple[str, int]]

    @property
    def exif_ifds(self) -> list[Ifd]:
        """The Exif IFDs, IFD0's first: cameras exist that write two (Olympus 800)."""
        return [directory.ifd for directory in self.directories if directory.name == "Exif IFD"]


POINTERS: Final = {EXIF_IFD: "Exif IFD", GPS_IFD: "GPS IFD", INTEROPERABILITY_IFD: "Interoperability IFD"}


def read_block(data: bytes) -> TiffBlock:
    """Read all IFDs of a TIFF block, those in a chain and those below a pointer.

    An IFD that is damaged is left out and noted in `damage`, unless the capture
    tags are, or should be, in it.

    Raises
    ------
    CorruptPhotoError
        There is no TIFF header, IFD0 or the Exif IFD lies outside the block, or the IFDs form a loop.
    """
    order = byte_order(data)
    if order is None or len(data) < 8:
        raise _damaged("it does not start with a TIFF header")
    directories: list[Directory] = []
    damage: list[tuple[str, int]] = []
    queue = [("IFD0", order.long.unpack_from(data, 4)[0])]
    seen: set[int] = set()
    while queue:
        name, at = queue.pop(0)
        if at in seen:
            if name.startswith("IFD"):
                raise _damaged(f"its {name} points back to an earlier IFD")
            continue
        seen.add(at)
        if len(seen) > MAX_IFDS:
            raise _damaged(f"it has more than {MAX_IFDS} IFDs")
        try:
            ifd = read_ifd(data, at, order, name)
        except CorruptPhotoError:
            if name in ("IFD0", "Exif IFD"):
                raise
            damage.append((name, at))
            continue
        if name in ("IFD0", "Exif IFD"):
            _check_types(name, ifd)
        directories.append(Directory(name, ifd))
        queue += _below(name, ifd, data, order)
    return TiffBlock(data, order, directories, damage)


def _check_types(name: str, ifd: Ifd) -> None:
    """Refuse an IFD in which other readers would give up: its first entry, or many, of no known type."""
    unknown = [entry for entry in ifd.entries if entry.type not in TYPE_SIZES]
    if unknown and (unknown[0] is ifd.entries[0] or len(unknown) > MAX_UNKNOWN_TYPES):
        raise _damaged(f"entries of its {name} have types that do not exist ({unknown[0].type}, for one)")


def _below(name: str, ifd: Ifd, data: bytes, order: ByteOrder) -> list[tuple[str, int]]:
    """Return name and offset of the IFDs that an IFD leads to."""
    found = [
        (POINTERS[entry.tag], order.long.unpack_from(data, entry.value)[0])
        for entry in ifd.entries
        if entry.tag in POINTERS and entry.size == 4
    ]
    if ifd.next and name.startswith("IFD"):
        found.append((f"IFD{int(name[3:]) + 1}", ifd.next))
    return found


def _damaged(what: str) -> CorruptPhotoError:
    return CorruptPhotoError(f"The photo's Exif data is damaged: {what}.")
