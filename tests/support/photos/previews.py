"""RAW files that keep a JPEG with capture tags of its own: Fujifilm RAF and Panasonic RW2, as small as can be."""

from typing import Final

import piexif

from tests.support.photos import tiffs
from tests.support.photos.jpegs import segment, smallest

META: Final = b"meta data"
PICTURE: Final = b"raw data" * 9
_START: Final = 148


def preview(*, offset: bool) -> bytes:
    """Return a JPEG with a capture time, and perhaps its offset."""
    exif = {36867: b"2020:01:02 03:04:05", **({36881: b"-05:00"} if offset else {})}
    payload: bytes = piexif.dump({"Exif": exif})
    return smallest(segment(0xE1, payload))


def raf_file(shown: bytes, *, gap: int = 3, second: bool = False) -> bytes:
    """Return a RAF: header, JPEG, gap, meta data and picture; `second` lists the picture twice, as newer models do."""
    meta = _START + len(shown) + gap
    picture = meta + len(META)
    header = bytearray(b"FUJIFILMCCD-RAW 0201FF392201FinePix S5Pro".ljust(_START, b"\0"))
    for at, value in {84: _START, 88: len(shown), 92: meta, 96: len(META), 100: picture, 104: len(PICTURE)}.items():
        header[at : at + 4] = value.to_bytes(4, "big")
    if second:
        header[120:124] = picture.to_bytes(4, "big")
    return bytes(header) + shown + bytes(gap) + META + PICTURE


def rw2_file(shown: bytes, exif: dict[int, tuple[int, bytes]]) -> bytes:
    """Return an RW2: a TIFF with its own number in the header, and the JPEG as a value of IFD0."""
    return tiffs.photo(exif, magic=b"U\0", main={0x002E: (7, shown)})
