"""Writing texts into the IFDs of a TIFF block while every other byte keeps its place.

Maker notes and thumbnails hold absolute offsets that no specification lists,
so nothing in a block ever moves: a value with room is overwritten, a value
without goes to free space, and an IFD that needs one more entry is copied to
free space, where only the pointer to it changes. The old copy stays behind,
unused; TIFF 6.0 section 2 lets IFDs and values stand anywhere in the block.
"""

from galleria_storage.exif.tiff import (
    ASCII,
    EXIF_IFD,
    LONG,
    Entry,
    Ifd,
    TiffBlock,
)

_TEXT_TYPES = frozenset({1, ASCII, 7, 129})
_INLINE = 4


class Draft:
    """A block in the making.

    Parameters
    ----------
    block
        The block to change.
    free
        Offset from which on new things are placed: the block's end, or the start of padding before it.
    continuation
        Bytes that must follow the block before anything new may; see `free_space.continuation`.

    Attributes
    ----------
    data
        The block as changed so far.
    """

    def __init__(self, block: TiffBlock, free: int, continuation: bytes = b"") -> None:
        self._block = block
        self._order = block.order
        self._free = free + len(continuation)
        self._continuation = continuation
        self.data = bytearray(block.data)

    def write(self, texts: dict[int, bytes]) -> None:
        """Write texts (by tag, without NUL) into every IFD that has them, and into the Exif IFD."""
        for directory in self._block.directories:
            for entry in directory.ifd.entries:
                if entry.tag in texts:
                    self._overwrite(entry, texts[entry.tag])
        exif_ifds = self._block.exif_ifds
        for number, ifd in enumerate(exif_ifds):
            present = {entry.tag for entry in ifd.entries}
            missing = {tag: text for tag, text in texts.items() if tag not in present}
            if missing and (number == 0 or present & texts.keys()):
                self._repoint(ifd.at, self._extend(ifd, missing))
        if not exif_ifds:
            self._add_exif_ifd(texts)

    def _overwrite(self, entry: Entry, text: bytes) -> None:
        """Give one entry a new text: in place if it has room and shares it with nobody."""
        room = max(entry.size, _INLINE)
        if entry.type in _TEXT_TYPES and self._owns_value(entry):
            if len(text) < entry.size or len(text) == entry.size > _INLINE:
                self.data[entry.value : entry.value + entry.size] = text.ljust(entry.size, b"\0")
                self._patch_type(entry)
                return
            if room == _INLINE and len(text) < _INLINE:
                self._order.long.pack_into(self.data, entry.at + 4, len(text) + 1)
                self.data[entry.at + 8 : entry.at + 12] = text.ljust(_INLINE, b"\0")
                self._patch_type(entry)
                return
        self.data[entry.at : entry.at + 12] = self._new_entry(entry.tag, text)

    def _patch_type(self, entry: Entry) -> None:
        """Exif 2.32 4.6.5: the capture tags are ASCII; some cameras write BYTE or UNDEFINED."""
        if entry.type in (1, 7):
            self._order.short.pack_into(self.data, entry.at + 2, ASCII)

    def _owns_value(self, entry: Entry) -> bool:
        """Tell whether a value lies within the block and overlaps nothing but values that change with it."""
        start, end = entry.value, entry.value + entry.size
        if start == entry.at + 8:
            return True
        if start < 8 or end > len(self._block.data):
            return False
        for name, ifd in self._block.directories:
            # piexif and some cameras write Exif IFDs that lack the offset of the next IFD.
            if start < ifd.end + (4 if name.startswith("IFD") else 0) and ifd.at < end:
                return False
            for other in ifd.entries:
                same = other.tag == entry.tag and other.value == start and other.size == entry.size
                if not same and other.size > _INLINE and start < other.value + other.size and other.value < end:
                    return False
        return True

    def _new_entry(self, tag: int, text: bytes) -> bytes:
        """Return the twelve bytes of a text's entry, its value placed in free space if it is long."""
        value = text + b"\0"
        if len(value) <= _INLINE:
            return self._order.entry.pack(tag, ASCII, len(value), 0)[:8] + value.ljust(_INLINE, b"\0")
        return self._order.entry.pack(tag, ASCII, len(value), self._place(value))

    def _extend(self, ifd: Ifd, texts: dict[int, bytes]) -> int:
        """Copy an IFD to free space with more entries; return the copy's offset."""
        entries = {tag: self._new_entry(tag, text) for tag, text in texts.items()}
        return self._copy_ifd(ifd, entries)

    def _copy_ifd(self, ifd: Ifd, added: dict[int, bytes]) -> int:
        table = [bytes(self.data[entry.at : entry.at + 12]) for entry in ifd.entries]
        tags = [entry.tag for entry in ifd.entries]
        for tag in sorted(added):
            # TIFF 6.0 section 2: entries ascend by tag. In an IFD that does not, any place is as good.
            place = next((i for i, other in enumerate(tags) if other > tag), len(tags))
            tags.insert(place, tag)
            table.insert(place, added[tag])
        following = bytes(self.data[ifd.end : ifd.end + 4]).ljust(4, b"\0")
        return self._place(self._order.short.pack(len(table)) + b"".join(table) + following)

    def _add_exif_ifd(self, texts: dict[int, bytes]) -> None:
        """Give a block without an Exif IFD one, and IFD0 the pointer to it (Exif 2.32 4.6.3)."""
        entries = b"".join(self._new_entry(tag, texts[tag]) for tag in sorted(texts))
        at = self._place(self._order.short.pack(len(texts)) + entries + bytes(4))
        ifd0 = self._block.directories[0].ifd
        pointer = self._order.entry.pack(EXIF_IFD, LONG, 1, at)
        self._repoint(ifd0.at, self._copy_ifd(ifd0, {EXIF_IFD: pointer}))

    def _repoint(self, old: int, new: int) -> None:
        """Let everything that points to an IFD point to its copy."""
        long = self._order.long
        if long.unpack_from(self.data, 4)[0] == old:
            long.pack_into(self.data, 4, new)
        for _, ifd in self._block.directories:
            for entry in ifd.entries:
                if entry.tag == EXIF_IFD and long.unpack_from(self._block.data, entry.value)[0] == old:
                    long.pack_into(self.data, entry.value, new)

    def _place(self, data: bytes) -> int:
        """Put bytes into free space on a word boundary (TIFF 6.0 section 2); return their offset."""
        at = self._free + self._free % 2
        self._free = at + len(data)
        if len(self.data) == len(self._block.data) <= at:
            self.data += self._continuation
        self.data += bytes(max(at - len(self.data), 0))
        self.data[at : self._free] = data
        return at
