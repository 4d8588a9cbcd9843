"""Width and height of pictures, as Pillow writes them."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from galleria_cli.dimensions import FINDERS, dimensions
from galleria_storage.photos import formats
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import box
from tests.support.photos.every_format import CANON, JXL_START, Sample, samples


def encoded(kind: str, size: tuple[int, int] = (37, 21), **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size).save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
def test_they_are_those_that_were_written(kind: str) -> None:
    assert dimensions(BytesSource(encoded(kind)), f"image/{kind}") == (37, 21)


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"}])
def test_every_kind_of_webp_tells_them(options: dict[str, object]) -> None:
    assert dimensions(BytesSource(encoded("webp", **options)), "image/webp") == (37, 21)


def test_a_thumbnail_in_a_segment_is_another_picture() -> None:
    photo, thumbnail = encoded("jpeg"), encoded("jpeg", (4, 3))
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    assert dimensions(BytesSource(photo[:2] + segment + photo[2:]), "image/jpeg") == (37, 21)


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
def test_a_file_that_is_cut_off_tells_none(kind: str) -> None:
    for end in range(0, 12, 3):
        assert dimensions(BytesSource(encoded(kind)[:end]), f"image/{kind}") is None


@pytest.mark.parametrize(
    ("kind", "media_type"), [("bmp", "image/bmp"), ("tiff", "image/tiff"), ("jpeg2000", "image/jp2")]
)
def test_they_are_those_that_were_written_by_older_formats_too(kind: str, media_type: str) -> None:
    assert dimensions(BytesSource(encoded(kind)), media_type) == (37, 21)


def test_rows_from_the_top_down_have_a_height_too() -> None:
    data = bytearray(encoded("bmp"))
    struct.pack_into("<i", data, 22, -21)
    assert dimensions(BytesSource(bytes(data)), "image/bmp") == (37, 21)


def bits(*numbers: tuple[int, int]) -> bytes:
    """Join numbers of so many bits, the lowest bit first."""
    total = at = 0
    for number, width in numbers:
        total, at = total | number << at, at + width
    return total.to_bytes(16, "little")


@pytest.mark.parametrize(
    ("header", "size"),
    [
        (bits((1, 1), (3, 5), (0, 3), (4, 5)), (40, 32)),
        (bits((1, 1), (3, 5), (4, 3)), (48, 32)),
        (bits((0, 1), (0, 2), (299, 9), (0, 3), (1, 2), (4031, 13)), (4032, 300)),
        (bits((0, 1), (2, 2), (99_999, 18), (1, 3)), (100_000, 100_000)),
        (bits((0, 1), (1, 2), (3023, 13), (3, 3)), (4032, 3024)),
    ],
)
@pytest.mark.parametrize("around", ["", "jxlc", "jxlp"])
def test_the_size_header_of_jpeg_xl_is_read_wherever_the_codestream_is(
    header: bytes, size: tuple[int, int], around: str
) -> None:
    stream = b"\xff\x0a" + header
    parts = {"": stream, "jxlc": JXL_START + box(b"jxlc", stream), "jxlp": JXL_START + box(b"jxlp", bytes(4), stream)}
    assert dimensions(BytesSource(parts[around]), "image/jxl") == size


def full_box(kind: bytes, *body: bytes) -> bytes:
    return box(kind, bytes(4), *body)


def test_the_largest_item_of_a_heif_is_the_picture() -> None:
    extents = [full_box(b"ispe", struct.pack(">II", *size)) for size in ((512, 512), (4032, 3024), (320, 240))]
    data = box(b"ftyp", b"heic") + full_box(b"meta", box(b"iprp", box(b"ipco", *extents)))
    for media_type in ("image/heic", "image/hej2k", "image/avci"):
        assert dimensions(BytesSource(data), media_type) == (4032, 3024)


def test_a_film_has_the_size_of_its_largest_track() -> None:
    tracks = [
        box(b"trak", full_box(b"tkhd", bytes(72), struct.pack(">II", w << 16, h << 16)))
        for w, h in ((0, 0), (1920, 1080))
    ]
    assert dimensions(BytesSource(box(b"ftyp", b"qt  ") + box(b"moov", *tracks)), "video/quicktime") == (1920, 1080)


def table_of(fields: list[tuple[int, int, int, int]]) -> bytes:
    """Write a table without a next one, little-endian."""
    return struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *field) for field in fields) + bytes(4)


def test_a_preview_of_a_raw_file_is_not_its_picture() -> None:
    """Little-endian: IFD0 with a preview, and a SubIFD with the sensor's picture."""
    main = [(0x00FE, 4, 1, 1), (0x0100, 4, 1, 160), (0x0101, 4, 1, 120), (0x014A, 4, 1, 100)]
    sensor = [(0x00FE, 4, 1, 0), (0x0100, 4, 1, 6048), (0x0101, 4, 1, 4024)]
    tables = [
        struct.pack("<H", len(t)) + b"".join(struct.pack("<HHII", *f) for f in t) + bytes(4) for t in (main, sensor)
    ]
    data = (b"II*\0" + struct.pack("<I", 8) + tables[0]).ljust(100, b"\0") + tables[1]
    for media_type in ("image/x-adobe-dng", "image/x-nikon-nef", "image/x-sony-arw"):
        assert dimensions(BytesSource(data), media_type) == (6048, 4024)
    canon = box(b"moov", box(b"uuid", CANON, box(b"CMT1", data)))
    assert dimensions(BytesSource(box(b"ftyp", b"crx ") + canon), "image/x-canon-cr3") == (6048, 4024)


def test_panasonic_names_the_borders_and_fujifilm_has_its_own_table() -> None:
    borders = [(tag, 3, 1, value) for tag, value in ((4, 8), (5, 12), (6, 3008), (7, 4012))]
    table = struct.pack("<H", 4) + b"".join(struct.pack("<HHII", *field) for field in borders) + bytes(4)
    assert dimensions(BytesSource(b"IIU\0" + struct.pack("<I", 8) + table), "image/x-panasonic-rw2") == (4000, 3000)
    records = (
        struct.pack(">I", 2) + struct.pack(">HHHH", 0x100, 4, 3100, 4100) + struct.pack(">HHHH", 0x111, 4, 3000, 4000)
    )
    raf = b"FUJIFILMCCD-RAW ".ljust(92, b"\0") + struct.pack(">I", 100) + bytes(4) + records
    assert dimensions(BytesSource(raf), "image/x-fuji-raf") == (4000, 3000)


EVERY = sorted(formats._PLANNERS)


def test_every_format_that_the_library_reads_has_a_way_to_tell_them() -> None:
    assert [media_type for media_type in EVERY if media_type not in FINDERS] == []


@given(st.sampled_from(EVERY), st.binary(max_size=200))
def test_whatever_a_file_holds_there_is_a_size_or_none(media_type: str, data: bytes) -> None:
    found = dimensions(BytesSource(data), media_type)
    assert found is None or min(found) > 0


@given(st.sampled_from(sorted(samples(300, offset=True).values(), key=lambda sample: sample.media_type)), st.data())
def test_a_damaged_photo_does_no_harm(sample: Sample, data: st.DataObject) -> None:
    spoilt = bytearray(sample.data)
    for _ in range(4):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    found = dimensions(BytesSource(bytes(spoilt)), sample.media_type)
    assert found is None or min(found) > 0
