"""One image file directory (IFD) of a TIFF structure.

TIFF 6.0 section 2: a count of entries, twelve bytes for each (tag, type,
number of values, value or offset of the value), and the offset of the next
IFD. Offsets count from the first byte of the TIFF header.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import count
from operator import gt
from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.photos.refusals import damaged_exif

ASCII: Final = 2
LONG: Final = 4
SLONG: Final = 9
IFD: Final = 13

# Bytes per value by type (TIFF 6.0 section 2; 13 is IFD, TIFF technical note 1; 129 is UTF-8, Exif 3.0).
TYPE_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
KNOWN_TYPES: Final = frozenset(TYPE_SIZES)


class _Sizes(dict[int, int]):
    """Bytes per value by type, 0 for types that do not exist."""

    def __missing__(self, kind: int) -> int:
        return 0


_SIZES: Final = _Sizes(TYPE_SIZES)

INLINE: Final = 4
"""A value of at most this many bytes is stored in its entry, in place of an offset."""

MAX_ENTRIES: Final = 1024
"""More entries than any camera writes into all IFDs of one block; limits the work on hostile input."""


class ByteOrder(NamedTuple):
    """How a block stores numbers of two and four bytes, and the four of an entry; `mark` is its sign in `struct`."""

    mark: str
    short: Struct
    long: Struct
    entry: Struct


LITTLE: Final = ByteOrder("<", Struct("<H"), Struct("<I"), Struct("<HHII"))
BIG: Final = ByteOrder(">", Struct(">H"), Struct(">I"), Struct(">HHII"))

TIFF_HEADERS: Final = (b"II*\0", b"MM\0*")
"""TIFF 6.0 section 2: the byte order's mark, and 42; little-endian first."""

# Offset and length of image data (TIFF 6.0 sections 8 and 22; Exif 2.32 4.6.4).
_THUMBNAIL: Final = 0x0201
_IMAGE_DATA: Final = ((_THUMBNAIL, 0x0202), (0x0111, 0x0117))

_HEADER: Final = 8
"""Bytes of the TIFF header: what begins inside it is not an image, whatever a tag says."""

#: Strips, tiles and SubIFDs, which `tiff_images` handles.
UNUSUAL: Final = frozenset({0x0111, 0x0117, 0x0144, 0x0145, 0x014A})

_new: Final = tuple.__new__

Value = tuple[int, int, int, int]
"""A value that does not fit into its entry: tag, offsets of its first byte and after its last, index of the entry."""

Image = tuple[int, int, int]
"""Image data: where in the block its offset is stored, the offset, and the length, which is not 0."""


class Entry(NamedTuple):
    """One entry of an IFD, and where its value is.

    Attributes
    ----------
    tag, type, number
        Tag, type and number of values.
    at
        Offset of the entry's first byte in the block.
    start
        Offset of the value's first byte: within the entry when the value fits into four bytes.
    size
        Length of the value in bytes; 0 if the type is unknown.
    raw
        The entry's last four bytes as a number: the value's offset, or a value that fits.
    """

    tag: int
    type: int
    number: int
    at: int
    start: int
    size: int
    raw: int

    @property
    def stop(self) -> int:
        """Offset after the value's last byte."""
        return self.start + self.size


class Ifd:
    """One image file directory. Its entries are created on demand, since an edit needs few of them.

    Attributes
    ----------
    name
        Its name.
    at
        Offset of its count of entries.
    tags, types
        Of its entries, in file order (TIFF requires ascending tags; not every camera obeys).
    tag_set
        The same tags as a set, for membership tests.
    end
        Offset after the last entry, where the offset of the next IFD is stored.
    next
        Offset of the next IFD; 0 for none, or if the block ends before it.
    numbers
        Tag, type, number and raw value of all entries in turn.
    noted
        The entries of some tags that its reader wants to know in any case.
    """

    __slots__ = ("_images", "_values", "at", "end", "name", "next", "noted", "numbers", "tag_set", "tags", "types")

    def __init__(
        self, name: str, at: int, numbers: tuple[int, ...], following: int, noted: Collection[int] = ()
    ) -> None:
        self.name, self.at, self.end, self.next = name, at, at + 2 + 3 * len(numbers), following
        self.tags, self.types = numbers[0::4], numbers[1::4]
        self.tag_set = frozenset(self.tags)
        self.numbers = numbers
        self.noted = self.find(noted) if noted else []
        self._values: list[Value] | None = None
        self._images: list[Image] | None = None

    @property
    def values(self) -> list[Value]:
        """The values that do not fit into their entries; they may lie outside the block."""
        if self._values is None:
            four = iter(self.numbers)  # four times the same iterator: four numbers are one entry
            self._values = [
                (tag, offset, offset + length, index)
                for tag, kind, number, offset, index in zip(four, four, four, four, count(), strict=False)
                if (length := number * _SIZES[kind]) > INLINE
            ]
        return self._values

    @property
    def images(self) -> list[Image]:
        """The thumbnails."""
        if self._images is None:
            self._images = []
            for start_tag, length_tag in _IMAGE_DATA:
                if start_tag in self.tag_set and length_tag in self.tag_set:
                    found = self.find((start_tag, length_tag))
                    pairs = [(found[0], found[1])]
                    if len(found) > 2:  # a tag occurs twice: some readers take the first, others the last
                        last = self.tags.count(start_tag) - 1
                        pairs = [(found[0], found[last + 1]), (found[last], found[-1])]
                    for start, length in pairs:
                        if is_pointer(start) and is_pointer(length) and start.raw >= _HEADER and length.raw:
                            self._images.append((start.start, start.raw, length.raw))
        return self._images

    def find(self, tags: Collection[int]) -> list[Entry]:
        """Return all entries that have one of the tags, in the order of `tags`, and in file order for each."""
        found: list[Entry] = []
        if self.tag_set.isdisjoint(tags):
            return found
        numbers, first = self.numbers, self.at + 2
        for index in self._places(tags):
            tag, kind, number, raw = numbers[4 * index : 4 * index + 4]
            at, size = first + 12 * index, number * _SIZES[kind]
            # Like Entry(…), in a third of the time: an edit creates a dozen.
            found.append(_new(Entry, (tag, kind, number, at, raw if size > INLINE else at + 8, size, raw)))
        return found

    def without(self, tags: Collection[int], block: bytes) -> bytes:
        """Return the bytes of all entries, as they are in the block, except those with one of the tags."""
        rest = bytearray(block[self.at + 2 : self.end])
        for index in sorted(self._places(tags), reverse=True):
            del rest[12 * index : 12 * index + 12]
        return bytes(rest)

    def _places(self, tags: Collection[int]) -> Iterable[int]:
        """Yield the indexes of the entries with one of the tags."""
        own, all_tags = self.tag_set, self.tags
        if len(own) < len(all_tags):  # a tag is there twice
            return [index for tag in tags if tag in own for index, other in enumerate(all_tags) if other == tag]
        return map(all_tags.index, filter(own.__contains__, tags))


def byte_order(block: bytes) -> ByteOrder | None:
    """Return the byte order of a TIFF block, or None if it does not start with a TIFF header."""
    if block.startswith(TIFF_HEADERS):
        return LITTLE if block[0] == TIFF_HEADERS[0][0] else BIG
    return None


def read_ifd(block: bytes, at: int, order: ByteOrder, name: str, noted: Collection[int] = ()) -> Ifd:
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
        Its name.
    noted
        Tags whose entries are found at once.

    Raises
    ------
    CorruptPhotoError
        The IFD does not lie within the block, or has more than `MAX_ENTRIES` entries.
    """
    size = len(block)
    if not 8 <= at <= size - 2:
        raise damaged_exif(f"its {name} should be at byte {at:,} of {size:,}")
    entries: int = order.short.unpack_from(block, at)[0]
    end = at + 2 + 12 * entries
    if entries > MAX_ENTRIES or end > size:
        raise damaged_exif(f"its {name} claims {entries:,} entries")
    following = order.long.unpack_from(block, end)[0] if end + 4 <= size else 0
    return Ifd(name, at, _entries(order.mark, entries).unpack_from(block, at + 2), following, noted)


@lru_cache(maxsize=64)
def _entries(mark: str, count: int) -> Struct:
    return Struct(mark + "HHII" * count)


def end_if_apart(ifds: Iterable[Ifd], size: int) -> int:
    """Return where IFDs, their values and thumbnails end, if they lie in a block of this size and do not overlap.

    In nearly all photos nothing overlaps. Then a value can change, and the
    block can grow, without checking each of the others.

    Returns
    -------
    int
        0 if something overlaps, or if there are kinds of images or IFDs that are not handled here.
    """
    starts, ends = [0], [_HEADER]
    for ifd in ifds:
        if not UNUSUAL.isdisjoint(ifd.tag_set):
            return 0
        if _THUMBNAIL in ifd.tag_set:
            if not ifd.images:
                return 0
            for _, start, length in ifd.images:
                starts.append(start)
                ends.append(start + length)
        # TIFF 6.0 section 2: the offset of the next IFD is part of an IFD.
        starts.append(ifd.at)
        ends.append(ifd.end + 4)
        # Like `Ifd.values`, but without its tuples: most IFDs need only their starts and ends, and only once.
        four = iter(ifd.numbers)
        for _, kind, number, start in zip(four, four, four, four, strict=True):
            if (length := number * _SIZES[kind]) > INLINE:
                starts.append(start)
                ends.append(start + length)
    # Nothing overlaps if, with both lists sorted, every end comes before the next start.
    starts.sort()
    ends.sort()
    return 0 if ends[-1] > size or any(map(gt, ends, starts[1:])) else ends[-1]


def is_pointer(entry: Entry) -> bool:
    """Whether an entry's value is an offset: one LONG (Exif 2.32 4.6.3), or IFD, or the SLONG of some programs."""
    return entry.number == 1 and entry.type in (LONG, SLONG, IFD)
