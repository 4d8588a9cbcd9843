"""An Exif block keeps its byte order, its prefix and its references, whichever format holds it."""

from collections.abc import Callable
from zlib import compress

import pytest

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorrectionError, CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.source import BytesSource
from tests.support.photos import heifs, pngs, webps
from tests.support.photos.boxes import JP2_START, JXL_START, box, u
from tests.support.photos.camera_files import (
    BIG,
    DATE_TIME_ORIGINAL,
    LITTLE,
    MAKER_NOTE,
    UNDEFINED,
    Field,
    camera_block,
    note_of,
    text,
)

Holder = Callable[[bytes, bytes], bytes]
OFFSET = 0x9011
PICTURE = box(b"jp2c", b"\xff\x4f\xff\x51picture")


def in_heif(block: bytes, prefix: bytes) -> bytes:
    return heifs.heif([heifs.MASTER, heifs.exif_item(data=block, prefix=prefix)])


def in_png(block: bytes, prefix: bytes) -> bytes:
    return pngs.png(before=[pngs.chunk(b"eXIf", prefix + block)])


def in_profile(block: bytes, prefix: bytes) -> bytes:
    text = compress(pngs.raw_profile(block, header=prefix))
    return pngs.png(after=[pngs.chunk(b"zTXt", b"Raw profile type exif\0\0" + text)])


def in_webp(block: bytes, prefix: bytes) -> bytes:
    return webps.webp(webps.vp8x(8), webps.chunk(b"VP8 ", webps.VP8), webps.chunk(b"EXIF", prefix + block))


def in_jxl(block: bytes, prefix: bytes) -> bytes:
    return JXL_START + box(b"Exif", u(len(prefix), 4), prefix, block) + box(b"jxlc", b"\xff\x0apicture")


def in_jp2(block: bytes, prefix: bytes) -> bytes:
    return JP2_START + box(b"uuid", b"JpgTiffExif->JP2", prefix, block) + PICTURE


HOLDERS: dict[str, Holder] = {
    "HEIF": in_heif,
    "PNG": in_png,
    "raw profile": in_profile,
    "WebP": in_webp,
    "JXL": in_jxl,
    "JP2": in_jp2,
}
TIME = parse_correction({"corrected-timestamp": "2024-06-15T10:30:45"}, {})
BOTH = parse_correction({"corrected-timestamp": "2024-06-15T10:30:45", "target-timezone-offset-hours": "+02:00"}, {})


def blocks_of(file: bytes) -> list[bytes]:
    """Return the Exif blocks of a file."""
    from galleria_storage.photos.formats import format_of  # noqa: PLC0415 # as the library finds them
    from galleria_storage.photos.sniff import recognise  # noqa: PLC0415 # the same

    source = BytesSource(file)
    media = recognise(source)
    assert media
    found = format_of(media.media_type).metadata(source)
    return [block.source.read(0, block.source.size) for block in found if block.kind == "exif"]


@pytest.mark.parametrize("asked", [TIME, BOTH], ids=["in place", "growing"])
@pytest.mark.parametrize("order", [LITTLE, BIG])
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("name", HOLDERS)
def test_byte_order_and_prefix_stay(name: str, prefix: bytes, order: str, asked: Correction) -> None:
    block = bytes(camera_block(order).data)
    file = HOLDERS[name](block, prefix)
    [result] = blocks_of(correct_bytes(file, asked))
    expected = HOLDERS[name](result, prefix)
    assert result[:2] == block[:2]
    assert b"2024:06:15 10:30:45" in result
    if name == "HEIF" and asked is BOTH:
        expected = correct_bytes(file, asked)  # its item is elsewhere now
        assert prefix + result in expected
    assert correct_bytes(file, asked) == expected


@pytest.mark.parametrize("name", HOLDERS)
def test_zeros_at_the_end_of_the_block_are_used_before_anything_grows(name: str) -> None:
    file = HOLDERS[name](bytes(camera_block().data) + bytes(600), b"")
    result = correct_bytes(file, BOTH)
    [block] = blocks_of(result)
    assert b"+02:00" in block
    assert len(block) == len(bytes(camera_block().data)) + 600
    assert name == "raw profile" or len(result) == len(file)  # which is compressed


def noted(offset: int) -> bytes:
    """Return a block whose maker note has a preview at an offset."""
    note = note_of(LITTLE, [(0x0088, 4, 1, offset), (0x0089, 4, 1, 500)], b"SONY DSC \0\0\0")
    return bytes(camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, note)]).data).replace(b"Acme\0", b"SONY\0")


FAR = bytes(camera_block(exif=[Field(0x9204, 10, bytes(8), offset=60_000)]).data)
NEAR = noted(len(noted(0)) + 10)


@pytest.mark.parametrize("block", [FAR, NEAR], ids=["a value", "a maker note"])
@pytest.mark.parametrize("name", HOLDERS)
def test_what_leads_out_of_the_block_must_not_lead_into_what_is_added(name: str, block: bytes) -> None:
    """Cut blocks and moved maker notes have offsets beyond the end, as Nikon's D1X in a WebP."""
    file = HOLDERS[name](block, b"")
    with pytest.raises(CorruptPhotoError, match="refers to something outside of it"):
        correct_bytes(file, BOTH)
    assert b"2024:06:15" in blocks_of(correct_bytes(file, TIME))[0]


@pytest.mark.parametrize("name", HOLDERS)
def test_a_value_that_is_cut_off_must_not_get_an_end(name: str) -> None:
    block = bytes(camera_block(exif=[Field(0x9204, 10, bytes(8), offset=0)]).data)
    at = block.index(b"\x04\x92\x0a\0") + 8
    cut = block[:at] + (len(block) - 4).to_bytes(4, "little") + block[at + 4 :]
    with pytest.raises(CorruptPhotoError, match="cut off at its end"):
        correct_bytes(HOLDERS[name](cut, b""), BOTH)


@pytest.mark.parametrize("name", HOLDERS)
def test_a_block_without_a_time_cannot_be_shifted_but_set(name: str) -> None:
    file = HOLDERS[name](bytes(camera_block(taken=None).data), b"")
    with pytest.raises(CorrectionError, match="no capture time"):
        correct_bytes(file, parse_correction({"timestamp-offset-hours": "1"}, {}))
    assert b"2024:06:15 10:30:45\0" in blocks_of(correct_bytes(file, BOTH))[0]


@pytest.mark.parametrize("name", HOLDERS)
def test_both_copies_of_the_time_in_a_block_get_the_new_one(name: str) -> None:
    main = [text(DATE_TIME_ORIGINAL, "2008:02:15 16:00:00"), text(OFFSET, "+00:00")]
    [block] = blocks_of(correct_bytes(HOLDERS[name](bytes(camera_block(main=main).data), b""), BOTH))
    assert block.count(b"2024:06:15 10:30:45\0") == 2
    assert block.count(b"+02:00\0") == 2
