"""Making room for entries right where an IFD is.

A copy of an IFD at the end of its block takes some hundred bytes, and a block
may have less room: Fujifilm fills it to nearly 64 KiB, and cameras of several
makers write offsets that lead a few bytes past its end. Then the values after
the IFD move instead, which are usually short. Only values that consist of text
or numbers may move, and only if nothing else that is known shares a byte with
them.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.photos.exif.ifd import INLINE, UNUSUAL, Ifd
from galleria_storage.photos.exif.maker_note import note_ifds
from galleria_storage.photos.exif.references import camera_make
from galleria_storage.photos.exif.survey import Survey
from galleria_storage.photos.exif.tiff import MAKER_NOTE, TiffBlock

_ENTRY: Final = 12
_NEXT: Final = 4
_PLAIN_TYPES: Final = frozenset({2, 3, 4, 5, 8, 9, 10, 11, 12})
_NEVER: Final = frozenset({*UNUSUAL, MAKER_NOTE, 0x0201, 0x0202, 0x8769, 0x8825, 0xA005})
_WORD: Final = 2
"""Values begin on a word boundary, so one byte between two of them is unused."""


class MovedValue(NamedTuple):
    """A value that moves to make room.

    Attributes
    ----------
    tag
        Its tag.
    start, stop
        Where its bytes are in the block.
    entry
        Offset of its entry.
    """

    tag: int
    start: int
    stop: int
    entry: int


def values_in_the_way(block: TiffBlock, contents: Survey, ifd: Ifd, count: int) -> list[MovedValue] | None:
    """Return the values that must move so that an IFD can get more entries in place.

    Parameters
    ----------
    block
        The block.
    contents
        Its survey.
    ifd
        The IFD.
    count
        Number of new entries.

    Returns
    -------
    list or None
        None if that is impossible because something else follows the IFD.
    """
    stop = ifd.end + _NEXT + _ENTRY * count
    unusual = any(not UNUSUAL.isdisjoint(other.tag_set) for other in block.ifds)
    if unusual or stop > len(block.data) or any(ifd.at <= reference.at < stop for reference in contents.references):
        return None
    moved = [
        MovedValue(tag, start, end, other.at + 2 + _ENTRY * index)
        for other in block.ifds
        for tag, start, end, index in other.values
        if start < stop and ifd.end < end
    ]
    moved.sort(key=lambda value: value.start)
    if not all(_may_move(block, value) for value in moved) or not _is_filled(block, ifd, stop, moved):
        return None
    others = list(_other_things(block, ifd, {value.entry for value in moved}))
    claimed = [(ifd.at, stop), *((value.start, value.stop) for value in moved)]
    if any(start < last and first < end for start, end in others for first, last in claimed):
        return None
    return moved


def _may_move(block: TiffBlock, value: MovedValue) -> bool:
    kind: int = block.order.short.unpack_from(block.data, value.entry + 2)[0]
    return kind in _PLAIN_TYPES and value.tag not in _NEVER and value.stop <= len(block.data)


def _is_filled(block: TiffBlock, ifd: Ifd, stop: int, moved: list[MovedValue]) -> bool:
    """Whether values that do not overlap fill the space after an IFD; otherwise unknown data may be there."""
    done = ifd.end + (0 if moved and moved[0].start < ifd.end + _NEXT else _NEXT)
    for value in moved:
        if not 0 <= value.start - done < _WORD or block.data[done : value.start].strip(b"\0"):
            return False
        done = value.stop
    return done >= stop


def _other_things(block: TiffBlock, ifd: Ifd, moved: set[int]) -> Iterator[tuple[int, int]]:
    """Yield start and end of everything known in a block except an IFD and the values of some entries."""
    yield 0, 8
    for _, at in block.damage:
        yield at, at + 2
    for other in block.ifds:
        if other is not ifd:
            yield other.at, other.end + (_NEXT if other.name.startswith("IFD") else 0)
        for _, start, end, index in other.values:
            if other.at + 2 + _ENTRY * index not in moved:
                yield start, end
        for _, start, length in other.images:
            yield start, start + length
    yield from _note_things(block)


def _note_things(block: TiffBlock) -> Iterator[tuple[int, int]]:
    """Yield start and end of the IFDs of maker notes, and of their values."""
    make = camera_make(block)
    for note in block.maker_notes:
        for inner in note_ifds(block.data, block.order, note, make) if note.size > INLINE else ():
            yield inner.ifd.at, inner.ifd.end
            for _, start, end, _ in inner.ifd.values:
                for base in (inner.base,) if inner.sound else (0, inner.base, note.start):
                    yield base + start, base + end
