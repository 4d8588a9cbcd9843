"""Where in a TIFF block new data may go: into zero padding, or behind its end."""

from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.maker_note import note_ifds
from galleria_storage.exif.references import IMAGE_DATA, maker_note_entries
from galleria_storage.exif.tiff import LITTLE, POINTERS, Ifd, TiffBlock

MARGIN: Final = 32
"""Zero bytes left alone behind the last byte that is not zero: a value that no IFD lists may end in zeros."""


class Extent(NamedTuple):
    """How far the known contents of a block reach.

    Attributes
    ----------
    values
        Ends of all IFDs and values that start in the block, those of maker notes included.
    images
        Ends of the thumbnails that start in it.
    """

    values: list[int]
    images: list[int]


def extent(block: TiffBlock) -> Extent:
    """Return where the known contents of a block end; some may end behind the block."""
    size = len(block.data)
    values, images = [8], [8]
    for _, ifd in block.directories:
        values.append(ifd.end)
        values += (entry.value + entry.size for entry in ifd.entries if entry.size > 4 and entry.value < size)
        images += _image_ends(block, ifd)
    for _, at in block.damage:
        count = int.from_bytes(block.data[at : at + 2], "little" if block.order is LITTLE else "big")
        if at < size:
            values.append(at + 2 + 12 * count)
    for note in maker_note_entries(block):
        for ifd, base, _, sound in note_ifds(block.data, block.order, note):
            # The layout of a note that is not sound may be another: it counts from the header, or from its own start.
            for start in (0,) if sound else (0, -base, note.value - base):
                ends = (
                    entry.value + start + entry.size for entry in ifd.entries if entry.size > 4 and entry.value < size
                )
                values += (end for end in ends if sound or end <= size)
    return Extent(values, images)


def _image_ends(block: TiffBlock, ifd: Ifd) -> list[int]:
    tags = {entry.tag: entry for entry in ifd.entries}
    ends = []
    for offset, length in IMAGE_DATA:
        if offset in tags and length in tags and tags[offset].size == tags[length].size == 4:
            start, count = (block.order.long.unpack_from(block.data, tags[tag].value)[0] for tag in (offset, length))
            if start < len(block.data):
                ends.append(start + count)
    return ends


def padding_start(block: TiffBlock) -> int:
    """Return the offset from which on a block is padding: zeros that nothing known claims.

    Nikon, for example, fills APP1 with zeros up to 65,526 bytes. Returns the block's length if it has none.
    """
    size = len(block.data)
    used = len(block.data.rstrip(b"\0"))
    if used == size:
        return size
    known = extent(block)
    return min(max(used, *known.values, *known.images) + MARGIN, size)


def continuation(block: TiffBlock, following: bytes) -> bytes:
    """Return what must stand directly behind a block before anything new may.

    A thumbnail may reach over the end of the block, by a wrong length or because
    a program cut the block. Readers that take it from the file find the following
    bytes of the file there; a copy of them lets such readers find the same.

    Parameters
    ----------
    block
        The block that shall grow.
    following
        The bytes of the file that follow it.

    Raises
    ------
    CorruptPhotoError
        The thumbnail reaches into the image.
    """
    size = len(block.data)
    overrun = max(extent(block).images) - size
    if overrun > len(following):
        raise CorruptPhotoError(
            "The photo's thumbnail reaches over the end of the Exif data, so that nothing can be added there.",
            advice="Publish the photo without a correction of what it does not hold yet.",
        )
    # TIFF 6.0 section 2: the offset of the next IFD follows the entries; where the block ends before it, there is none.
    lacking = max(ifd.end + 4 for _, ifd in block.directories) - size
    return following[: max(overrun, 0)].ljust(max(lacking, 0), b"\0")


def check_growth(block: TiffBlock, growth: int) -> None:
    """Refuse to let a block grow over something that was cut off at its end and would get a new meaning.

    Raises
    ------
    CorruptPhotoError
        An IFD or value that starts in the block and ends behind it would then lie in the block. Or a
        pointer is no LONG (Exif 2.32 4.6.3): readers differ in what they read there, so none can follow.
    """
    for name, ifd in block.directories:
        if any(entry.tag in POINTERS and entry.size != 4 for entry in ifd.entries):
            raise CorruptPhotoError(f"The photo's Exif data is damaged: a pointer in its {name} has the wrong type.")
    size = len(block.data)
    cut = [end for end in extent(block).values if size < end <= size + growth]
    if cut:
        raise CorruptPhotoError(
            "The photo's Exif data is cut off at its end, so that nothing can be added there.",
            advice="Publish the photo without a correction of what it does not hold yet.",
        )
