"""Where in a TIFF block new data may go: into zero padding, or behind its end."""

from collections.abc import Collection
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.survey import Survey
from galleria_storage.photos.exif.tiff import TiffBlock
from galleria_storage.photos.exif.tiff_images import NOT_FOLLOWED

MARGIN: Final = 32
"""Zero bytes left alone behind the last byte that is not zero: a value that no IFD lists may end in zeros."""

_ADVICE: Final = "Publish the photo without a correction of what it does not hold yet."


def padding_for(block: TiffBlock, contents: Survey, wanted: int) -> int | None:
    """Return where in a block's padding so many bytes can go: at its very end, far from all that is in use.

    Nikon, for example, fills APP1 with zeros up to 65,526 bytes.

    Returns
    -------
    int or None
        An even offset; None if the block does not end with enough zeros that nothing known claims.
    """
    size = len(block.data)
    start = (size - wanted - 1) & ~1
    used = max(contents.end, *contents.image_ends, 8)
    if contents.cut or start < used + MARGIN or not block.data.endswith(bytes(size - start + MARGIN)):
        return None
    return start


def continuation(block: TiffBlock, contents: Survey, following: bytes | memoryview) -> bytes:
    """Return what must stand directly behind a block before anything new may.

    A thumbnail may reach over the end of the block, by a wrong length or because
    a program cut the block. Readers that take it from the file find the following
    bytes of the file there; a copy of them lets such readers find the same.

    Parameters
    ----------
    block
        The block that shall grow.
    contents
        Its survey.
    following
        The bytes of the file that follow it.

    Raises
    ------
    CorruptPhotoError
        The thumbnail reaches into the image.
    """
    size = len(block.data)
    overrun = 0
    for end in contents.image_ends:
        if overrun < end - size < NOT_FOLLOWED:
            overrun = end - size
    if overrun > len(following):
        raise CorruptPhotoError(
            "The photo's thumbnail reaches over the end of the Exif data, so that nothing can be added there.",
            advice=_ADVICE,
        )
    # TIFF 6.0 section 2: the offset of the next IFD follows the entries. Where the block ends before it, there is none.
    lacking = contents.tables_end + 4 - size
    if lacking > 0 and any(ifd.end % 2 != size % 2 for ifd in block.ifds if ifd.end + 4 > size):
        raise _cut_off()  # ExifTool takes such an IFD for a damaged one, others read it
    return bytes(following[:overrun]).ljust(max(lacking, 0), b"\0")


def check_growth(block: TiffBlock, contents: Survey, growth: int, texts: Collection[int]) -> None:
    """Refuse to let a block grow over something that was cut off at its end and would get a new meaning.

    Parameters
    ----------
    block
        The block.
    contents
        Its survey.
    growth
        By how much it shall grow.
    texts
        The tags that get a new value.

    Raises
    ------
    CorruptPhotoError
        An IFD or value that starts in the block and ends behind it would then lie in the block.
    """
    size = len(block.data)
    kept = [entry.stop for _, entry in block.captures if entry.tag not in texts]
    if any(size < end <= size + growth for end in (*contents.cut, *kept)):
        raise _cut_off()


def _cut_off() -> CorruptPhotoError:
    return CorruptPhotoError(
        "The photo's Exif data is cut off at its end, so that nothing can be added there.", advice=_ADVICE
    )
