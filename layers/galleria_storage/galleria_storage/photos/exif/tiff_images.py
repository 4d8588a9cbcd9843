"""Images and IFDs in a block that TIFF allows but Exif does not define.

In TIFF 6.0 section 8 an image may consist of strips, with their offsets and
lengths as SHORT or LONG; uncompressed thumbnails (Exif 2.32 4.6.4) are stored
this way. Some programs write a thumbnail's offset with a type that the standard
does not allow, and readers follow it. TIFF technical note 1 (SubIFDs, 0x014A)
lets an image have further ones, each in its own IFD.
"""

from collections.abc import Iterator
from typing import Final, Literal

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import LITTLE, Entry, Ifd, is_pointer, read_ifd
from galleria_storage.photos.exif.tiff import TiffBlock
from galleria_storage.photos.refusals import damaged_exif

NOT_FOLLOWED: Final = 0x400_0000
"""A thumbnail that extends 64 MiB past the block has a wrong length; no reader follows it."""

MAX_STRIPS: Final = 4096
"""More strips than a thumbnail has lines; limits the work on hostile input."""

MAX_NUMBERS: Final = 2 * MAX_STRIPS
"""Limit of offsets and lengths examined in one block, even if entries share them."""

MAX_SUB_IFDS: Final = 64
"""More SubIFDs than any camera or program writes into one block."""

_STRIPS: Final = (0x0111, 0x0117)
_IMAGE_DATA: Final = ((0x0201, 0x0202), _STRIPS, (0x0144, 0x0145))
_PLACES: Final = frozenset(place for place, _ in _IMAGE_DATA)
_SUB_IFDS: Final = 0x014A
_WIDTHS: Final = {1: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4}
"""Bytes per number, by type; UNDEFINED because readers take a single such byte for a number."""


def strips(block: TiffBlock) -> Iterator[tuple[int, int]]:
    """Yield offset and length of all image data in a block except the common kind, which `Ifd.images` lists.

    Raises
    ------
    CorruptPhotoError
        There are more than `MAX_NUMBERS` of them.
    """
    left = MAX_NUMBERS
    for ifd in block.ifds:
        for tags in _IMAGE_DATA:
            # The strips of IFD0 are those of the main image, which in a JPEG file is not stored in strips.
            if tags[0] in ifd.tag_set and tags[1] in ifd.tag_set and (ifd.name != "IFD0" or tags is not _STRIPS):
                starts, lengths = (ifd.find({tag})[0] for tag in tags)
                if tags not in _IMAGE_DATA[:2] or not (is_pointer(starts) and is_pointer(lengths)):
                    left -= starts.number + lengths.number
                    if left < 0:
                        raise damaged_exif(f"it has more than {MAX_NUMBERS:,} strips or tiles")
                    yield from zip(numbers(block, starts), numbers(block, lengths), strict=False)


def ends_of_strips(block: TiffBlock) -> list[int]:
    """Return the ends of image data that starts in a block.

    Raises
    ------
    CorruptPhotoError
        Some starts after the block, and could no longer be found if the block grew.
    """
    size, ends = len(block.data), []
    for start, length in strips(block):
        if length:
            if start >= size:
                raise _outside()
            ends.append(start + length)
    return ends


def check_sub_ifds(block: TiffBlock) -> None:
    """Refuse growth of a block with SubIFDs that extend past its end or refer to something after it.

    Raises
    ------
    CorruptPhotoError
        Such a SubIFD would change its meaning, or there are more than `MAX_SUB_IFDS`.
    """
    pointers = [pointer for ifd in block.ifds if _SUB_IFDS in ifd.tag_set for pointer in ifd.find((_SUB_IFDS,))]
    if sum(pointer.number for pointer in pointers) > MAX_SUB_IFDS:
        raise damaged_exif(f"it has more than {MAX_SUB_IFDS} SubIFDs")
    for at in {at for pointer in pointers for at in numbers(block, pointer) if at}:
        _check_sub_ifd(block, read_ifd(block.data, at, block.order, "SubIFD"))


def _check_sub_ifd(block: TiffBlock, ifd: Ifd) -> None:
    size = len(block.data)
    reach = [ifd.end + 4, *(end for _, _, end, _ in ifd.values), *(start + length for _, start, length in ifd.images)]
    if max(reach) > size or any(ifd.at == other.at for other in block.ifds):
        raise _outside()


def numbers(block: TiffBlock, entry: Entry) -> list[int]:
    """Return the numbers in an entry; none if they are outside the block, or more than `MAX_STRIPS`."""
    width = _WIDTHS.get(entry.type, 0)
    end = entry.stop
    if not width or entry.number > MAX_STRIPS or end > len(block.data):
        return []
    order: Literal["little", "big"] = "little" if block.order is LITTLE else "big"
    return [int.from_bytes(block.data[at : at + width], order) for at in range(entry.start, end, width)]


def _outside() -> CorruptPhotoError:
    return CorruptPhotoError(
        "the photo's Exif data holds an image that would be lost if the photo grew",
        advice="Publish the photo without a correction of what it does not hold yet.",
    )
