"""A generated wedding as files: small JPEGs whose Exif data says what each camera would have written."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import piexif
from PIL import Image

from galleria_storage.clocks.shots import Shot
from galleria_storage.corrections.zones import offset_text
from tests.support.photos.jpegs import SCAN, segment


def write_files(shots: Iterable[Shot], folder: Path) -> None:
    """Write a JPEG for each shot, with a thumbnail whose picture is like that of the shot."""
    for shot in shots:
        path = folder / shot.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xd8" + segment(0xE1, piexif.dump(_tags(shot))) + SCAN)


def _tags(shot: Shot) -> dict[str, object]:
    make, _, model = shot.camera.partition(" ")
    tags: dict[str, dict[int, object]] = {"0th": {piexif.ImageIFD.Make: make, piexif.ImageIFD.Model: model}, "Exif": {}}
    if shot.clock:
        tags["Exif"][piexif.ExifIFD.DateTimeOriginal] = f"{shot.clock:%Y:%m:%d %H:%M:%S}"
    if shot.offset is not None:
        tags["Exif"][piexif.ExifIFD.OffsetTimeOriginal] = offset_text(shot.offset)
    if shot.gps:
        parts = (shot.gps.hour, shot.gps.minute, shot.gps.second)
        tags["GPS"] = {
            piexif.GPSIFD.GPSDateStamp: f"{shot.gps:%Y:%m:%d}",
            piexif.GPSIFD.GPSTimeStamp: tuple((part, 1) for part in parts),
        }
    if shot.picture is not None:
        return {**tags, "1st": {piexif.ImageIFD.Compression: 6}, "thumbnail": _thumbnail(shot.picture)}
    return dict(tags)


@cache
def _thumbnail(picture: int) -> bytes:
    """Return a small picture made of the bits of a number."""
    cells = Image.new("L", (9, 9))
    cells.putdata([255 * (picture >> place & 1) for place in range(81)])
    data = io.BytesIO()
    cells.resize((72, 72), Image.Resampling.NEAREST).save(data, "JPEG", quality=60)
    return data.getvalue()
