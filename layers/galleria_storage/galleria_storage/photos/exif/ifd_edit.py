"""Writing texts into the IFDs of a TIFF block while every other byte keeps its place.

Maker notes and thumbnails hold absolute offsets that no specification lists,
so nothing in a block ever moves: a value with room is overwritten, a value
without goes to free space, and an IFD that needs one more entry is copied to
free space, where only the pointer to it changes. The old copy stays behind,
unused; TIFF 6.0 section 2 lets IFDs and values stand anywhere in the block.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from galleria_storage.photos.exif.ifd import ASCII, INLINE, LONG, Entry, Ifd
from galleria_storage.photos.exif.tiff import EXIF_IFD, TiffBlock

_UTF8: Final = 129  # Exif 3.0
_TEXT_TYPES: Final = frozenset({1, ASCII, 7, _UTF8})


class Patches(NamedTuple):
    """What to write into a block.

    Attributes
    ----------
    replaced
        New bytes by their offset, in place of as many old ones from which they differ.
    appended
        Bytes that follow the block's old end.
    """

    replaced: Mapping[int, bytes]
    appended: bytes


def write_texts(block: TiffBlock, texts: Mapping[int, bytes], free: int, between: bytes = b"") -> Patches:
    """Write texts into every IFD that has their tags, and into the Exif IFD.

    Parameters
    ----------
    block
        The block.
    texts
        The texts by tag, without NUL.
    free
        Offset from which on new things are placed: the block's end, or the start of padding before it.
    between
        Bytes that must follow the block before anything new may.
    """
    draft = _Draft(block, free, between)
    for _, entry in block.captures:
        if entry.tag in texts:
            draft.overwrite(entry, texts[entry.tag])
    exif_ifds = block.exif_ifds
    for ifd in exif_ifds:
        missing = {tag: text for tag, text in texts.items() if tag not in ifd.tag_set}
        # A second Exif IFD gets new entries only if it holds capture tags: then it must not contradict the first.
        if missing and (ifd is exif_ifds[0] or len(missing) < len(texts)):
            draft.extend(ifd, missing)
    if not exif_ifds:
        draft.add_exif_ifd(texts)
    return draft.patches()


class _Draft:
    """Patches in the making: into the block, and for what is placed from `free` on."""

    def __init__(self, block: TiffBlock, free: int, between: bytes) -> None:
        self._block = block
        self._order = block.order
        self._free = free
        self._unused = len(between)
        self._placed = bytearray(between)
        self._replaced: dict[int, bytes] = {}

    def patches(self) -> Patches:
        """Return what was drafted."""
        placed, room = self._placed, len(self._block.data) - self._free
        if len(placed) == self._unused:
            return Patches(self._replaced, b"")
        if room:
            self._replace(self._free, bytes(placed[:room]))
        return Patches(self._replaced, bytes(placed[room:]))

    def _replace(self, at: int, data: bytes) -> None:
        if not self._block.data.startswith(data, at):
            self._replaced[at] = data

    def overwrite(self, entry: Entry, text: bytes) -> None:
        """Give one entry a new text: in place if it has room there and shares it with nobody."""
        tag, kind, _, at, value, size, _ = entry
        if kind not in _TEXT_TYPES or not INLINE < size >= len(text) >= INLINE or not self._owns_value(entry):
            self._replace(at, self._entry(tag, text))
            return
        self._replace(value, text.ljust(size, b"\0"))
        # Exif 2.32 4.6.5: the capture tags are ASCII, and the number of characters counts one NUL. Some cameras
        # leave no room for the NUL of a date's 19 characters; readers cope. Exif 3.0 allows UTF-8 for other texts only.
        self._replace(at, self._order.entry.pack(tag, ASCII, min(len(text) + 1, size), 0)[:8])

    def _owns_value(self, entry: Entry) -> bool:
        """Tell whether a value lies in the block and overlaps no IFD, no thumbnail, and no value but of the same tag.

        A value that runs out of the block is none.
        """
        if self._block.end_if_apart:
            return True
        start, end = entry.value, entry.value + entry.size
        size = len(self._block.data)
        if start < 8 or end > size:
            return False
        own = entry.tag, start, end
        for ifd in self._block.ifds:
            # piexif and some cameras write Exif IFDs that lack the offset of the next IFD.
            if ifd.at < end and start < ifd.end + (4 if ifd.name.startswith("IFD") else 0):
                return False
            for tag, other, behind, _ in ifd.values:
                if other < end and start < behind <= size and (tag, other, behind) != own:
                    return False
            for _, at, length in ifd.images:
                if at < end and start < at + length <= size:
                    return False
        return True

    def extend(self, ifd: Ifd, texts: Mapping[int, bytes]) -> None:
        """Copy an IFD to free space with more entries, and let what pointed to it point to the copy."""
        self._move(ifd, {tag: self._entry(tag, text) for tag, text in texts.items()})

    def add_exif_ifd(self, texts: Mapping[int, bytes]) -> None:
        """Give a block without an Exif IFD one, and IFD0 the pointer to it (Exif 2.32 4.6.3)."""
        entries = b"".join(self._entry(tag, texts[tag]) for tag in sorted(texts))
        at = self._place(self._order.short.pack(len(texts)) + entries + bytes(4))
        self._move(self._block.ifds[0], {EXIF_IFD: self._order.entry.pack(EXIF_IFD, LONG, 1, at)})

    def _entry(self, tag: int, text: bytes) -> bytes:
        """Return the twelve bytes of a text's entry, its value placed in free space if it is long."""
        value = text + b"\0"
        if len(value) <= INLINE:
            return self._order.entry.pack(tag, ASCII, len(value), 0)[:8] + value.ljust(INLINE, b"\0")
        return self._order.entry.pack(tag, ASCII, len(value), self._place(value))

    def _move(self, ifd: Ifd, added: Mapping[int, bytes]) -> None:
        start, tags = ifd.at + 2, list(ifd.tags)
        table = bytearray(self._block.data[start : ifd.end])
        for at, data in self._replaced.items():
            if start <= at < ifd.end:
                table[at - start : at - start + len(data)] = data
        for tag in sorted(added):
            # TIFF 6.0 section 2: entries ascend by tag. In an IFD that does not obey, any place is as good.
            index = next((index for index, other in enumerate(tags) if other > tag), len(tags))
            tags.insert(index, tag)
            table[12 * index : 12 * index] = added[tag]
        # Only IFD0 and IFD1 form a chain (Exif 2.32 4.6.2). Behind an Exif IFD some programs have put a value instead.
        following = ifd.next if ifd is self._block.ifds[0] else 0
        end = self._order.long.pack(following)
        self._repoint(ifd.at, self._place(self._order.short.pack(len(tags)) + table + end))

    def _repoint(self, old: int, new: int) -> None:
        """Let everything that points to an IFD point to its copy."""
        pointer = self._order.long.pack(new)
        if self._block.ifds[0].at == old:
            self._replace(4, pointer)
        for _, entry in self._block.pointers:
            if entry.tag == EXIF_IFD and entry.offset == old:
                self._replace(entry.value, pointer)

    def _place(self, data: bytes) -> int:
        """Put bytes into free space on a word boundary (TIFF 6.0 section 2); return their offset."""
        placed = self._placed
        if (self._free + len(placed)) % 2:
            placed += b"\0"
        at = self._free + len(placed)
        placed += data
        return at
