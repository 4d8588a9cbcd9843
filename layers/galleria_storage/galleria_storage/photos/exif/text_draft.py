"""Writing texts into the IFDs of a TIFF block while every other byte keeps its place.

Maker notes and thumbnails hold absolute offsets that no specification lists, so
nothing in a block ever moves: a value with room is overwritten, a value without
room goes to free space, and an IFD that needs one more entry is copied to free
space, so that only the pointer to it changes. The old copy stays, unused; TIFF
6.0 section 2 allows IFDs and values anywhere in the block. If there is little
space, an IFD is widened instead, and the values after it move (`widening`).

A draft says what is written before its position is known: data for free space
has a length and a number, which pointers to it use until then.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from galleria_storage.photos.exif.ifd import ASCII, INLINE, LONG, Entry, Ifd, is_pointer
from galleria_storage.photos.exif.survey import Survey
from galleria_storage.photos.exif.tiff import EXIF_IFD, TiffBlock
from galleria_storage.photos.exif.widening import MovedValue, values_in_the_way

_UTF8: Final = 129  # Exif 3.0
_TEXT_TYPES: Final = frozenset({1, ASCII, 7, _UTF8})
_ENTRY: Final = 12


class _NewEntry(NamedTuple):
    """A new entry: its bytes, of which the last four may be the offset of something not yet placed."""

    data: bytes
    leads_to: int | None = None


class _Table(NamedTuple):
    """A copy of an IFD with more entries, by tag; without an IFD, a new one."""

    ifd: Ifd | None
    added: Mapping[int, _NewEntry]
    keeps_next: bool = False

    @property
    def at(self) -> int:
        """The offset of the IFD that is copied."""
        return self.ifd.at if self.ifd else 0

    @property
    def size(self) -> int:
        """Its size in bytes."""
        entries = len(self.added) + (len(self.ifd.tags) if self.ifd else 0)
        return 2 + _ENTRY * entries + 4


class Widened(NamedTuple):
    """An IFD that gets entries in place: how many, and the values that move to make room."""

    ifd: Ifd
    added: int
    moved: list[MovedValue]


class TextDraft:
    """What has to be written into a block to give it certain texts.

    Parameters
    ----------
    block
        The block.
    texts
        The texts by tag, without NUL. They go into every IFD that has their tags, and into the Exif IFD.
    contents
        The block's survey, if IFDs should be widened where possible to save space.

    Attributes
    ----------
    widened
        The IFDs that are widened.
    needs_space
        Whether anything has to be placed in free space.
    """

    def __init__(self, block: TiffBlock, texts: Mapping[int, bytes], contents: Survey | None = None) -> None:
        self.widened: list[Widened] = []
        self._contents = contents
        self._texts = texts
        self._in_place: list[_Table] = []
        self._block = block
        self._order = block.order
        self._written: dict[int, bytes] = {}
        self._pointers: dict[int, int] = {}
        self._placed: list[bytes | _Table] = []
        self._sizes: list[int] = []
        for _, entry in block.captures:
            if entry.tag in texts:
                self._overwrite(entry, texts[entry.tag])
        exif_ifds = block.exif_ifds
        for ifd in exif_ifds:
            missing = {tag: text for tag, text in texts.items() if tag not in ifd.tag_set}
            # A second Exif IFD gets new entries only if it holds capture tags: then it must not contradict the first.
            if missing and (ifd is exif_ifds[0] or len(missing) < len(texts)):
                self._extend(ifd, {tag: self._entry(tag, text) for tag, text in missing.items()})
        if not exif_ifds:
            self._add_exif_ifd(texts)
        self.needs_space = bool(self._placed)

    @property
    def pointers(self) -> Iterable[int]:
        """Offsets of the numbers in the block that lead to something in free space."""
        return self._pointers

    def length(self, start: int) -> int:
        """Return how many bytes of free space are needed from an offset on."""
        at = start
        for size in self._sizes:
            at += at % 2 + size
        return at - start

    def write(self, start: int, numbers: Mapping[int, bytes]) -> tuple[Mapping[int, bytes], bytes]:
        """Return what overwrites the block's own bytes, by offset, and what goes to free space.

        Parameters
        ----------
        start
            Start of the free space that was found.
        numbers
            Other bytes of the block that change, by offset.
        """
        places, at = [], start
        for size in self._sizes:
            at += at % 2  # TIFF 6.0 section 2: values and IFDs begin on a word boundary
            places.append(at)
            at += size
        pointers = {at: self._order.long.pack(places[thing]) for at, thing in self._pointers.items()}
        changed = {**numbers, **self._written, **pointers}
        for table in self._in_place:
            new = self._table(table, places, changed)
            changed = {at: data for at, data in changed.items() if not table.at <= at < table.at + len(new)}
            changed[table.at] = new
        free = bytearray()
        for thing, place in zip(self._placed, places, strict=True):
            free += bytes(place - start - len(free))
            free += thing if isinstance(thing, bytes) else self._table(thing, places, changed)
        return changed, bytes(free)

    def _write(self, at: int, data: bytes) -> None:
        if not self._block.data.startswith(data, at):
            self._written[at] = data

    def _place(self, thing: bytes | _Table) -> int:
        self._placed.append(thing)
        self._sizes.append(len(thing) if isinstance(thing, bytes) else thing.size)
        return len(self._placed) - 1

    def _overwrite(self, entry: Entry, text: bytes) -> None:
        """Give one entry a new text: in place if there is room that nothing else shares."""
        tag, kind, _, at, value, size, _ = entry
        if kind not in _TEXT_TYPES or not INLINE < size >= len(text) >= INLINE or not self._owns_value(entry):
            self._replace_entry(at, tag, text)
            return
        self._write(value, text.ljust(size, b"\0"))
        # Exif 2.32 4.6.5: the capture tags are ASCII, and the number of characters counts one NUL. Some cameras
        # leave no room for the NUL after a date's 19 characters; readers cope. Exif 3.0 allows UTF-8 for other
        # texts only.
        self._write(at, self._order.entry.pack(tag, ASCII, min(len(text) + 1, size), 0)[:8])

    def _replace_entry(self, at: int, tag: int, text: bytes) -> None:
        """Give an entry a new text outside of its old value."""
        data, leads_to = self._entry(tag, text)
        if leads_to is None:
            self._write(at, data)
        else:
            self._write(at, data[:8])
            self._pointers[at + 8] = leads_to

    def _owns_value(self, entry: Entry) -> bool:
        """Whether a value lies in the block and only overlaps values of the same tag, no IFD and no thumbnail.

        A value that extends past the block does not count.
        """
        if self._block.end_if_apart:
            return True
        start, end = entry.start, entry.stop
        size = len(self._block.data)
        if start < 8 or end > size:
            return False
        own = entry.tag, start, end
        for ifd in self._block.ifds:
            # piexif and some cameras write Exif IFDs without the offset of the next IFD.
            if ifd.at < end and start < ifd.end + (4 if ifd.name.startswith("IFD") else 0):
                return False
            for tag, other, stop, _ in ifd.values:
                if other < end and start < stop <= size and (tag, other, stop) != own:
                    return False
            for _, at, length in ifd.images:
                if at < end and start < at + length <= size:
                    return False
        return True

    def _entry(self, tag: int, text: bytes) -> _NewEntry:
        """Return the entry of a text, with its value placed in free space if it is long."""
        value = text + b"\0"
        head = self._order.entry.pack(tag, ASCII, len(value), 0)
        if len(value) <= INLINE:
            return _NewEntry(head[:8] + value.ljust(INLINE, b"\0"))
        return _NewEntry(head, self._place(value))

    def _add_exif_ifd(self, texts: Mapping[int, bytes]) -> None:
        """Give a block without an Exif IFD one, and IFD0 the pointer to it (Exif 2.32 4.6.3)."""
        exif = self._place(_Table(None, {tag: self._entry(tag, texts[tag]) for tag in sorted(texts)}))
        pointer = _NewEntry(self._order.entry.pack(EXIF_IFD, LONG, 1, 0), exif)
        self._extend(self._block.ifds[0], {EXIF_IFD: pointer})

    def _extend(self, ifd: Ifd, added: Mapping[int, _NewEntry]) -> None:
        """Copy an IFD to free space with more entries, and let everything that points to it point to the copy."""
        if self._contents:
            moved = values_in_the_way(self._block, self._contents, ifd, len(added))
            if moved is not None:
                self._widen(ifd, added, moved)
                return
        main = ifd is self._block.ifds[0]
        # Only IFD0 and IFD1 form a chain (Exif 2.32 4.6.2). After an Exif IFD, some programs put a value instead.
        copy = self._place(_Table(ifd, added, keeps_next=main))
        if main:
            self._pointers[4] = copy
        for _, pointer in self._block.pointers:
            # A GPS pointer may also lead to the Exif IFD: readers that notice
            # ignore it as a GPS IFD, and continue to do so.
            if pointer.raw == ifd.at and is_pointer(pointer):
                self._pointers[pointer.start] = copy

    def _widen(self, ifd: Ifd, added: Mapping[int, _NewEntry], moved: list[MovedValue]) -> None:
        """Give an IFD more entries in place, and move the values in the way to free space."""
        captures = {entry.at for _, entry in self._block.captures}
        for value in moved:
            if value.entry in captures and value.tag in self._texts:
                self._written.pop(value.start, None)
                self._replace_entry(value.entry, value.tag, self._texts[value.tag])
            else:
                self._pointers[value.entry + 8] = self._place(self._block.data[value.start : value.stop])
        has_next = not any(value.start < ifd.end + 4 for value in moved)
        self._in_place.append(_Table(ifd, added, keeps_next=has_next))
        self.widened.append(Widened(ifd, len(added), moved))

    def _table(self, table: _Table, places: list[int], changed: Mapping[int, bytes]) -> bytes:
        """Return the bytes of a table, with the other changes in the IFD that it copies."""
        ifd = table.ifd
        entries, following = bytearray(), bytes(4)
        tags: list[int] = []
        if ifd:
            first, last = ifd.at + 2, ifd.end
            tags += ifd.tags
            entries += self._block.data[first:last]
            for at, data in changed.items():
                if first <= at < last:
                    entries[at - first : at - first + len(data)] = data
            if table.keeps_next and ifd.next:
                following = changed.get(last, self._block.data[last : last + 4])
        for tag in sorted(table.added):
            # TIFF 6.0 section 2: entries ascend by tag. In an IFD that does not, any position is as good.
            index = next((index for index, other in enumerate(tags) if other > tag), len(tags))
            tags.insert(index, tag)
            data, leads_to = table.added[tag]
            if leads_to is not None:
                data = data[:8] + self._order.long.pack(places[leads_to])
            entries[_ENTRY * index : _ENTRY * index] = data
        return self._order.short.pack(len(tags)) + entries + following
