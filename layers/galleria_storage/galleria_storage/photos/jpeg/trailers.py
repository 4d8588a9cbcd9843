"""Trailers behind the image whose offsets count from the start of the file."""

import re
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import BIG, LITTLE, ByteOrder
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.source import RangedSource

TAIL_BYTES: Final = 16_384
"""How many last bytes of the file are searched for such a trailer: other trailers may follow the one looked for."""

# AFCP 1.0 (AXS File Concatenation Protocol, 1.0, as ExifTool's documentation of AFCP tags tells it): the file's last
# record is the byte order's mark, the offset of the trailer from the start of the file, and four reserved bytes, which
# are zero, and which ExifTool does not look at. Records may overlap what looks like one.
_END: Final = re.compile(rb"(?=(AXS[!*](?!\0{4}).{8}))", re.DOTALL)
_RESERVED: Final = bytes(4)
_AXS: Final = b"AXS"
_MARKS: Final = {b"AXS!": BIG, b"AXS*": LITTLE}
_HEADER: Final = 12
"""The trailer starts with the mark again, a version, the number of its parts (two bytes each), and four bytes more."""
_ENTRY: Final = 12
"""For each part: name, length, and offset from the start of the file (four bytes each)."""
_LARGEST: Final = 0xFFFF_FFFF


class TailChange(NamedTuple):
    """Bytes to write over others near the end of a file.

    Attributes
    ----------
    before_end
        How far before the end of the file they start.
    data
        The bytes.
    """

    before_end: int
    data: bytes


def has_absolute_offsets(last_bytes: bytes | bytearray) -> bool:
    """Tell whether the last `TAIL_BYTES` bytes of a file hold the last record of a trailer with absolute offsets.

    Such a trailer goes stale when the head grows. Others (Samsung, Insta360, Canon VRD, MIE, FotoStation,
    PhotoMechanic, motion photos) count from the end of the file or from their own start.
    """
    return _AXS in last_bytes and _END.search(last_bytes) is not None


def follow_trailer(last_bytes: bytes | memoryview, size: int, growth: int) -> list[TailChange]:
    """Return what must change near the end of a file so that its trailer's offsets follow the growth of the head.

    Parameters
    ----------
    last_bytes
        The last bytes of the file, behind all that grows; the more there are, the longer may the trailer be.
    size
        The file's size before it grows.
    growth
        By how much it grows.

    Raises
    ------
    CorruptPhotoError
        There is a trailer with absolute offsets that does not lie within these bytes, or is damaged.
    """
    changes: list[TailChange] = []
    length = len(last_bytes)
    searched = max(length - TAIL_BYTES, 0)
    tail = bytes(last_bytes[searched:])
    if _AXS not in tail:  # which takes less time to tell than the pattern does
        return changes
    begin = length
    for end in reversed(list(_END.finditer(tail))):
        mark, stop = end[1][:4], searched + end.start()
        if stop >= begin:
            continue  # the header of a trailer looks like its last record
        order = _MARKS[mark]
        trailer = order.long.unpack_from(end[1], 4)[0]
        first = trailer - (size - length)
        if first < 0 or first + _HEADER > stop or last_bytes[first : first + 4] != mark:
            if first >= 0 and not end[1].endswith(_RESERVED):
                continue  # these bytes only look like it
            raise stale_trailer()
        begin = first
        places = _offsets(last_bytes[begin:stop], trailer, order)
        for place in (*(begin + place for place in places), stop + 4):
            value = order.long.unpack_from(last_bytes, place)[0] + growth
            if value > _LARGEST:
                raise stale_trailer()
            changes.append(TailChange(length - place, order.long.pack(value)))
    return changes


def trailer_patches(source: RangedSource, head: int, growth: int) -> list[Patch]:
    """Return what must change near the end of a file so that its trailers' offsets follow the growth of the head.

    Parameters
    ----------
    source
        The file.
    head
        Bytes of its head; trailers come after it.
    growth
        By how much the head grows.

    Raises
    ------
    CorruptPhotoError
        There is a trailer with absolute offsets that is damaged, or begins in the head.
    """
    size = source.size
    start = max(size - TAIL_BYTES, head)
    tail = source.read(start, size - start)
    if not has_absolute_offsets(tail):
        return []
    begins = [_MARKS[end[1][:4]].long.unpack_from(end[1], 4)[0] for end in _END.finditer(tail)]
    first = min((begin for begin in begins if head <= begin < start), default=start)
    if first < start:
        tail = source.read(first, size - first)
    return [
        Patch(size - change.before_end, len(change.data), change.data) for change in follow_trailer(tail, size, growth)
    ]


def write_tail(file: bytearray | memoryview, changes: list[TailChange]) -> None:
    """Write changes over the end of a file, or of its last part."""
    for before_end, data in changes:
        at = len(file) - before_end
        file[at : at + len(data)] = data


def _offsets(trailer: bytes | memoryview, start: int, order: ByteOrder) -> list[int]:
    """Return where in a trailer the offsets of its parts stand, all of which must lie in it.

    Parameters
    ----------
    trailer
        The trailer up to its last record.
    start
        Its offset in the file.
    order
        Its byte order.
    """
    count = order.short.unpack_from(trailer, 6)[0]
    if _HEADER + count * _ENTRY > len(trailer):
        raise stale_trailer()
    places = [_HEADER + _ENTRY * number + 8 for number in range(count)]
    for place in places:
        length, offset = (order.long.unpack_from(trailer, at)[0] for at in (place - 4, place))
        if not start <= offset <= offset + length <= start + len(trailer):
            raise stale_trailer()
    return places


def stale_trailer() -> CorruptPhotoError:
    """Return the error for a trailer that cannot follow."""
    return CorruptPhotoError(
        "The photo ends with an AFCP record whose offsets would go wrong if the photo grew.",
        advice="Remove the AFCP record, or publish the photo without a correction.",
    )
