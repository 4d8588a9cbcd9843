r"""The Multi-Picture Format index: several images in one file.

CIPA DC-007 section 5: APP2 with the identifier ``MPF\\0`` holds a TIFF block, the
MP Header, whose IFD lists the images. MP Entry (0xB002) has sixteen bytes for
each: attribute, size, data offset, two dependent image numbers. Offsets count
from the MP Header; that of the first image, which is the file itself, is 0.
Gain maps (Ultra HDR), dual cameras and previews are found through it.
"""

from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import byte_order, read_ifd
from galleria_storage.photos.exif.references import Reference

MPF_HEADER: Final = b"MPF\0"

MAX_IMAGES: Final = 1000
"""More images than any camera writes into one file; bounds the work on hostile input."""

_MP_ENTRY: Final = 0xB002
_ENTRY_SIZE: Final = 16


class PictureIndex(NamedTuple):
    """Where an MP index tells sizes and places.

    Attributes
    ----------
    first_size
        Reference-like place of the number that tells the first image's size.
    others
        References to the other images.
    """

    first_size: Reference
    others: list[Reference]


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
        The index is damaged: it could not be kept right.
    """
    order = byte_order(block)
    if order is None or len(block) < 8:
        raise _damaged()
    ifd = read_ifd(block, order.long.unpack_from(block, 4)[0], order, "multi-picture index")
    found = ifd.find({_MP_ENTRY})
    if not found:
        return None
    images = found[0]
    end = images.value + images.size
    if images.size % _ENTRY_SIZE or not _ENTRY_SIZE <= images.size <= MAX_IMAGES * _ENTRY_SIZE or end > len(block):
        raise _damaged()
    others = [
        Reference(at + 8, order, 0)
        for at in range(images.value + _ENTRY_SIZE, end, _ENTRY_SIZE)
        if order.long.unpack_from(block, at + 8)[0]
    ]
    return PictureIndex(Reference(images.value + 4, order, 0), others)


def _damaged() -> CorruptPhotoError:
    return CorruptPhotoError("The photo's multi-picture index is damaged, so that it cannot be kept right.")
