"""Exif data that starts with 32 bits which tell where its TIFF header is: an item of HEIF, a box of JPEG XL.

ISO/IEC 23008-12 annex A.2.1 and ISO/IEC 18181-2 9.5: `exif_tiff_header_offset`.
"""

from typing import Final

from galleria_storage.photos.exif.ifd import byte_order
from galleria_storage.photos.refusals import damaged

_NAME: Final = b"Exif\0\0"


def header_start(data: bytes) -> int:
    """Return where in Exif data the TIFF header is.

    The first 32 bits tell how many bytes are between them and the header: 0,
    or 6 for ``Exif`` and two NULs. Some writers count themselves, or forget
    them, or the name; readers look for the header, too.

    Raises
    ------
    CorruptPhotoError
        There is no header.
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
