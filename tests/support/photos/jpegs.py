"""Plain JPEG files of any size, and how to read them without the library (piexif reads the tags).

Cameras' oddities, built byte by byte, are in `camera_files`.
"""

import random
from typing import Final

import piexif

from benchmarks.fidelity.jpeg import read_jpeg

TAKEN: Final = "2024:06:15 12:30:45"
#: SOI and a JFIF segment.
HEAD: Final = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
SCAN_START: Final = bytes.fromhex("ffda0008010100003f00")
END: Final = b"\xff\xd9"
#: The image data of a photo that is as small as can be.
SCAN: Final = SCAN_START + b"pixels" * 5 + END


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def smallest(*segments: bytes) -> bytes:
    """Return a JPEG of these segments and the image data `SCAN`."""
    return b"\xff\xd8" + b"".join(segments) + SCAN


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
    picture = random.Random(seed).randbytes(size).replace(b"\xff", b"\x00")
    return HEAD + segment(0xE1, exif) + SCAN_START + picture + END


def segments(jpeg: bytes) -> list[bytes]:
    """Return the segments before the first SOS, each with its marker and the stray bytes in front of it."""
    read = read_jpeg(jpeg)
    assert read is not None, "the segments are not in order"
    return [piece for _, marker, piece in read.pieces if marker]


def image_data(jpeg: bytes) -> bytes:
    """Return everything after the segments (ITU-T T.81, annex B): what no edit may touch."""
    return jpeg[2 + sum(map(len, segments(jpeg))) :]


def capture(jpeg: bytes) -> tuple[str, str]:
    """Return capture time and capture offset, empty where there is none."""
    exif = piexif.load(jpeg)["Exif"]
    time, offset = (exif.get(tag, b"") for tag in (piexif.ExifIFD.DateTimeOriginal, piexif.ExifIFD.OffsetTimeOriginal))
    return time.decode(), offset.decode()
