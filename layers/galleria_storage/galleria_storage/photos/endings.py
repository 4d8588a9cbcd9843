"""Whether the end of a file is there, in formats that nobody corrects: what was cut off must not be published.

Formats that are corrected notice it while an edit is planned.
"""

from typing import Final

from galleria_storage.photos.refusals import cut_off
from galleria_storage.photos.source import RangedSource

_TAIL: Final = 1024
"""Last bytes that are looked at: some programs append a few after the end."""

_GIF_TRAILER: Final = b"\x3b"  # GIF89a 27
_BMP_SIZE: Final = 2  # BITMAPFILEHEADER.bfSize


def check_ending(source: RangedSource, media_type: str) -> None:
    """Refuse a file that lacks its end, if its format shows that.

    Raises
    ------
    TruncatedPhotoError
        The end is missing.
    """
    if media_type == "image/gif" and _GIF_TRAILER not in source.read(max(source.size - _TAIL, 0), _TAIL):
        raise cut_off("its image data has no end")
    if media_type == "image/bmp":
        size = int.from_bytes(source.read(_BMP_SIZE, 4), "little")
        if size > source.size:
            raise cut_off(f"it has {source.size:,} of {size:,} bytes")
