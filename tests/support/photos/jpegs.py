"""Plain JPEG files of any size, and how to look at them without the library's own eyes (piexif reads the tags).

Cameras' oddities, built byte by byte, are in `camera_files`.
"""

import random
from typing import Final

import piexif

TAKEN: Final = "2024:06:15 12:30:45"
_APP0: Final = bytes.fromhex("ffe000104a46494600010100000100010000")
_SCAN: Final = bytes.fromhex("ffda0008010100003f00")
_END: Final = b"\xff\xd9"


def photo(taken: str | None = TAKEN, *, size: int = 20_000, seed: int = 0) -> bytes:
    """Return a photo of about `size` bytes; another `seed` is another picture.

    Parameters
    ----------
    taken
        Its capture time; None for a photo that has none.
    size
        Bytes of image data.
    seed
        Decides the image data.
    """
    tags = {"Exif": {piexif.ExifIFD.DateTimeOriginal: taken}} if taken else {}
    exif = piexif.dump({"0th": {piexif.ImageIFD.Make: "Maker"}, **tags})
    app1 = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    picture = random.Random(seed).randbytes(size).replace(b"\xff", b"\x00")
    return b"\xff\xd8" + _APP0 + app1 + _SCAN + picture + _END


def image_data(jpeg: bytes) -> bytes:
    """Return everything from the first start of scan on (ITU-T T.81, annex B): what no edit may touch."""
    position = 2
    while jpeg[position + 1] != 0xDA:
        position += 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
    return jpeg[position:]


def capture(jpeg: bytes) -> tuple[str, str]:
    """Return capture time and capture offset, empty where there is none."""
    exif = piexif.load(jpeg)["Exif"]
    time, offset = (exif.get(tag, b"") for tag in (piexif.ExifIFD.DateTimeOriginal, piexif.ExifIFD.OffsetTimeOriginal))
    return time.decode(), offset.decode()
