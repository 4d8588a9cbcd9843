"""Where the bytes of items are: the box `iloc` (ISO/IEC 14496-12 8.11.3), in its versions 0, 1 and 2."""

from collections.abc import Callable, Iterator
from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.photos.refusals import damaged

IN_FILE: Final = 0
"""Construction method of an item at an offset of the file."""

IN_META: Final = 1
"""Construction method of an item at an offset of the box `idat` in `meta`."""

MAX_ITEMS: Final = 4096
"""More items than any camera's grid has; limits the work on hostile input."""

MAX_PIECES: Final = 16_384
"""The same for the pieces of all items."""

_CODES: Final = {4: "I", 8: "Q"}
_WIDTHS: Final = frozenset({0, 4, 8})


class Extent(NamedTuple):
    """A piece of an item.

    Attributes
    ----------
    at
        Where in the table its offset is stored; its length follows.
    offset
        As stored, to be added to the base of its item.
    length
        In bytes.
    """

    at: int
    offset: int
    length: int


class Location(NamedTuple):
    """Where an item is.

    Attributes
    ----------
    item
        The item's number.
    at
        Where in the table its entry starts, with that number.
    method
        Construction method.
    reference
        The file that contains it; 0 is this one, and so are others marked as such.
    base
        What is added to the offsets of its extents.
    extents
        Its pieces.
    """

    item: int
    at: int
    method: int
    reference: int
    base: int
    extents: tuple[Extent, ...]

    @property
    def places(self) -> list[int]:
        """The offsets of its pieces."""
        return [self.base + extent.offset for extent in self.extents]


class Locations:
    """The table of all items' locations, and a copy of it in which they can be changed.

    Parameters
    ----------
    body
        Content of the box `iloc`.
    own
        Which references are this file; see `structure`.

    Attributes
    ----------
    own
        The same.
    entries
        The locations, in the order of the table.
    written
        The table with the changes made.

    Raises
    ------
    CorruptPhotoError
        The table is cut off, or has a layout that the standard does not define.
    """

    def __init__(self, body: bytes, own: frozenset[int] = frozenset({0})) -> None:
        if len(body) < 8:
            raise damaged("the table of its items' places is cut off")
        self._body, self.own = body, own
        self._version = body[0]
        self._offset, self._length, self._base, self._index = body[4] >> 4, body[4] & 15, body[5] >> 4, body[5] & 15
        if not self._version:
            self._index = 0
        widths = {self._offset, self._length, self._base, self._index}
        if self._version > 2 or not widths <= _WIDTHS:
            raise damaged("the table of its items' places is of an unknown version")
        self._number = 4 if self._version == 2 else 2
        self.written = bytearray(body)
        self.entries = list(self._read())

    def _read(self) -> Iterator[Location]:
        count = int.from_bytes(self._body[6 : 6 + self._number], "big")
        if count > MAX_ITEMS:
            raise damaged(f"it has {count:,} items")
        yield from self._read_plain(count) or self._read_any(count)

    def _read_plain(self, count: int) -> list[Location]:
        """Read entries as cameras write them, each in one piece and without a base, in a third of the time."""
        if self._base or self._index or not self._offset or not self._length:
            return []
        number_and_method = ("H", "HH", "IH")[self._version]
        layout = Struct(f">{number_and_method}HH{_CODES[self._offset]}{_CODES[self._length]}")
        start, step = 6 + self._number, layout.size
        self._end = start + count * step
        if self._end > len(self._body):
            return []
        found = []
        at = start
        for number, *method, reference, pieces, offset, length in layout.iter_unpack(self._body[start : self._end]):
            if pieces != 1:
                return []
            extent = Extent(at + step - self._offset - self._length, offset, length)
            found.append(Location(number, at, method[0] & 15 if method else IN_FILE, reference, 0, (extent,)))
            at += step
        return found

    def _read_any(self, count: int) -> Iterator[Location]:
        body, number, at = self._body, self._number, 6 + self._number
        to_base = number + (4 if self._version else 2)
        to_count = to_base + self._base
        step = self._index + self._offset + self._length
        read, left = int.from_bytes, MAX_PIECES
        for _ in range(count):
            extents_at = at + to_count + 2
            extents = read(body[extents_at - 2 : extents_at], "big")
            end = extents_at + extents * step
            left -= extents
            if end > len(body) or left < 0 or (extents and not step):
                raise damaged("the table of its items' places is cut off")
            method = body[at + number + 1] & 15 if self._version else IN_FILE
            reference = read(body[at + to_base - 2 : at + to_base], "big")
            yield Location(
                read(body[at : at + number], "big"),
                at,
                method,
                reference,
                read(body[at + to_base : at + to_count], "big"),
                tuple([self._extent(place) for place in range(extents_at + self._index, end, max(step, 1))]),
            )
            at = end
        self._end = at

    def _extent(self, at: int) -> Extent:
        length_at, body = at + self._offset, self._body
        return Extent(
            at,
            int.from_bytes(body[at:length_at], "big"),
            int.from_bytes(body[length_at : length_at + self._length], "big"),
        )

    @property
    def has_changed(self) -> bool:
        """Whether anything was written into the table."""
        return self.written != self._body

    def follow(self, moved: Callable[[int], int], end: int) -> None:
        """Adjust the locations of all items in the file.

        Parameters
        ----------
        moved
            Returns the offset in the result of a byte of the source.
        end
            End of the last box of the source.

        Raises
        ------
        CorruptPhotoError
            An offset does not fit into its field, or is where no item may be.
        """
        for entry in self.entries:
            if entry.method == IN_FILE:
                old = entry.places
                if entry.reference not in self.own or max(old, default=0) > end:
                    raise damaged("some of its data is in another file, or after its last box")
                new = [moved(place) for place in old]
                if new != old:
                    self._write_places(entry, new)

    def _write_places(self, entry: Location, places: list[int]) -> None:
        """Write the new offsets of an item's pieces: into its base if that is used and all of them moved together."""
        shifts = {new - old for new, old in zip(places, entry.places, strict=True)}
        if len(shifts) == 1 and self._base and (entry.base or not self._offset):
            self._write_base(entry, entry.base + shifts.pop())
            return
        for extent, place in zip(entry.extents, places, strict=True):
            self._write(extent.at, self._offset, place - entry.base)

    def move(self, entry: Location, place: int, size: int) -> None:
        """Record that an item is now in one piece at an offset of the file; it keeps the number of its extents.

        Raises
        ------
        CorruptPhotoError
            The offset or the size does not fit into its field.
        """
        if entry.method != IN_FILE:
            self.written[entry.at + self._number + 1] &= 0xF0
        # If bases are used, exiv2 only reads them, so the offset goes there, and the first extent starts at 0.
        uses_base = self._base and (entry.base or not self._offset)
        if self._base:
            self._write_base(entry, place if uses_base else 0)
        done, last = 0 if uses_base else place, len(entry.extents) - 1
        for index, extent in enumerate(entry.extents):
            length = size if index == last else min(extent.length, size)
            size -= length
            self._write(extent.at, self._offset, done)
            self._write(extent.at + self._offset, self._length, length)
            done += length

    @property
    def growth(self) -> int:
        """Bytes by which an entry with one extent makes the table longer."""
        fixed = self._number + (6 if self._version else 4)
        return fixed + self._base + self._index + self._offset + self._length

    def add(self, item: int, place: int, size: int) -> None:
        """Add an item in one piece, in the layout of this table.

        Raises
        ------
        CorruptPhotoError
            The number, the offset or the size does not fit into its field.
        """
        uses_base = self._base and (not self._offset or any(entry.base for entry in self.entries))
        at = self._end
        self.written[at:at] = bytes(self.growth)
        self._write(at, self._number, item)
        at += self._number + (4 if self._version else 2)
        self._write(at, self._base, place if uses_base else 0)
        at += self._base
        self._write(at, 2, 1)
        at += 2 + self._index
        self._write(at, self._offset, 0 if uses_base else place)
        self._write(at + self._offset, self._length, size)
        self._write(6, self._number, len(self.entries) + 1)

    def _write_base(self, entry: Location, value: int) -> None:
        self._write(entry.at + self._number + (4 if self._version else 2), self._base, value)

    def _write(self, at: int, width: int, value: int) -> None:
        if not 0 <= value < 1 << 8 * width:
            raise damaged(f"the table of its items' places has no room for the number {value:,}")
        self.written[at : at + width] = value.to_bytes(width, "big")
