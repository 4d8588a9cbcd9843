"""Trailers after the image whose offsets count from the start of the file.

They become wrong when the head grows. Other trailers (Samsung, Insta360, Canon VRD,
MIE, FotoStation, PhotoMechanic, motion photos) count from the end of the file
or from their own start.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import BIG, LITTLE, ByteOrder
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import harmful
from galleria_storage.photos.source import RangedSource

TAIL_BYTES: Final = 16_384
"""How many bytes at the end of the file are searched for such a trailer, since other trailers may follow it."""

MAX_PARTS: Final = 256
"""More parts than any program puts into one trailer; limits the work on hostile input."""

# AFCP 1.0 (AXS File Concatenation Protocol, 1.0, as in ExifTool's documentation of AFCP tags): the file's last
# record is the byte order's mark, the offset of the trailer from the start of the file, and four reserved
# bytes, which are zero and which ExifTool ignores. Records may overlap what looks like one.
_END: Final = re.compile(rb"(?=(AXS[!*](?!\0{4}).{8}))", re.DOTALL)
_RESERVED: Final = bytes(4)
_AXS: Final = b"AXS"
_MARKS: Final = {b"AXS!": BIG, b"AXS*": LITTLE}
_HEADER: Final = 12
"""The trailer starts with the mark again, a version, the number of its parts (two bytes each), and four bytes more."""
_ENTRY: Final = 12
"""For each part: name, length, and offset from the start of the file (four bytes each)."""
_LARGEST: Final = 0xFFFF_FFFF


class _Number(NamedTuple):
    """An offset in a trailer: where it is stored, how, and its value."""

    at: int
    order: ByteOrder
    value: int


def trailer_patches(source: RangedSource, after: int, growth: int) -> list[Patch]:
    """Return the patches near the end of a file that adjust its trailers' offsets to the growth of the head.

    Parameters
    ----------
    source
        The file.
    after
        End of all changes in its head.
    growth
        Bytes by which the head grows.

    Raises
    ------
    CorruptPhotoError
        A trailer with absolute offsets is damaged, or begins too early to be adjusted.
    """
    patches = []
    for at, order, value in _numbers(source, after):
        if value + growth > _LARGEST:
            raise _stale()
        patches.append(Patch(at, 4, order.long.pack(value + growth)))
    return patches


def check_trailers(source: RangedSource, result: RangedSource, after: int, growth: int) -> None:
    """Prove that the trailers of a result lead to the same bytes as those of the source.

    Parameters
    ----------
    source, result
        The files.
    after, growth
        As for `trailer_patches`.

    Raises
    ------
    CorruptPhotoError
        They lead elsewhere.
    """
    moved = [_Number(at + growth, order, value + growth) for at, order, value in _numbers(source, after)]
    if list(_numbers(result, after + growth)) != moved:
        raise harmful("the offsets in its trailer")


def _numbers(source: RangedSource, after: int) -> Iterator[_Number]:
    """Yield the offsets of all trailers with absolute offsets, the last trailer first."""
    size = source.size
    searched = max(size - TAIL_BYTES, after)
    tail = source.read(searched, size - searched)
    if _AXS not in tail:  # this check is faster than the pattern
        return
    begin = size
    for end in reversed(list(_END.finditer(tail))):
        mark, stop = end[1][:4], searched + end.start()
        if stop >= begin:
            continue  # the header of a trailer looks like its last record
        order = _MARKS[mark]
        first: int = order.long.unpack_from(end[1], 4)[0]
        if first < after or first + _HEADER > stop or source.read(first, 4) != mark:
            if first >= after and not end[1].endswith(_RESERVED):
                continue  # these bytes only look like it
            raise _stale()
        yield from _offsets(source, first, stop, order)
        yield _Number(stop + 4, order, first)
        begin = first


def _offsets(source: RangedSource, start: int, stop: int, order: ByteOrder) -> Iterator[_Number]:
    """Yield the offsets of a trailer's parts, all of which must lie between its start and its last record."""
    count: int = order.short.unpack_from(source.read(start, _HEADER), 6)[0]
    table = start + _HEADER
    if count > MAX_PARTS or table + count * _ENTRY > stop:
        raise _stale()
    entries = source.read(table, count * _ENTRY)
    for place in range(4, len(entries), _ENTRY):
        length, offset = (order.long.unpack_from(entries, at)[0] for at in (place, place + 4))
        if not start <= offset <= offset + length <= stop:
            raise _stale()
        yield _Number(table + place + 4, order, offset)


def _stale() -> CorruptPhotoError:
    return CorruptPhotoError(
        "the photo ends with an AFCP record whose offsets would go wrong if the photo grew",
        advice="Remove the AFCP record, or publish the photo without a correction.",
    )
