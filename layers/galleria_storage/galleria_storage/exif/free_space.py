"""Finding zero padding behind everything that a TIFF block is known to hold."""

from galleria_storage.exif.tiff import THUMBNAIL_LENGTH, THUMBNAIL_OFFSET, TiffBlock

MARGIN = 32
"""Zero bytes left alone behind the last byte that is not zero: a value that no IFD lists may end in zeros."""


def padding_start(block: TiffBlock) -> int:
    """Return the offset from which on a block is padding: zeros that no known value claims.

    Nikon, for example, fills APP1 with zeros up to 65,526 bytes. Returns the block's length if it has none.
    """
    data = block.data
    size = len(data)
    used = len(data.rstrip(b"\0"))
    if used == size:
        return size
    for _, ifd in block.directories:
        used = max(used, ifd.end + 4)
        thumbnail = {}
        for entry in ifd.entries:
            if entry.size > 4:
                used = max(used, entry.value + entry.size)
            elif entry.tag in (THUMBNAIL_OFFSET, THUMBNAIL_LENGTH) and entry.size == 4:
                thumbnail[entry.tag] = block.order.long.unpack_from(data, entry.value)[0]
        used = max(used, sum(thumbnail.values()))
    return min(used + MARGIN, size)
