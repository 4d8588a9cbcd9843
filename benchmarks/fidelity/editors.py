"""The editors that are compared: each takes a photo's bytes and returns it with the capture time and offset set.

Each peer is used as its own documentation says. An editor that refuses
raises, or returns None.
"""

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from benchmarks.exiftool import ExifTool

CAPTURED = datetime(2021, 3, 4, 5, 6, 7)  # noqa: DTZ001 # wall-clock time
OFFSET_HOURS = -5
TIME_TEXT, OFFSET_TEXT = "2021:03:04 05:06:07", "-05:00"
EXIF_IFD = 0x8769
DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 0x9003, 0x9011


def galleria_storage(data: bytes) -> bytes:
    """Use ours."""
    from galleria_storage.corrections.correction import Correction  # noqa: PLC0415 # each worker imports what it runs
    from galleria_storage.photos.photo import correct_bytes  # noqa: PLC0415

    return correct_bytes(data, Correction.absolute(CAPTURED, OFFSET_HOURS))


@cache
def _exiftool() -> ExifTool:
    return ExifTool()


def _with_exiftool(data: bytes, *options: str) -> bytes:
    from galleria_storage.photos.sniff import recognise  # noqa: PLC0415
    from galleria_storage.photos.source import BytesSource  # noqa: PLC0415

    found = recognise(BytesSource(data))
    # exiftool goes by the name: image/x-canon-cr3 is a .cr3.
    kind = found.media_type.removesuffix("-sequence").rpartition("/")[2].rpartition("-")[2] if found else "jpeg"
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"in.{kind}"), Path(folder, f"out.{kind}")
        source.write_bytes(data)
        tags = (f"-ExifIFD:DateTimeOriginal={TIME_TEXT}", f"-ExifIFD:OffsetTimeOriginal={OFFSET_TEXT}")
        answer = _exiftool().run(*options, *tags, "-o", target, source)
        if not target.exists():
            raise ValueError(answer.decode("utf-8", "replace").strip())
        return target.read_bytes()


def exiftool_lenient(data: bytes) -> bytes:
    """Use exiftool with `-m`: minor errors are ignored."""
    return _with_exiftool(data, "-m")


def exiftool_strict(data: bytes) -> bytes:
    """Use exiftool as it comes."""
    return _with_exiftool(data)


def exiv2(data: bytes) -> bytes:
    """Use exiv2, by pyexiv2."""
    import pyexiv2  # noqa: PLC0415

    pyexiv2.set_log_level(4)
    with pyexiv2.ImageData(data) as image:
        image.modify_exif({"Exif.Photo.DateTimeOriginal": TIME_TEXT, "Exif.Photo.OffsetTimeOriginal": OFFSET_TEXT})
        return bytes(image.get_bytes())


def exif(data: bytes) -> bytes:
    """Use the package `exif`."""
    import exif as package  # noqa: PLC0415

    image = package.Image(data)
    image.datetime_original = TIME_TEXT
    image.offset_time_original = OFFSET_TEXT
    return bytes(image.get_file())


def piexif(data: bytes) -> bytes:
    """Use piexif: load, change, dump, insert."""
    import piexif as package  # noqa: PLC0415

    tags = package.load(data)
    tags["Exif"][DATE_TIME_ORIGINAL] = TIME_TEXT.encode()
    tags["Exif"][OFFSET_TIME_ORIGINAL] = OFFSET_TEXT.encode()
    output = BytesIO()
    package.insert(package.dump(tags), data, output)
    return output.getvalue()


def pillow(data: bytes) -> bytes:
    """Use Pillow: open and save again, with the same tables."""
    from PIL import Image  # noqa: PLC0415

    output = BytesIO()
    with Image.open(BytesIO(data)) as image:
        tags = image.getexif()
        tags.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = TIME_TEXT
        tags.get_ifd(EXIF_IFD)[OFFSET_TIME_ORIGINAL] = OFFSET_TEXT
        image.save(output, "JPEG", quality="keep", exif=tags)
    return output.getvalue()


EDITORS: dict[str, Callable[[bytes], bytes]] = {
    "galleria-storage": galleria_storage,
    "exiftool -m": exiftool_lenient,
    "exiftool": exiftool_strict,
    "exiv2": exiv2,
    "exif": exif,
    "piexif": piexif,
    "Pillow": pillow,
}


def read_with_exiv2(data: bytes) -> dict[str, str] | None:
    """Read all Exif tags with exiv2, the second reader; None if it cannot read the file."""
    import pyexiv2  # noqa: PLC0415

    pyexiv2.set_log_level(4)
    try:
        with pyexiv2.ImageData(data) as image:
            return dict(image.read_exif())
    except (RuntimeError, UnicodeDecodeError):
        return None
