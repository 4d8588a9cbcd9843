"""Reading the TIFF structure inside an Exif APP1 segment.

TIFF 6.0 section 2: a header (byte order, 42, offset of the first IFD), and a
chain of IFDs (`ifd`). Exif 2.32 (CIPA DC-008) 4.6.3 adds the pointers to the
Exif, GPS and Interoperability IFDs.
"""

from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.ifd import (
    MAX_ENTRIES,
    TYPE_SIZES,
    ByteOrder,
    Entry,
    Ifd,
    byte_order,
    damaged,
    is_pointer,
    read_ifd,
)
from galleria_storage.exif.tags import CAPTURE_TAGS

EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825
INTEROPERABILITY_IFD: Final = 0xA005
MAKER_NOTE: Final = 0x927C

MAX_IFDS: Final = 16
"""More IFDs than any camera writes into one block; bounds the work on hostile input."""

MAX_COPIES: Final = 16
"""The same for the number of entries with capture tags in one block."""

MAX_UNKNOWN_TYPES: Final = 10
"""TIFF 6.0 section 2: readers skip fields of a type that they do not know; after some ten, most give up."""


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
        raise damaged("it does not start with a TIFF header")
    block = TiffBlock(data, order, [], [], [], [])
    queue = [(_IFD0, order.long.unpack_from(data, 4)[0])]
    seen: set[int] = set()
    entries = 0
    for name, at in queue:  # grows while it is read
        if at in seen:
            if name.startswith("IFD"):
                raise damaged(f"its {name} points back to an earlier IFD")
            continue
        seen.add(at)
        if len(seen) > MAX_IFDS:
            raise damaged(f"it has more than {MAX_IFDS} IFDs")
        ifd = _read_one(block, name, at)
        if ifd:
            entries += len(ifd.tags)
            if entries > MAX_ENTRIES:
                raise damaged(f"it has more than {MAX_ENTRIES:,} entries")
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
    if name != POINTERS[GPS_IFD]:
        block.captures.extend((name, entry) for entry in ifd.find(CAPTURE_TAGS))
    if len(block.captures) > MAX_COPIES:
        raise damaged(f"it has more than {MAX_COPIES} copies of the capture time")
    return ifd


def _check_types(name: str, ifd: Ifd) -> None:
    """Refuse an IFD in which other readers would give up: its first entry, or many, of no known type."""
    if _KNOWN_TYPES.issuperset(ifd.types):
        return
    unknown = [kind for kind in ifd.types if kind not in TYPE_SIZES]
    if len(unknown) > MAX_UNKNOWN_TYPES or ifd.types[0] not in TYPE_SIZES:
        raise damaged(f"entries of its {name} have types that do not exist ({unknown[0]}, for one)")


def _below(name: str, ifd: Ifd) -> list[tuple[str, int]]:
    """Return name and offset of the IFDs that an IFD leads to."""
    found: list[tuple[str, int]] = []
    if name == POINTERS[GPS_IFD]:
        return found  # its tags are numbered for themselves
    for pointer in ifd.find(POINTERS):
        if is_pointer(pointer):
            found.append((POINTERS[pointer.tag], pointer.offset))
        elif pointer.tag == EXIF_IFD:
            raise damaged("the pointer to its Exif IFD has the wrong type")
    if ifd.next and name.startswith("IFD"):
        found.append((f"IFD{int(name[3:]) + 1}", ifd.next))
    return found
