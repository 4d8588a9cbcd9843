"""Reading the TIFF structure inside an Exif APP1 segment.

TIFF 6.0 section 2: a header (byte order, 42, offset of the first IFD), and a
chain of IFDs (`ifd`). Exif 2.32 (CIPA DC-008) 4.6.3 adds the pointers to the
Exif, GPS and Interoperability IFDs.
"""

from collections.abc import Sequence
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import (
    KNOWN_TYPES,
    MAX_ENTRIES,
    TYPE_SIZES,
    ByteOrder,
    Entry,
    Ifd,
    byte_order,
    end_if_apart,
    is_pointer,
    read_ifd,
)
from galleria_storage.photos.exif.tags import CAPTURE_TAGS
from galleria_storage.photos.refusals import damaged_exif

EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825
INTEROPERABILITY_IFD: Final = 0xA005
MAKER_NOTE: Final = 0x927C
MAKE: Final = 0x010F

MAX_IFDS: Final = 16
"""More IFDs than any camera writes into one block; limits the work on hostile input."""

MAX_COPIES: Final = 16
"""The same for the number of entries with capture tags in one block."""

MAX_POINTERS: Final = 32
"""The same for the number of entries that lead to IFDs, some to the same one."""

MAX_UNKNOWN_TYPES: Final = 10
"""TIFF 6.0 section 2: readers skip fields of unknown types; after about ten, most give up."""


class TiffBlock:
    """A TIFF block with the IFDs that TIFF and Exif define.

    Attributes
    ----------
    data
        The block, from the TIFF header on.
    order
        Its byte order.
    ifds
        Every IFD that was found, once each, IFD0 first.
    exif_ifds
        The Exif IFDs among them, IFD0's first: some cameras write two (Olympus 800).
    captures, pointers
        The entries of capture tags, and those that point to IFDs, each with the name of its IFD.
    maker_notes
        The entries of maker notes in Exif IFDs.
    make
        The entry of the camera's make in IFD0, if there is one.
    damage
        Name and offset of every IFD that could not be read; never IFD0 or the main Exif IFD.
    has_shared_ifds
        True if two pointers lead to the same IFD.
    end_if_apart
        End of everything that the block lists, if all of it lies in the block and nothing overlaps; else 0.
    """

    __slots__ = (
        "captures",
        "damage",
        "data",
        "end_if_apart",
        "exif_ifds",
        "has_shared_ifds",
        "ifds",
        "make",
        "maker_notes",
        "order",
        "pointers",
    )

    def __init__(self, data: bytes, order: ByteOrder) -> None:
        self.data, self.order = data, order
        self.ifds: list[Ifd] = []
        self.exif_ifds: list[Ifd] = []
        self.captures: list[tuple[str, Entry]] = []
        self.pointers: list[tuple[str, Entry]] = []
        self.maker_notes: list[Entry] = []
        self.make: Entry | None = None
        self.damage: list[tuple[str, int]] = []
        self.has_shared_ifds = False
        self.end_if_apart = 0


_IFD0, EXIF_NAME = "IFD0", "Exif IFD"
GPS_NAME: Final = "GPS IFD"
POINTERS: Final = {EXIF_IFD: EXIF_NAME, GPS_IFD: GPS_NAME, INTEROPERABILITY_IFD: "Interoperability IFD"}
"""Tags whose value is the offset of another IFD (Exif 2.32 4.6.3)."""

_NOTED: Final = (*POINTERS, *sorted(CAPTURE_TAGS), MAKER_NOTE, MAKE)


def read_block(data: bytes) -> TiffBlock:
    """Read all IFDs of a TIFF block, those in a chain and those below a pointer.

    A damaged IFD is left out and noted in `damage`, unless the capture tags are
    or should be in it.

    Raises
    ------
    CorruptPhotoError
        The TIFF header is missing, IFD0 or the Exif IFD is damaged, or the IFDs form a loop.
    """
    order = byte_order(data)
    if order is None or len(data) < 8:
        raise damaged_exif("it does not start with a TIFF header")
    block = TiffBlock(data, order)
    queue = [(_IFD0, order.long.unpack_from(data, 4)[0])]
    seen: set[int] = set()
    entries = 0
    for name, at in queue:  # grows while it is read
        if at in seen:
            if name.startswith("IFD"):
                raise damaged_exif(f"its {name} points back to an earlier IFD")
            block.has_shared_ifds = True
            continue
        seen.add(at)
        if len(seen) > MAX_IFDS:
            raise damaged_exif(f"it has more than {MAX_IFDS} IFDs")
        try:
            ifd = read_ifd(data, at, order, name, () if name == GPS_NAME else _NOTED)  # a GPS IFD has its own tags
            if not KNOWN_TYPES.issuperset(ifd.types):
                check_types(name, ifd.types)
        except CorruptPhotoError:
            if name == _IFD0 or (name == EXIF_NAME and not block.exif_ifds):
                raise
            block.damage.append((name, at))
            continue
        entries += len(ifd.tags)
        if entries > MAX_ENTRIES:
            raise damaged_exif(f"it has more than {MAX_ENTRIES:,} entries")
        _add(block, ifd, queue)
    _check_counts(block)
    block.end_if_apart = 0 if block.damage or block.has_shared_ifds else end_if_apart(block.ifds, len(data))
    return block


def check_types(name: str, types: Sequence[int]) -> None:
    """Refuse an IFD in which other readers would give up: its first entry, or many, have unknown types.

    Raises
    ------
    CorruptPhotoError
        They would.
    """
    unknown = [kind for kind in types if kind not in TYPE_SIZES]
    if unknown and (len(unknown) > MAX_UNKNOWN_TYPES or types[0] == unknown[0]):
        raise damaged_exif(f"entries of its {name} have types that do not exist ({unknown[0]}, for one)")


def _check_counts(block: TiffBlock) -> None:
    if len(block.captures) > MAX_COPIES:
        raise damaged_exif(f"it has more than {MAX_COPIES} copies of the capture time")
    if len(block.pointers) > MAX_POINTERS:
        raise damaged_exif(f"it has more than {MAX_POINTERS} pointers to IFDs")


def _check_exif_pointers(ifd: Ifd) -> None:
    if not any(map(is_pointer, ifd.find((EXIF_IFD,)))):
        raise damaged_exif("the pointer to its Exif IFD has the wrong type")


def _add(block: TiffBlock, ifd: Ifd, queue: list[tuple[str, int]]) -> None:
    """Add an IFD to its block, and the IFDs to which it leads to the queue."""
    name = ifd.name
    block.ifds.append(ifd)
    if name == EXIF_NAME:
        block.exif_ifds.append(ifd)
    for entry in ifd.noted:
        tag = entry.tag
        if tag in CAPTURE_TAGS:
            block.captures.append((name, entry))
        elif tag in POINTERS:
            block.pointers.append((name, entry))
            if is_pointer(entry):
                queue.append((POINTERS[tag], entry.raw))
            elif tag == EXIF_IFD and name == _IFD0:
                _check_exif_pointers(ifd)
        elif tag == MAKER_NOTE and name == EXIF_NAME:
            block.maker_notes.append(entry)
        elif tag == MAKE and name == _IFD0 and block.make is None:
            block.make = entry
    if ifd.next and name.startswith("IFD"):
        queue.append((f"IFD{int(name[3:]) + 1}", ifd.next))
