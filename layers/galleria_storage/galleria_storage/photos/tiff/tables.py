"""The tables (IFDs) of a TIFF file, read by ranges: the file may have any size, and its tables may be anywhere in it.

TIFF 6.0 section 2: a header (byte order, a number that names the format, the
offset of the first IFD); an IFD is a count of fields, twelve bytes for each
(tag, type, number of values, the value or its offset), and the offset of the
next IFD. `photos.exif.ifd` reads the same structure in a block in memory.
"""

from collections.abc import Collection, Iterator
from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.exif.ifd import BIG, INLINE, LITTLE, LONG, TYPE_SIZES
from galleria_storage.photos.exif.ifd import IFD as IFD_TYPE
from galleria_storage.photos.plan import Span
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

MAX_FIELDS: Final = 1024
"""Fields of one table; more than any program writes."""

MAX_ALL_FIELDS: Final = 2048
"""The same for all tables of a file."""

MAX_SUB_IFDS: Final = 16
MAX_NUMBERS: Final = 128 * 1024
"""Offsets and lengths that are read of one file: more than any picture has strips or tiles."""

EXIF_IFD, GPS_IFD, SUB_IFDS = 0x8769, 0x8825, 0x014A
_HEADERS: Final = {
    b"II*\0": LITTLE,
    b"MM\0*": BIG,
    b"IIU\0": LITTLE,  # Panasonic RW2
    b"IIRO": LITTLE,  # Olympus ORF
    b"IIRS": LITTLE,
    b"MMOR": BIG,
}
_BIG: Final = (b"II+\0", b"MM\0+")
_POINTER_TYPES: Final = frozenset({LONG, IFD_TYPE})
_SHORT: Final = 3
_new: Final = tuple.__new__
_LARGEST: Final = 1 << 32


class Field(NamedTuple):
    """One field of a table.

    Attributes
    ----------
    tag, type, number
        Tag, type, and number of values.
    place
        Offset of the field's twelve bytes.
    raw
        Its last four bytes: the value, or the offset of the value.
    value
        Where the value is: in those four bytes if it fits.
    """

    tag: int
    type: int
    number: int
    place: int
    raw: bytes
    value: Span

    @property
    def is_inline(self) -> bool:
        """Whether the value is in the field itself."""
        return self.value.start == self.place + 8


class Table(NamedTuple):
    """One IFD; `end` is the offset after its last field, where the offset of the next IFD is."""

    name: str
    start: int
    end: int
    fields: tuple[Field, ...]
    next: int

    def find(self, tags: Collection[int]) -> Iterator[Field]:
        """Yield the fields with one of the tags, in file order."""
        return (field for field in self.fields if field.tag in tags)


class TiffTables:
    """The tables of a file that an edit needs.

    Attributes
    ----------
    order
        The file's byte order.
    main
        IFD0.
    exif
        The Exif IFD that IFD0 points to; None if there is none.
    others
        Further tables: GPS IFD, those that IFD0's SubIFDs name, and IFD1.

    Parameters
    ----------
    source
        The file, or a block that is built like one.
    lenient
        Leave out those of `others` that are damaged.
    in_block
        Leave out an IFD1 beyond the end: in a block inside of another file, no reader can find it.

    Raises
    ------
    UnsupportedFormatError
        The file is not a TIFF, or a BigTIFF.
    CorruptPhotoError
        A table is damaged or lies outside the file.
    """

    def __init__(self, source: RangedSource, *, lenient: bool = False, in_block: bool = False) -> None:
        header = source.read(0, 8)
        order = _HEADERS.get(header[:4])
        if header[:4] in _BIG:
            raise UnsupportedFormatError(
                "the photo is a BigTIFF, a kind of TIFF for files of more than 4 GiB, which cannot be corrected",
                advice="Save it as TIFF, or publish it without a correction.",
            )
        if order is None or len(header) < 8:
            raise UnsupportedFormatError("the file is not a TIFF that can be corrected")
        self.source, self.order = source, order
        #: Where the pictures of a table are, by its start: `images` asks once.
        self.pictures: dict[int, list[Span]] = {}
        self._fields_left, self._numbers_left = MAX_ALL_FIELDS, MAX_NUMBERS
        self.main = self.read("IFD0", order.long.unpack_from(header, 4)[0])
        pointers = list(self.main.find({EXIF_IFD}))
        if len(pointers) > 1:
            raise damaged("its IFD0 points to two Exif IFDs")
        self.exif = self.read("Exif IFD", self.pointer(pointers[0])) if pointers else None
        if self.exif and _overlap(self.exif, self.main):
            raise damaged("its Exif IFD lies within its IFD0")
        last = source.size if in_block else _LARGEST
        self.others = [*self._others(lenient=lenient, last=last)]

    def read(self, name: str, start: int) -> Table:
        """Read one table."""
        source, order = self.source, self.order
        if not 8 <= start <= source.size - 2:
            raise cut_off(f"its {name} would be at byte {start:,} of {source.size:,}")
        count: int = order.short.unpack(source.read(start, 2))[0]
        end = start + 2 + 12 * count
        self._fields_left -= count
        if not 0 < count <= MAX_FIELDS or self._fields_left < 0:
            raise damaged(f"its {name} has {count:,} entries")
        data = source.read(start + 2, 12 * count + 4)
        if len(data) < 12 * count:
            raise cut_off(f"it ends within its {name}")
        fields = tuple(self._fields(data[: 12 * count], start + 2))
        following = order.long.unpack(data[12 * count :])[0] if len(data) == 12 * count + 4 else 0
        return Table(name, start, end, fields, following)

    def _fields(self, data: bytes, place: int) -> Iterator[Field]:
        """Yield fields as `Field(…)` would make them, in half the time: a plan reads some hundred, four times."""
        sizes, long = TYPE_SIZES, self.order.long.unpack
        for tag, kind, number, raw in Struct(f"{self.order.mark}HHI4s").iter_unpack(data):
            size = number * sizes.get(kind, 0)
            start = place + 8 if size <= INLINE else long(raw)[0]
            yield _new(Field, (tag, kind, number, place, raw, _new(Span, (start, start + size))))
            place += 12

    def pointer(self, field: Field) -> int:
        """Return the offset in a field, which must be one."""
        if field.type not in _POINTER_TYPES or field.number != 1:
            raise damaged(f"tag {field.tag:04X} should be the offset of a table")
        offset: int = self.order.long.unpack(field.raw)[0]
        return offset

    def numbers(self, field: Field) -> list[int]:
        """Return the values of a field of whole numbers; empty if it is of another type."""
        if field.type not in {_SHORT, *_POINTER_TYPES}:
            return []
        start, stop = field.value
        self._numbers_left -= field.number
        if self._numbers_left < 0:
            raise damaged(f"tag {field.tag:04X} has {field.number:,} values")
        data = self.source.read(start, stop - start)
        if len(data) < stop - start:
            raise cut_off(f"tag {field.tag:04X} lies outside of it")
        unit = self.order.short if field.type == _SHORT else self.order.long
        return [value for (value,) in unit.iter_unpack(data)]

    @property
    def all(self) -> list[Table]:
        """Every table that was read, IFD0 first."""
        return [self.main, *([self.exif] if self.exif else []), *self.others]

    def _others(self, *, lenient: bool, last: int) -> Iterator[Table]:
        for name, start in self._places():
            if name == "IFD1" and start >= last:
                continue
            try:
                table = self.read(name, start)
                if any(_overlap(table, known) for known in (self.main, self.exif) if known):
                    raise damaged(f"its {name} lies within another table")
                yield table
            except CorruptPhotoError:
                if not lenient:
                    raise

    def _places(self) -> Iterator[tuple[str, int]]:
        """Yield name and offset of each further table."""
        for field in self.main.find({GPS_IFD}):
            if field.type in _POINTER_TYPES and field.number == 1:
                yield "GPS IFD", self.pointer(field)
        for field in self.main.find({SUB_IFDS}):
            places = self.numbers(field)
            if len(places) > MAX_SUB_IFDS:
                raise damaged(f"it has {len(places):,} SubIFDs")
            yield from ((f"SubIFD{number}", start) for number, start in enumerate(places))
        if self.main.next:
            yield "IFD1", self.main.next


def _overlap(one: Table, other: Table) -> bool:
    return one.start < other.end and other.start < one.end
