"""Whether a block's contents overlap."""

from struct import pack

import pytest

from galleria_storage.photos.exif.tiff import TiffBlock, read_block
from tests.support.photos.camera_files import (
    BIG,
    EXIF_POINTER,
    LITTLE,
    THUMBNAIL_LENGTH,
    THUMBNAIL_OFFSET,
    UNDEFINED,
    Field,
    Tiff,
    camera_block,
    long,
    text,
)

#: Bytes per value by type (TIFF 6.0 section 2; IFD, technical note 1; UTF-8, Exif 3.0).
WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
#: IFD0 of one entry: 8 bytes of header, then 2 + 12 + 4 bytes.
VALUE = 26


def block_with(*fields: Field, behind: bytes = b"", order: str = LITTLE) -> TiffBlock:
    tiff = Tiff(order)
    tiff.ifd(list(fields))
    tiff.put(behind, align=False)
    return read_block(bytes(tiff.data))


@pytest.mark.parametrize("order", [LITTLE, BIG], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("kind", WIDTHS)
def test_a_value_is_as_long_as_its_type_says(kind: int, order: str) -> None:
    block = block_with(Field(0xC000, kind, bytes(5 * WIDTHS[kind]), number=5), order=order)
    [(_, start, end, _)] = block.ifds[0].values
    assert (start, end) == (VALUE, VALUE + 5 * WIDTHS[kind])
    assert block.end_if_apart == end


def test_all_that_is_apart_ends_with_the_last_of_it() -> None:
    tiff = camera_block(thumbnail=b"\xff\xd8" + bytes(range(40)))
    assert read_block(bytes(tiff.data) + b"not listed").end_if_apart == len(tiff.data)


@pytest.mark.parametrize(
    "offset", [4, 7, 8, 20, VALUE - 1], ids=["header", "header's end", "its IFD", "its entry", "next IFD's offset"]
)
def test_a_value_within_the_header_or_its_ifd_is_not_apart(offset: int) -> None:
    assert block_with(Field(0xC000, UNDEFINED, b"", number=5, offset=offset), behind=bytes(20)).end_if_apart == 0


def test_a_value_after_its_ifd_is_apart() -> None:
    block = block_with(Field(0xC000, UNDEFINED, b"", number=5, offset=VALUE), behind=bytes(20))
    assert block.end_if_apart == VALUE + 5


def test_a_value_that_ends_after_the_block_is_not_apart() -> None:
    whole, cut = (block_with(Field(0xC000, UNDEFINED, b"", number=n, offset=VALUE), behind=bytes(20)) for n in (20, 21))
    assert (whole.end_if_apart, cut.end_if_apart) == (VALUE + 20, 0)


@pytest.mark.parametrize("apart", [0, -1, -5])
def test_two_values_that_share_a_byte_are_not_apart(apart: int) -> None:
    first = VALUE + 12
    fields = [
        Field(tag, UNDEFINED, b"", number=5, offset=at) for tag, at in ((0xC000, first), (0xC001, first + 5 + apart))
    ]
    assert (block_with(*fields, behind=bytes(40)).end_if_apart > 0) == (apart == 0)


def test_a_thumbnail_that_shares_a_byte_with_a_value_is_not_apart() -> None:
    for at, apart in ((VALUE + 24 + 5, True), (VALUE + 24 + 4, False)):
        fields = [long(LITTLE, THUMBNAIL_OFFSET, at), long(LITTLE, THUMBNAIL_LENGTH, 4)]
        value = Field(0xC000, UNDEFINED, b"", number=5, offset=VALUE + 24)
        assert (block_with(*fields, value, behind=bytes(40)).end_if_apart > 0) == apart


@pytest.mark.parametrize("tag", [0x0111, 0x0117, 0x0144, 0x0145, 0x014A])
def test_strips_tiles_and_sub_ifds_are_for_others_to_judge(tag: int) -> None:
    assert block_with(long(LITTLE, tag, 8)).end_if_apart == 0


def test_a_thumbnail_that_readers_find_in_different_ways_is_for_others_to_judge() -> None:
    assert block_with(Field(THUMBNAIL_OFFSET, 3, pack("<H", 8))).end_if_apart == 0


def test_an_ifd_that_is_damaged_or_pointed_to_twice_is_for_others_to_judge() -> None:
    damaged = camera_block(main=[long(LITTLE, 0x8825, 60_000)])
    assert read_block(bytes(damaged.data)).end_if_apart == 0
    twice = Tiff()
    main = twice.ifd([long(LITTLE, EXIF_POINTER, 0), long(LITTLE, EXIF_POINTER, 0)])
    exif = twice.ifd([text(0x9003, "2019:08:17 14:02:33")])
    for entry in (0, 1):
        twice.set_long(main + 2 + 12 * entry + 8, exif)
    assert read_block(bytes(twice.data)).end_if_apart == 0
