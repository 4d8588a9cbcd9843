"""A wedding in a folder: several cameras whose clocks are known to be wrong, and the true moment of every photo.

The pictures are drawn, so that no photo of anybody is needed. The Exif blocks are piexif's, so that the library's own
writers do not judge themselves.
"""

import io
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import piexif
from PIL import Image, ImageDraw

from tests.support.photos import films

#: The morning of the wedding, in UTC; clocks there are two hours ahead.
BEGIN: Final = datetime(2024, 6, 15, 8, 0)
ZONE: Final = timedelta(hours=2)
#: Hours from `BEGIN`: getting ready, ceremony, lunch, party, and the brunch on the next day.
HOURS: Final = (0.2, 0.9, 2.4, 2.5, 2.6, 4.8, 5.5, 8.7, 10.2, 11.9, 26.1, 27.4)
#: Moments that every camera has caught, in seconds from `BEGIN`: the kiss, the cake, the farewell.
SHARED: Final = (9_012, 20_017, 97_007)
#: A film that a camera whose clock is wrong took with a photo, and the film of a live photo.
FILMS: Final = ("nikon/DSC_0004.MOV", "phone/IMG_0002.MOV")


class Body(NamedTuple):
    """A camera: how far its clock is ahead of UTC, and whether it records an offset and GPS time."""

    make: str
    model: str
    serial: str
    ahead: timedelta
    folder: str
    names: str
    offset: str = ""
    gps: bool = False


BODIES: Final = (
    Body("Canon", "Canon EOS R5", "042021000123", ZONE - timedelta(seconds=46), "canon", "IMG_{:04}.JPG"),
    Body("NIKON CORPORATION", "NIKON Z 6_2", "6023456", ZONE - timedelta(hours=1), "nikon", "DSC_{:04}.JPG"),
    Body("FUJIFILM", "X-T4", "3B2A1900", timedelta(hours=9, seconds=12), "fuji", "DSCF{:04}.JPG"),
    Body("Apple", "iPhone 14", "", ZONE, "phone", "IMG_{:04}.HEIC", "+02:00", gps=True),
)


@dataclass
class Wedding:
    """What was written: each photo's true moment, naive, in UTC, by its name in the folder."""

    folder: Path
    true: dict[str, datetime] = field(default_factory=dict)

    @property
    def in_order(self) -> list[str]:
        """The photos as they were taken."""
        return sorted(self.true, key=lambda name: (self.true[name], name))

    def shared(self, folder: str, which: int) -> str:
        """The photo of a camera that shows one of the `SHARED` moments."""
        moment = BEGIN + timedelta(seconds=SHARED[which])
        return next(name for name, true in self.true.items() if true == moment and name.startswith(f"{folder}/"))


def make_wedding(folder: Path, *, seed: int = 1, each: int = 12, extras: bool = True) -> Wedding:
    """Write a wedding.

    Parameters
    ----------
    folder
        Where to.
    seed
        Another one gives other moments.
    each
        Photos of each camera, beside the `SHARED` ones.
    extras
        Also films beside photos, and what is doubtful: a RAW file beside its JPEG, a sidecar, a copy, a scan, and a
        photo that is cut off.
    """
    wedding = Wedding(folder)
    chance = random.Random(seed)
    for place, body in enumerate(BODIES):
        (folder / body.folder).mkdir(parents=True)
        for number, moment in enumerate(_moments(chance, each), 1):
            name = f"{body.folder}/{body.names.format(number)}"
            (folder / name).write_bytes(photo(body, moment, scene(moment, place, number)))
            wedding.true[name] = moment
    if extras:
        _extras(wedding)
    return wedding


def photo(body: Body, moment: datetime, picture: Image.Image) -> bytes:
    """Return a photo that a camera took at a moment (naive, in UTC)."""
    return _file(picture, exif_of(body, moment, picture), heic=body.names.endswith("HEIC"))


def exif_of(body: Body, moment: datetime, picture: Image.Image | None = None) -> bytes:
    """Return the Exif block that a camera writes, with a thumbnail of the picture."""
    exif = {piexif.ExifIFD.DateTimeOriginal: f"{moment + body.ahead:%Y:%m:%d %H:%M:%S}"}
    if body.serial:
        exif[piexif.ExifIFD.BodySerialNumber] = body.serial
    if body.offset:
        exif[piexif.ExifIFD.OffsetTimeOriginal] = body.offset
    blocks = {"0th": {piexif.ImageIFD.Make: body.make, piexif.ImageIFD.Model: body.model}, "Exif": exif}
    if body.gps:
        blocks["GPS"] = _gps(moment)
    if picture:
        small = picture.copy()
        small.thumbnail((160, 120))
        blocks |= {"1st": {}, "thumbnail": _jpeg(small)}
    block: bytes = piexif.dump(blocks)
    return block


def scene(moment: datetime, tint: int, number: int, size: tuple[int, int] = (600, 400)) -> Image.Image:
    """Draw what could be seen: the colour of the hour, hills, and some people."""
    hour = (moment + ZONE).hour + moment.minute / 60
    light = max(0.15, 1 - abs(hour - 14) / 11)
    chance = random.Random(f"{moment}{number}")
    sky = tuple(round(one * light + 20) for one in (130 + 12 * tint, 165, 225 - 15 * tint))
    picture = Image.new("RGB", size, sky)
    pen = ImageDraw.Draw(picture)
    width, height = size
    sun = chance.randrange(width)
    pen.ellipse((sun - 40, 40, sun + 40, 120), fill=tuple(round(one * light) for one in (255, 225, 150)))
    for layer, green in enumerate((150, 115, 80)):
        top = height * (0.45 + 0.15 * layer)
        hills = [(x, top + chance.randrange(-25, 25)) for x in range(0, width + 60, 60)]
        pen.polygon([(0, height), *hills, (width, height)], fill=tuple(round(c * light) for c in (60, green, 70)))
    for person in range(2 + number % 5):
        x, y = 90 + person * 95 + chance.randrange(30), height - 150 + chance.randrange(40)
        coat = tuple(chance.randrange(60, 240) for _ in range(3))
        pen.rounded_rectangle((x - 24, y + 22, x + 24, height), 20, fill=coat)
        pen.ellipse((x - 17, y - 16, x + 17, y + 20), fill=(224, 186, 160))
    return picture


def _moments(chance: random.Random, count: int) -> Iterator[datetime]:
    seconds = set(SHARED)
    while len(seconds) < count + len(SHARED):
        seconds.add(round(3600 * chance.choice(HOURS) + chance.uniform(0, 1500)))
    yield from (BEGIN + timedelta(seconds=one) for one in sorted(seconds))


def _extras(wedding: Wedding) -> None:
    folder, canon = wedding.folder, BODIES[0]
    jpeg = folder / "canon/IMG_0003.JPG"
    moment = wedding.true["canon/IMG_0003.JPG"]
    raw = scene(moment, 0, 3)
    blocks = Image.Exif()
    blocks.load(exif_of(canon, moment))
    blocks[0xC612] = b"\1\4\0\0"
    raw.save(folder / "canon/IMG_0003.DNG", "TIFF", exif=blocks)
    (folder / "canon/IMG_0003.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    (folder / "copies").mkdir()
    (folder / "copies/IMG_0003 (1).JPG").write_bytes(jpeg.read_bytes())
    (folder / "canon/cut.JPG").write_bytes(jpeg.read_bytes()[:-2000])
    (folder / "scan.jpg").write_bytes(_jpeg(scene(BEGIN, 2, 7)))
    for name in FILMS:
        body = next(one for one in BODIES if name.startswith(f"{one.folder}/"))
        shot = next(photo for photo in wedding.true if Path(photo).with_suffix("") == Path(name).with_suffix(""))
        # A film's own clock runs in UTC: what the camera is wrong by is left.
        (folder / name).write_bytes(films.film(created=wedding.true[shot] + body.ahead - ZONE))


def _gps(moment: datetime) -> Mapping[int, object]:
    clock = tuple((part, 1) for part in (moment.hour, moment.minute, moment.second))
    return {
        piexif.GPSIFD.GPSDateStamp: f"{moment:%Y:%m:%d}",
        piexif.GPSIFD.GPSTimeStamp: clock,
        piexif.GPSIFD.GPSLatitudeRef: "N",
        piexif.GPSIFD.GPSLatitude: ((59, 1), (19, 1), (46, 1)),
        piexif.GPSIFD.GPSLongitudeRef: "E",
        piexif.GPSIFD.GPSLongitude: ((18, 1), (4, 1), (7, 1)),
    }


def _file(picture: Image.Image, exif: bytes, *, heic: bool) -> bytes:
    target = io.BytesIO()
    if heic:
        from pillow_heif import register_heif_opener  # noqa: PLC0415 # only where a HEIC is made

        register_heif_opener()
        picture.save(target, "HEIF", exif=exif, quality=60)
    else:
        picture.save(target, "JPEG", exif=exif, quality=85)
    return target.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()


def as_utc(moment: datetime) -> str:
    """Write a moment as the manifest does."""
    return moment.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
