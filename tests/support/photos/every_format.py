"""A photo of every format that is corrected, with a picture of any size, and its metadata where cameras put it."""

from functools import cache
from typing import NamedTuple

from tests.support.photos import films, heifs, pngs, previews, tiffs, webps
from tests.support.photos.boxes import JP2_START, JXL_START, box, u
from tests.support.photos.jpegs import SCAN_START, segment
from tests.support.photos.raw_files import CFA, DNG_VERSION, MAKE, PHOTOMETRIC

CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


class Sample(NamedTuple):
    """A photo.

    Attributes
    ----------
    media_type
        What it is.
    data
        The file.
    reads
        Most requests that its plan may need after the first 256 KiB, whatever its size.
    """

    media_type: str
    data: bytes
    reads: int


@cache
def samples(size: int, *, offset: bool) -> dict[str, Sample]:
    """Return photos by name.

    Parameters
    ----------
    size
        Bytes of their pictures.
    offset
        Whether they record the offset of their capture time, so that a correction changes them in place.
    """
    picture = bytes(range(1, 255)) * (size // 254 + 1)
    exif = heifs.block(offset=offset)
    item = heifs.exif_item(data=exif)
    shown = heifs.Spec(1, b"hvc1", picture)
    samsung = (b"ftyp", b"mdat", b"meta", box(b"mpvd", picture), box(b"sefd", b"end"))
    lossy = webps.chunk(b"VP8 ", webps.VP8 + picture)
    return {
        "JPEG": _jpeg(exif, picture),
        "HEIC of Apple": Sample("image/heic", heifs.heif([shown, item]), 0 if size < 1000 else 1),
        "HEIC of Samsung": Sample("image/heic", heifs.heif([shown, item], samsung), 2),
        "AVIF": Sample("image/avif", heifs.heif([item._replace(number=2), shown][::-1], brand=b"avif"), 1),
        "PNG": Sample("image/png", _png(picture, before=[pngs.chunk(b"eXIf", exif)]), 1),
        "PNG, Exif after the image": Sample("image/png", _png(picture, after=[pngs.chunk(b"eXIf", exif)]), 1),
        "WebP": Sample("image/webp", webps.webp(webps.vp8x(8), lossy, webps.chunk(b"EXIF", exif)), 1),
        "JPEG XL": Sample("image/jxl", JXL_START + box(b"Exif", bytes(4), exif) + box(b"jxlc", picture), 0),
        "JPEG 2000": Sample(
            "image/jp2", JP2_START + box(b"uuid", b"JpgTiffExif->JP2", exif) + box(b"jp2c", picture), 0
        ),
        "TIFF": Sample("image/tiff", _tiff(picture, offset=offset), 2),
        "DNG": Sample("image/x-adobe-dng", _tiff(picture, offset=offset, more={DNG_VERSION: (1, b"\1\4\0\0")}), 2),
        "NEF": Sample("image/x-nikon-nef", _sensor(picture, "NIKON CORPORATION", offset=offset), 2),
        "ARW": Sample("image/x-sony-arw", _sensor(picture, "SONY", offset=offset), 2),
        "PEF": Sample("image/x-pentax-pef", _sensor(picture, "PENTAX", offset=offset), 2),
        "CR2": Sample("image/x-canon-cr2", _sensor(picture, "Canon", offset=offset), 2),
        "CR3": Sample("image/x-canon-cr3", _cr3(picture, offset=offset), 0),
        "RAF": Sample("image/x-fuji-raf", previews.raf_file(previews.preview(offset=offset)) + picture, 0),
        "RW2": Sample("image/x-panasonic-rw2", _rw2(picture, offset=offset), 2),
        "MOV": Sample("video/quicktime", _film(picture), 1),
    }


def _jpeg(exif: bytes, picture: bytes) -> Sample:
    # A camera's photo is wide enough for as much image data as it has.
    frame = segment(0xC0, b"\x08\x00\x10\x00\x10\x01\x01\x11\x00")
    data = b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + exif) + frame + SCAN_START + picture + b"\xff\xd9"
    return Sample("image/jpeg", data, 1)


def _png(picture: bytes, **around: list[bytes]) -> bytes:
    return pngs.png(image=[pngs.chunk(b"IDAT", picture)], **around)


def _fields(*, offset: bool) -> dict[int, tuple[int, bytes]]:
    time, zone = tiffs.text("2020:01:02 03:04:05"), tiffs.text("-05:00")
    return {tiffs.TIME: time, **({tiffs.OFFSET: zone} if offset else {}), 0x927C: (7, b"maker note")}


def _tiff(picture: bytes, *, offset: bool, more: dict[int, tuple[int, bytes]] | None = None) -> bytes:
    return tiffs.photo(_fields(offset=offset), main=more, strips=[picture])


def _sensor(picture: bytes, maker: str, *, offset: bool) -> bytes:
    sensor = {PHOTOMETRIC: (3, CFA.to_bytes(2, "little")), MAKE: tiffs.text(maker)}
    return _tiff(picture, offset=offset, more=sensor)


def _cr3(picture: bytes, *, offset: bool) -> bytes:
    start = box(b"ftyp", b"crx \0\0\0\1crx isom")

    def movie(at: int) -> bytes:
        places = box(b"CTBO", u(1, 4), u(1, 4), u(at, 8), u(9, 8))
        canon = box(b"uuid", CANON, places, box(b"CMT2", heifs.plain_table(offset=offset)), box(b"CMT3", b"note"))
        return box(b"moov", canon, heifs.movie(at, wide=True)[8:])

    return start + movie(len(start) + len(movie(0)) + 8) + box(b"mdat", picture)


def _rw2(picture: bytes, *, offset: bool) -> bytes:
    shown = {0x002E: (7, previews.preview(offset=offset))}
    return tiffs.photo(_fields(offset=offset), magic=b"U\0", main=shown, strips=[picture])


def _film(picture: bytes) -> bytes:
    start = box(b"ftyp", b"qt  ", bytes(4), b"qt  ")
    whole = films.film(films.keys(b"2020-01-02T03:04:05-0500"))
    return start + box(b"mdat", picture) + whole[len(start) + 8 + len(films.PICTURES) :]
