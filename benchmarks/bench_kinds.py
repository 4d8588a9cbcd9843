"""The second half of `make bench-exif`: what one correction costs in each kind of photo, beside its peers.

Every file is a picture of one megapixel, made by an encoder, with Exif data
that has no room for the offset yet; RAW files and films, which nothing encodes
here, are as the tests build them. CPU milliseconds, the least of some rounds.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import piexif
import pillow_heif
import pyexiv2
from PIL import Image

from benchmarks.exiftool import ExifTool
from benchmarks.fidelity.editors import CAPTURED, OFFSET_HOURS, OFFSET_TEXT, TIME_TEXT
from galleria_storage.corrections.correction import Correction
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.source import BytesSource
from tests.support.photos.every_format import samples

CORRECTION = Correction.absolute(CAPTURED, OFFSET_HOURS)
BAR = 1.0
"""Milliseconds for a plan that is read back."""

EXIF = piexif.dump({"0th": {271: b"Maker", 272: b"Model"}, "Exif": {36867: b"2020:01:02 03:04:05"}})
SIDE = 1000


def pictures() -> dict[str, bytes]:
    """Return a file of each kind by its extension."""
    noise = np.random.default_rng(1).integers(0, 255, (SIDE // 8, SIDE // 8, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((SIDE, SIDE))
    pillow_heif.register_heif_opener()
    files = {kind: saved(image, kind, exif=EXIF) for kind in ("heic", "avif", "png", "webp", "tiff")}
    pixels = np.asarray(image)
    exif = (len(EXIF) + 6).to_bytes(4, "big") + b"Exif" + bytes(4) + EXIF[6:]
    stream = imagecodecs.jpegxl_encode(pixels, usecontainer=True)
    files["jxl"] = stream[:32] + exif + stream[32:]
    uuid = b"JpgTiffExif->JP2" + EXIF[6:]
    jp2 = saved(image, "jp2")
    at = jp2.index(b"jp2c") - 4
    files["jp2"] = jp2[:at] + (8 + len(uuid)).to_bytes(4, "big") + b"uuid" + uuid + jp2[at:]
    built = samples(1_000_000, offset=False)
    return files | {name.lower(): built[name].data for name in ("DNG", "NEF", "ARW", "CR3", "RAF", "RW2", "MOV")}


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode a picture."""
    target = io.BytesIO()
    image.save(target, {"heic": "HEIF", "jp2": "JPEG2000"}.get(kind, kind.upper()), **options)
    return target.getvalue()


def milliseconds(task: Callable[[], object], runs: int, clock: Callable[[], float] = time.process_time) -> float:
    """Least CPU time of one run, over three rounds."""
    rounds = []
    for _ in range(3):
        start = clock()
        for _ in range(runs):
            task()
        rounds.append((clock() - start) / runs * 1e3)
    return min(rounds)


def with_exiv2(data: bytes) -> None:
    """Edit a file in memory with exiv2."""
    with pyexiv2.ImageData(data) as image:
        image.modify_exif({"Exif.Photo.DateTimeOriginal": TIME_TEXT, "Exif.Photo.OffsetTimeOriginal": OFFSET_TEXT})
        image.get_bytes()


def encoded_again(data: bytes, kind: str) -> None:
    """Do what programs without an editor do."""
    with Image.open(io.BytesIO(data)) as image:
        saved(image, kind, **({} if kind == "jp2" else {"exif": EXIF}))


def attempt(task: Callable[[], object], runs: int) -> str:
    """Measure a peer; a dash if it refuses."""
    try:
        return f"{milliseconds(task, runs):10.2f}"
    except (RuntimeError, OSError, ValueError, KeyError):
        return f"{'-':>10}"


def main() -> int:
    """Measure and print; status 1 if a plan takes longer than its limit."""
    pyexiv2.set_log_level(4)
    missed = 0
    heads = "".join(f"{head:>10}" for head in ("KB", "our plan", "exiftool", "exiv2", "encoder"))
    print(f"\nOne correction by kind, CPU ms\n  kind  {heads}")
    with ExifTool() as exiftool, tempfile.TemporaryDirectory() as folder:
        tags = (f"-ExifIFD:DateTimeOriginal={TIME_TEXT}", f"-ExifIFD:OffsetTimeOriginal={OFFSET_TEXT}")
        for kind, data in pictures().items():
            source, target = Path(folder, f"in.{kind}"), Path(folder, f"out.{kind}")
            source.write_bytes(data)

            def edit(source: Path = source, target: Path = target) -> bytes:
                target.unlink(missing_ok=True)
                return exiftool.run("-m", *tags, "-o", target, source)

            plan_photo(BytesSource(data), CORRECTION)
            ours = milliseconds(lambda data=data: plan_photo(BytesSource(data), CORRECTION), 100)
            takes_it = b"1 image files created" in edit()
            peers = [
                f"{milliseconds(edit, 10, exiftool.cpu_seconds):10.2f}" if takes_it else f"{'-':>10}",
                attempt(lambda data=data: with_exiv2(data), 20),
                attempt(lambda data=data, kind=kind: encoded_again(data, kind), 1),
            ]
            missed += ours > BAR
            verdict = "kept" if ours <= BAR else "MISSED"
            print(f"  {kind:<6}{len(data) / 1e3:10.0f}{ours:10.2f}{''.join(peers)}  bar ≤ {BAR:g} ms {verdict}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
