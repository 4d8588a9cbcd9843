"""Exif data that starts with the 32-bit offset of its TIFF header: an item of HEIF, a box of JPEG XL.

ISO/IEC 23008-12 annex A.2.1 and ISO/IEC 18181-2 9.5: `exif_tiff_header_offset`.
"""

from typing import Final

from galleria_storage.photos.exif.ifd import byte_order
from galleria_storage.photos.refusals import damaged

_NAME: Final = b"Exif\0\0"


def header_start(data: bytes) -> int:
    """Return where in Exif data the TIFF header is.

    The first 32 bits give the number of bytes between them and the header: 0,
    or 6 for ``Exif`` and two NULs. Some writers include these 32 bits in the
    number, or omit them or the name, so readers also search for the header.

    Raises
    ------
    CorruptPhotoError
        The header is missing.
    """
    told = 4 + int.from_bytes(data[:4], "big")
    for start in (told, told - 4):
        if start >= 4 and byte_order(data[start : start + 8]):
            return start
    for start in (0, 4):
        if data.startswith(_NAME, start) and byte_order(data[start + 6 : start + 14]):
            return start + 6
        if byte_order(data[start : start + 8]):
            return start
    raise damaged("its Exif data does not start with a TIFF header")
