"""What cameras and programs write against the standard, and readers put up with, is corrected all the same."""

from struct import pack

import pytest

from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    ASCII,
    BIG,
    GPS_POINTER,
    LITTLE,
    LONG,
    RATIONAL,
    SHORT,
    THUMBNAIL,
    THUMBNAIL_LENGTH,
    THUMBNAIL_OFFSET,
    UNDEFINED,
    XMP,
    Field,
    camera_block,
    exif_segment,
    jpeg,
    long,
    long_at,
    photo,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, edit, tags_of
from tests.support.photos.jpegs import image_data, segment

BETWEEN = [b"\xff\x00", b"\xff\x00\xff\x00", b"\xff\xff\xff", b"\xff" * 3000, b"stray\xff\x00\xff"]


@pytest.mark.parametrize("between", BETWEEN, ids=["FF 00", "twice", "fill", "much fill", "both"])
@pytest.mark.parametrize("first", [True, False], ids=["before Exif", "after Exif"])
def test_ff_00_and_fill_bytes_between_segments_stay_where_they_are(between: bytes, *, first: bool) -> None:
    exif = exif_segment(camera_block().data)
    before = jpeg(between, exif, XMP) if first else jpeg(exif, between, XMP)
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert between + (b"\xff\xe1" if first else XMP) in after
    assert image_data(after) == image_data(before)


@ORDERS
def test_a_gps_pointer_that_counts_no_value_is_left_alone(order: str) -> None:
    before = camera_block(order, main=[Field(GPS_POINTER, LONG, b"", number=0, offset=60)])
    after = corrected(photo(before))
    assert tags_of(after) == CHANGES
    at = before.data.index(pack(order + "HHII", GPS_POINTER, LONG, 0, 60))
    assert block_of(after)[at : at + 12] == before.data[at : at + 12]


@ORDERS
@pytest.mark.parametrize("kind", [SHORT, 6, 1, UNDEFINED, ASCII, RATIONAL])
@pytest.mark.parametrize("tag", [0x8769, GPS_POINTER, 0xA005])
def test_a_pointer_of_a_wrong_type_that_leads_into_the_block_is_left_alone(order: str, tag: int, kind: int) -> None:
    odd = Field(tag, kind, pack(order + "HHI", 26, 0, 1)[: 8 if kind == RATIONAL else 4])
    before = camera_block(order, **{"exif" if tag == 0xA005 else "main": [odd]})
    assert tags_of(corrected(photo(before))) == CHANGES


def mark_damaged(order: str) -> bytes:
    """Return an MPF segment as a Nintendo 3DS wrote it, with a blank in the byte order's mark."""
    entries = pack(order + "IIIHH", 0x30000, 7000, 0, 0, 0)
    ifd = pack(order + "HHHIII", 1, 0xB002, 7, 16, 26, 0)
    mark = b" I*\0" if order == LITTLE else b" M\0*"
    return segment(0xE2, b"MPF\0" + mark + pack(order + "I", 8) + ifd + entries)


@ORDERS
def test_a_multi_picture_index_with_a_broken_mark_tells_the_new_size_of_the_first_image(order: str) -> None:
    before = photo(camera_block(), mark_damaged(order))
    after = corrected(before)
    header = after.index(b"MPF\0") + 4
    assert long_at(after, header + 26 + 4, order) == 7000 + len(after) - len(before)


def with_two_thumbnails(order: str, places: tuple[int, int], lengths: tuple[int, int]) -> tuple[bytes, int]:
    """Return a block whose IFD1 has both tags of the thumbnail twice, and where its IFD1 is."""
    tiff = camera_block(order)
    fields = [long(order, THUMBNAIL_OFFSET, place) for place in places]
    ifd1 = tiff.ifd([*fields, *(long(order, THUMBNAIL_LENGTH, length) for length in lengths)])
    tiff.set_long(8 + 2 + 12 * 3, ifd1)
    return bytes(tiff.data), ifd1


@pytest.mark.parametrize("order", [LITTLE, BIG])
def test_a_thumbnail_that_begins_in_the_tiff_header_is_not_one(order: str) -> None:
    """Photoshop wrote both tags twice over a drone's: offset 0 with the length, and the block's end with none."""
    block, _ = with_two_thumbnails(order, (0, 180), (11_460, 0))
    before = photo(block, segment(0xFE, bytes(12_000)))
    assert 0 < edit(before).growth < 300
    assert tags_of(corrected(before)) == CHANGES


@ORDERS
@pytest.mark.parametrize("second", [True, False])
def test_of_thumbnail_tags_that_are_there_twice_first_and_last_are_followed(order: str, *, second: bool) -> None:
    block, ifd1 = with_two_thumbnails(order, (0, 0), (len(THUMBNAIL), len(THUMBNAIL)))
    tiff = bytearray(block)
    places = [ifd1 + 10, ifd1 + 22]
    inside = places[second]
    tiff[inside : inside + 4] = pack(order + "I", len(tiff))
    tiff += THUMBNAIL
    outside = places[not second]
    tiff[outside : outside + 4] = pack(order + "I", len(tiff) + 4)
    before = photo(bytes(tiff), segment(0xFE, b"")[:4] + segment(0xFE, THUMBNAIL))
    after = block_of(corrected(before))
    growth = len(after) - len(tiff)
    assert long_at(after, inside, order) == long_at(tiff, inside, order)
    assert long_at(after, outside, order) == long_at(tiff, outside, order) + growth
