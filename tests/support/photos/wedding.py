"""The folder of a wedding: 65 files of three cameras and two phones, with what else lies in such folders."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import piexif
from PIL import Image

from tests.support.photos.raw_files import MAKE, tiff

NOON: Final = datetime(2024, 6, 15, 12, tzinfo=UTC)
#: Stockholm in June.
OFFSET: Final = timedelta(hours=2)
RULES: Final = """
zone = "Europe/Stockholm"

[[rule]]                # one hour slow
camera = "Canon EOS R5"
serial = "1111"
shift = "+1h"

[[rule]]                # the second body of the same model, fast
serial = "2222"
shift = "-11m34s"
"""


class Camera(NamedTuple):
    """A camera, and how far its clock was ahead of the right local time.

    Attributes
    ----------
    folder, photos
        Where its photos are, and how many it took.
    offset
        What it writes as the capture offset; cameras write none, phones do.
    """

    folder: str
    make: str
    model: str
    serial: str
    photos: int
    ahead: timedelta = timedelta()
    offset: str = ""


CAMERAS: Final = (
    Camera("anna", "Canon", "Canon EOS R5", "1111", 20, timedelta(hours=-1)),
    Camera("björn", "Canon", "Canon EOS R5", "2222", 15, timedelta(minutes=11, seconds=34)),
    Camera("clara", "NIKON CORPORATION", "NIKON Z 6", "3333", 12),
    Camera("guests", "Apple", "iPhone 13", "", 7, offset="+02:00"),
    Camera("guests", "Google", "Pixel 7", "", 5, offset="+02:00"),
)
#: What is not pushed: no photos, RAW files, sidecars, leftovers.
OTHERS: Final = {
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "menu.pdf": b"%PDF-1.7\n",
    "anna/IMG_0000.CR2": b"II*\0\x10\0\0\0CR\x02\0" + tiff({MAKE: "Canon"})[8:],
    "clara/DSC_0000.NEF": tiff({254: 1, MAKE: "NIKON CORPORATION", 330: [{259: 34713}]}),
    "clara/DSC_0001.xmp": b"<x:xmpmeta/>",
    "guests/notes.txt": b"Who is who\n",
}


class Shot(NamedTuple):
    """A photo of the folder: its name, its bytes, and when it was really taken (UTC)."""

    name: str
    data: bytes
    moment: datetime


def shots() -> Iterator[Shot]:
    """Yield the photos: all cameras take turns, a minute apart."""
    for number, camera in enumerate(CAMERAS):
        for count in range(camera.photos):
            moment = NOON + timedelta(minutes=5 * count + number)
            name = f"{camera.folder}/{camera.model.split()[-1]}_{count:04}.{'JPG' if number % 2 else 'jpg'}"
            yield Shot(name, _photo(camera, moment + OFFSET + camera.ahead), moment)


def lay_out(folder: Path) -> list[Shot]:
    """Write the folder with its rules, and return its photos."""
    photos = list(shots())
    for name, data in [*((shot.name, shot.data) for shot in photos), *OTHERS.items()]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "galleria.toml").write_text(RULES, encoding="utf-8")
    return photos


def _photo(camera: Camera, shown: datetime) -> bytes:
    taken = {piexif.ExifIFD.DateTimeOriginal: f"{shown:%Y:%m:%d %H:%M:%S}"}
    if camera.offset:
        taken[piexif.ExifIFD.OffsetTimeOriginal] = camera.offset
    if camera.serial:
        taken[piexif.ExifIFD.BodySerialNumber] = camera.serial
    main = {piexif.ImageIFD.Make: camera.make, piexif.ImageIFD.Model: camera.model}
    out = io.BytesIO()
    piexif.insert(piexif.dump({"0th": main, "Exif": taken}), _picture(), out)
    return out.getvalue()


@cache
def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (24, 16), "teal").save(out, "JPEG")
    return out.getvalue()
