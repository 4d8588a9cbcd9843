"""One correction of one photo from file to file, by our editor and by its peers."""

import os
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import piexif
import pyexiv2
from PIL import Image

from benchmarks.exiftool import ExifTool, exiftool_command, missing
from galleria_storage.corrections.correction import Correction
from galleria_storage.photos.photo import correct_stream

CORRECTION = Correction.absolute(datetime(2021, 3, 4, 5, 6, 7), -5)  # noqa: DTZ001 # wall-clock time
TAGS = ("-DateTimeOriginal=2021:03:04 05:06:07", "-OffsetTimeOriginal=-05:00")

Task = Callable[[Path, Path], None]


def ours(source: Path, target: Path) -> None:
    """Correct from file to file."""
    with source.open("rb") as photo, target.open("wb") as copy:
        correct_stream(photo, copy, CORRECTION)


def plain_copy(source: Path, target: Path) -> None:
    """Read all and write all: the least that a correction from file to file costs."""
    target.write_bytes(source.read_bytes())


def with_piexif(source: Path, target: Path) -> None:
    """Load, change, dump, insert."""
    tags = piexif.load(str(source))
    tags["Exif"][piexif.ExifIFD.DateTimeOriginal] = b"2021:03:04 05:06:07"
    tags["Exif"][piexif.ExifIFD.OffsetTimeOriginal] = b"-05:00"
    piexif.insert(piexif.dump(tags), str(source), str(target))


def with_pyexiv2(source: Path, target: Path) -> None:
    """Change the bytes in memory."""
    with pyexiv2.ImageData(source.read_bytes()) as image:
        image.modify_exif(
            {"Exif.Photo.DateTimeOriginal": "2021:03:04 05:06:07", "Exif.Photo.OffsetTimeOriginal": "-05:00"}
        )
        target.write_bytes(image.get_bytes())


def with_pillow(source: Path, target: Path) -> None:
    """Decode and encode again."""
    with Image.open(source) as image:
        tags = image.getexif()
        tags.get_ifd(0x8769)[0x9003] = "2021:03:04 05:06:07"
        tags.get_ifd(0x8769)[0x9011] = "-05:00"
        image.save(target, "JPEG", quality="keep", exif=tags)


def with_exiftool_process(source: Path, target: Path) -> None:
    """Start exiftool for one photo."""
    command = exiftool_command() or missing()
    subprocess.run([*command, "-q", *TAGS, "-o", target, source], check=True)


class WithExifTool:
    """Hand the photo to an exiftool that is running."""

    def __init__(self) -> None:
        self._running = ExifTool()

    def __call__(self, source: Path, target: Path) -> None:
        """Let it write the corrected copy."""
        self._running.run(*TAGS, "-o", target, source)

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process has used."""
        return self._running.cpu_seconds()


#: How each task is made.
TASKS: dict[str, Callable[[], Task]] = {
    "galleria-storage": lambda: ours,
    "read all, write all": lambda: plain_copy,
    "exiftool -stay_open": WithExifTool,
    "exiftool, a process each": lambda: with_exiftool_process,
    "piexif": lambda: with_piexif,
    "pyexiv2": lambda: with_pyexiv2,
    "Pillow (re-encodes)": lambda: with_pillow,
}
#: Those that take much longer than milliseconds: two runs are enough.
SLOW = ("exiftool, a process each", "Pillow (re-encodes)")


def cpu_seconds(task: Task) -> float:
    """CPU time so far, of this process, of its children that ended and of a running exiftool."""
    times = os.times()
    running = task.cpu_seconds() if isinstance(task, WithExifTool) else 0.0
    return time.process_time() + times.children_user + times.children_system + running
