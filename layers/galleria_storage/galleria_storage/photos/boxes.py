"""Boxes of the ISO base media file format, and of the formats that borrowed them.

ISO/IEC 14496-12 4.2: a box starts with its size, header included, and four
characters for its type. A size of 1 means that a 64-bit size follows, a size of
0 that the box extends to the end of the file. JPEG 2000 (ISO/IEC 15444-1 annex
I.4) and JPEG XL (ISO/IEC 18181-2) use the same boxes.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

MAX_BOXES: Final = 1024
"""More boxes than any camera writes in one place; limits the work on hostile input."""

LARGEST: Final = 0xFFFFFFFF
"""Largest size or offset in 32 bits."""

_HEADER: Final = Struct(">I4sQ")
_SHORT_HEADER: Final = Struct(">I4s")
_PRINTABLE: Final = frozenset(range(0x20, 0x7F))
_APPLE: Final = 0xA9
"""First byte of QuickTime's user data types: the copyright sign in Mac OS Roman."""


class Box(NamedTuple):
    """A box, by its position in the file.

    Attributes
    ----------
    kind
        Its type.
    start
        Where its header starts.
    body
        Where its content starts.
    stop
        Where it ends.
    is_open
        True if its size is 0: it extends to the end of the file.
    """

    kind: bytes
    start: int
    body: int
    stop: int
    is_open: bool = False


def walk(source: RangedSource, start: int, stop: int) -> Iterator[Box]:
    """Yield the boxes from an offset on, until something else or the end follows.

    Parameters
    ----------
    source
        The file.
    start, stop
        Where the boxes are.

    Raises
    ------
    CorruptPhotoError
        A box reaches beyond `stop`, or there are more than `MAX_BOXES`.
    """
    count = 0
    while (box := read_header(source, start, stop)) is not None:
        count += 1
        if count > MAX_BOXES:
            raise damaged(f"it has more than {MAX_BOXES:,} boxes in one place")
        yield box
        start = box.stop


def read_header(source: RangedSource, start: int, stop: int) -> Box | None:
    """Read the header of a box; None if there is no box.

    Raises
    ------
    CorruptPhotoError
        The box reaches beyond `stop`.
    """
    header = source.read(start, min(16, stop - start)) if stop - start >= 8 else b""
    if len(header) < 8:
        return None
    size, kind = _SHORT_HEADER.unpack_from(header)
    if not _is_kind(kind):
        return None
    body = start + 8
    if size == 1:
        if len(header) < 16:
            raise cut_off(f"its {name_of(kind)} box has no size")
        size, body = _HEADER.unpack(header)[2], start + 16
    elif size == 0 and stop == source.size:
        return Box(kind, start, body, stop, is_open=True)
    end = start + size
    if end < body:
        raise damaged(f"its {name_of(kind)} box claims {size} bytes")
    if end > stop:
        refusal = cut_off if stop == source.size else damaged
        raise refusal(f"its {name_of(kind)} box claims {size:,} bytes, {stop - start:,} are left")
    return Box(kind, start, body, end)


def children(source: RangedSource, box: Box, skip: int = 0) -> list[Box]:
    """Return the boxes within a box.

    Parameters
    ----------
    source
        The file.
    box
        The box.
    skip
        Bytes of its content before the first box: 4 in a `full box`, for version and flags.

    Raises
    ------
    CorruptPhotoError
        The boxes do not fill the box.
    """
    found = list(walk(source, box.body + skip, box.stop))
    if any(child.is_open for child in found) or (found[-1].stop if found else box.body + skip) != box.stop:
        raise damaged(f"its {name_of(box.kind)} box holds something that is not a box")
    return found


def new_box(kind: bytes, body: bytes) -> bytes:
    """Return a box."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def resized(box: Box, size: int) -> Patch:
    """Return the patch that writes a box's new size.

    Raises
    ------
    CorruptPhotoError
        The size does not fit into its 32 bits.
    """
    if box.body - box.start >= 16:
        return Patch(box.start + 8, 8, size.to_bytes(8, "big"))
    if size > LARGEST:
        raise damaged(f"its {name_of(box.kind)} box would need {size:,} bytes, more than its size can say")
    return Patch(box.start, 4, size.to_bytes(4, "big"))


def grown(box: Box, growth: int) -> list[Patch]:
    """Return the patches that record a box's growth; none if its size is open or unchanged."""
    return [resized(box, box.stop - box.start + growth)] if growth and not box.is_open else []


def name_of(kind: bytes) -> str:
    """Return the name of a box type as text."""
    return kind.decode("mac-roman")


def _is_kind(kind: bytes) -> bool:
    return _PRINTABLE.issuperset(kind) or (kind[0] == _APPLE and _PRINTABLE.issuperset(kind[1:]))
