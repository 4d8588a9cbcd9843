"""A fuzz target for each format with a planner, and small files to start from."""

from collections.abc import Callable, Iterator
from zlib import compress

from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos import films, heifs, pngs, previews, tiffs, webps
from tests.support.photos.boxes import box, u

FIRST = Correction.from_canonical("corrected-timestamp=2021-03-04T05:06:07.5;target-timezone-offset-hours=-05:00")
SECOND = Correction.from_canonical("corrected-timestamp=1999-12-31T23:59:59.2;target-timezone-offset-hours=+05:45")
MEDIA_TYPES = {
    "heif": "image/heic",
    "jxl": "image/jxl",
    "jp2": "image/jp2",
    "cr3": "image/x-canon-cr3",
    "film": "video/quicktime",
    "png": "image/png",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "raf": "image/x-fuji-raf",
    "rw2": "image/x-panasonic-rw2",
}


def target_for(media_type: str) -> Callable[[bytes], None]:
    """Return a target: what can be corrected reads back, twice is once, and the last correction counts.

    Once a file has been changed, every other correction of the same tags fits where that one is.
    """

    def run(data: bytes) -> None:
        try:
            first = plan_photo(MeteredSource(BytesSource(data)), FIRST, media_type)
        except GalleriaError:
            return
        once = first.apply(data)
        assert len(once) == first.result_size
        found = plan_photo(BytesSource(once), NOTHING, media_type)
        assert found.before == first.after
        assert not plan_photo(BytesSource(once), FIRST, media_type).patches
        try:
            second = plan_photo(BytesSource(once), SECOND, media_type)
        except GalleriaError:
            return  # words of a film may have room for whole hours only
        other = second.apply(once)
        back = plan_photo(BytesSource(other), FIRST, media_type).apply(other)
        assert plan_photo(BytesSource(back), SECOND, media_type).apply(back) == other
        if first.patches:  # a file that said so from the start may lack room for anything else
            assert len(other) == len(once) or media_type == "image/png"  # whose profiles may be compressed
            assert back == once

    return run


def _heif_files() -> Iterator[bytes]:
    for table in heifs.TABLES:
        for layout in heifs.LAYOUTS:
            for item in (heifs.ROOM, heifs.NO_ROOM, heifs.XMP):
                yield heifs.heif([heifs.MASTER, item], layout, table=table, references=[(b"cdsc", item.number, 1)])
    exif = heifs.exif_item(data=heifs.block(offset=False), method=1, pieces=2)
    yield heifs.heif([heifs.MASTER, exif], (b"ftyp", b"mdat", b"meta", box(b"mpvd", b"film"), box(b"sefd", b"end")))
    yield heifs.heif([heifs.MASTER, exif], (b"ftyp", b"meta", heifs.movie(2_000, 2_010), b"mdat"))


def _jxl_files() -> Iterator[bytes]:
    start = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    picture, jpeg = box(b"jxlc", b"\xff\x0apicture"), box(b"jbrd", b"how")
    for block in (heifs.block(), heifs.block(offset=False)):
        yield start + jpeg + box(b"Exif", bytes(4), block) + picture
        yield start + picture + box(b"Exif", u(6, 4), b"Exif\0\0", block, is_open=True)
    yield b"\xff\x0apicture"
    yield start + picture


def _jp2_files() -> Iterator[bytes]:
    start = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ") + box(b"jp2h", b"header")
    picture = box(b"jp2c", b"\xff\x4f\xff\x51picture")
    for block in (heifs.block(), heifs.block(offset=False)):
        yield start + box(b"uuid", b"JpgTiffExif->JP2", block) + picture
        yield start + picture + box(b"uuid", bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e"), b"Exif\0\0", block)
    yield start + picture


def _cr3_files() -> Iterator[bytes]:
    places = box(b"CTBO", u(1, 4), u(1, 4), u(300, 8), u(9, 8))
    for offset, spare in ((True, 0), (False, 0), (False, 99)):
        data = box(b"CMT2", heifs.plain_table(offset=offset), bytes(spare))
        canon = box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48"), places, data, box(b"CMT3", b"note"))
        movie = box(b"moov", canon, heifs.movie(700, wide=True)[8:])
        yield box(b"ftyp", b"crx \0\0\0\1crx isom") + movie + box(b"mdat", b"picture" * 9)


def _films() -> Iterator[bytes]:
    for text in (b"2020-01-02T03:04:05+0100", b"2020-01-02T02:04:05.50Z", b"2020-01-02 03:04:05 +01:00"):
        for more in (films.keys(text), films.user_data(text), films.itunes(text)):
            yield films.film(more)
            yield films.film(more, version=1, last=False)
    yield films.film(created=0)


def _png_files() -> Iterator[bytes]:
    for block in (heifs.block(), heifs.block(offset=False)):
        yield pngs.png(before=[pngs.chunk(b"eXIf", block)])
        yield pngs.png(after=[pngs.chunk(b"eXIf", block)])
        text = b"Raw profile type exif\0" + pngs.raw_profile(block)
        yield pngs.png(before=[pngs.chunk(b"tEXt", text)])
        profile = b"Raw profile type APP1\0\0" + compress(pngs.raw_profile(block, b"APP1"))
        yield pngs.png(after=[pngs.chunk(b"zTXt", profile)])
    yield pngs.png()


def _webp_files() -> Iterator[bytes]:
    picture = webps.chunk(b"VP8 ", webps.VP8)
    for block in (heifs.block(), heifs.block(offset=False)):
        yield webps.webp(webps.vp8x(8), picture, webps.chunk(b"EXIF", block))
        yield webps.webp(webps.vp8x(8), picture, webps.chunk(b"EXIF", b"Exif\0\0" + block)) + b"rest"
    yield webps.webp(picture)
    yield webps.webp(webps.chunk(b"VP8L", webps.VP8L))


def _tiff_files() -> Iterator[bytes]:
    yield heifs.block()
    yield heifs.block(offset=False)
    yield heifs.block(taken=None)
    yield heifs.plain_table()


def _raf_files() -> Iterator[bytes]:
    for offset in (True, False):
        yield previews.raf_file(previews.preview(offset=offset))
        yield previews.raf_file(previews.preview(offset=offset), gap=0, second=True)


def _rw2_files() -> Iterator[bytes]:
    time, offset = tiffs.text("2020:01:02 03:04:05"), tiffs.text("-05:00")
    for exif in ({tiffs.TIME: time, tiffs.OFFSET: offset}, {tiffs.TIME: time}):
        for held in (True, False):
            yield previews.rw2_file(previews.preview(offset=held), exif)
    yield previews.rw2_file(b"no picture", {tiffs.TIME: time})


SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "heif": _heif_files,
    "jxl": _jxl_files,
    "jp2": _jp2_files,
    "cr3": _cr3_files,
    "film": _films,
    "png": _png_files,
    "webp": _webp_files,
    "tiff": _tiff_files,
    "raf": _raf_files,
    "rw2": _rw2_files,
}
"""Small files of each format, in the layouts that matter."""

TARGETS = {name: target_for(media_type) for name, media_type in MEDIA_TYPES.items()}
