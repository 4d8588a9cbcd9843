r"""The Multi-Picture Format index: several images in one file.

CIPA DC-007 section 5: APP2 with the identifier ``MPF\0`` holds a TIFF block, the
MP Header, whose IFD lists the images. MP Entry (0xB002) has sixteen bytes for
each: attribute, size, data offset, two dependent image numbers. Offsets count
from the MP Header; that of the first image, which is the file itself, is 0.
Gain maps (Ultra HDR), dual cameras and previews are found through it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.growth import Growth, added, follow, value_of
from galleria_storage.photos.exif.ifd import byte_order, read_ifd
from galleria_storage.photos.exif.references import Reference
from galleria_storage.photos.jpeg.head import APP2, Head, Segment
from galleria_storage.photos.plan import Patch

MPF_HEADER: Final = b"MPF\0"

MAX_IMAGES: Final = 1000
"""More images than any camera writes into one file; limits the work on hostile input."""

MAX_SEGMENTS: Final = 16
"""The same for segments that could hold an index."""

_MARKS: Final = {b"*\0": b"II", b"\0*": b"MM"}
_MP_ENTRY: Final = 0xB002
_ENTRY_SIZE: Final = 16


class PictureIndex(NamedTuple):
    """Where an MP index stores sizes and offsets.

    Attributes
    ----------
    first_size
        The number with the first image's size.
    others
        References to the other images.
    """

    first_size: Reference
    others: list[Reference]


class FoundIndex(NamedTuple):
    """The MP index of a file.

    Attributes
    ----------
    segment
        Its segment.
    start
        Offset of the MP Header in the file.
    data
        The bytes of its TIFF block.
    pictures
        Its content.
    """

    segment: Segment
    start: int
    data: bytes
    pictures: PictureIndex

    def patches(self, growths: Sequence[Growth]) -> list[Patch]:
        """Return its changes when the file grows.

        DC-007 5.2.3.3: the first image's size counts all inserted bytes; the others' offsets those after the header.
        """
        first_size, others = self.pictures
        numbers = follow(self.data, self.start, others, growths)
        if value_of(self.data, first_size):
            numbers[first_size.at] = added(self.data, first_size, sum(growth.size for growth in growths))
        return [
            Patch(self.start + at, len(number), number)
            for at, number in numbers.items()
            if not self.data.startswith(number, at)
        ]


def find_index(head: Head, growths: Sequence[Growth]) -> FoundIndex | None:
    """Return the MP index of a file that is about to grow: only its first image has one, in one segment.

    A damaged index may stay as it is if all growth comes before it: whatever a
    reader still finds counts from there.

    Raises
    ------
    CorruptPhotoError
        The index is damaged, or too many segments could hold one.
    """
    for segment in index_segments(head):
        start = segment.payload + len(MPF_HEADER)
        data = head.data[start : segment.end]
        try:
            pictures = read_index(data)
        except CorruptPhotoError:
            if any(segment.start < growth.at for growth in growths):
                raise
            continue
        if pictures:
            return FoundIndex(segment, start, data, pictures)
    return None


def index_segments(head: Head) -> list[Segment]:
    """Return the segments of a head that could hold an MP index.

    Raises
    ------
    CorruptPhotoError
        There are too many.
    """
    found = [
        segment
        for segment in head.segments
        if segment.marker == APP2 and head.data.startswith(MPF_HEADER, segment.payload, segment.end)
    ]
    if len(found) > MAX_SEGMENTS:
        raise CorruptPhotoError(f"the photo is damaged: it has more than {MAX_SEGMENTS} multi-picture segments")
    return found


def read_index(block: bytes) -> PictureIndex | None:
    """Read the MP index of a file.

    Parameters
    ----------
    block
        The TIFF block of the MPF segment, from the MP Header on.

    Returns
    -------
    PictureIndex or None
        None if the block is that of a file's second or later image, which lists no images.

    Raises
    ------
    CorruptPhotoError
        The index is damaged, and could not be adjusted.
    """
    # A Nintendo 3DS camera wrote a blank for one letter of the byte order's mark; the 42 after it shows the order, too.
    order = byte_order(_MARKS.get(block[2:4], b"") + block[2:4])
    if order is None or len(block) < 8:
        raise _damaged()
    ifd = read_ifd(block, order.long.unpack_from(block, 4)[0], order, "multi-picture index")
    found = ifd.find({_MP_ENTRY})
    if not found:
        return None
    images = found[0]
    if images.size % _ENTRY_SIZE or not _ENTRY_SIZE <= images.size <= MAX_IMAGES * _ENTRY_SIZE:
        raise _damaged()
    if images.stop > len(block):
        raise _damaged()
    others = [
        Reference(at + 8, order, 0)
        for at in range(images.start + _ENTRY_SIZE, images.stop, _ENTRY_SIZE)
        if order.long.unpack_from(block, at + 8)[0]
    ]
    return PictureIndex(Reference(images.start + 4, order, 0), others)


def _damaged() -> CorruptPhotoError:
    return CorruptPhotoError("the photo's multi-picture index is damaged, so it cannot be adjusted")
