"""What comes after the Exif block is still found when the block has grown; padding is used before it grows."""

from struct import pack

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.block_edit import MARGIN
from galleria_storage.photos.exif.tiff import read_block
from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    ASCII,
    GPS_POINTER,
    LITTLE,
    LONG,
    MAKER_NOTE,
    OFFSET_TIME_ORIGINAL,
    SUB_SEC_TIME_ORIGINAL,
    THUMBNAIL,
    THUMBNAIL_LENGTH,
    THUMBNAIL_OFFSET,
    UNDEFINED,
    USER_COMMENT,
    Field,
    Tiff,
    camera_block,
    exif_of,
    long,
    long_at,
    photo,
    text,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, edit, tags_of
from tests.support.photos.jpegs import segment

COMMENT = segment(0xFE, b"a comment that comes after the Exif block and has some length")


def padded(tiff: Tiff, to: int) -> Tiff:
    tiff.put(bytes(to - len(tiff.data)), align=False)
    return tiff


@ORDERS
def test_zero_padding_is_used_before_the_block_grows(order: str) -> None:
    before = photo(padded(camera_block(order, thumbnail=THUMBNAIL), 65_526))
    after = corrected(before)
    assert len(after) == len(before)
    assert tags_of(after) == CHANGES
    assert exif_of(after)[OFFSET_TIME_ORIGINAL] == "-05:00"


@ORDERS
def test_an_exif_ifd_that_is_the_gps_ifd_too_still_is_when_it_moves(order: str) -> None:
    tiff = camera_block(order, main=[long(order, GPS_POINTER, 0)])
    before = tiff.long_at(54)
    tiff.set_long(42, before)
    block = block_of(corrected(photo(tiff)))
    assert long_at(block, 42, order) == long_at(block, 54, order) != before


@ORDERS
def test_a_main_ifd_that_is_its_own_gps_ifd_is_refused(order: str) -> None:
    tiff = Tiff(order)
    tiff.ifd([text(0x010F, "Acme"), long(order, GPS_POINTER, 8)])
    with pytest.raises(CorruptPhotoError, match="harm"):
        corrected(photo(tiff))


def test_padding_too_short_is_left_alone() -> None:
    tiff = camera_block()
    size = len(tiff.data)
    block = block_of(corrected(photo(padded(tiff, size + 60))))
    assert block[size : size + 60] == bytes(60)
    assert len(block) > size + 60


def test_padding_is_used_from_its_end_far_from_what_is_in_use() -> None:
    tiff = camera_block()
    size = len(tiff.data)
    block = block_of(corrected(photo(padded(tiff, size + 4000))))
    assert block[size : size + 3800] == bytes(3800)
    assert len(block) == size + 4000


def test_zeros_that_a_value_claims_are_not_padding() -> None:
    tiff = camera_block(exif=[Field(USER_COMMENT, UNDEFINED, bytes(4000))])
    value = long_at(tiff.data, tiff.data.index(pack("<HHI", USER_COMMENT, UNDEFINED, 4000)) + 8, LITTLE)
    for padding in (0, 20, 400):
        data = photo(padded(Tiff(data=bytearray(tiff.data)), len(tiff.data) + padding))
        assert block_of(corrected(data))[value : value + 4000] == bytes(4000)
        assert (edit(data).growth == 0) == (padding == 400)


def test_zeros_at_the_end_of_a_thumbnail_are_not_padding() -> None:
    tiff = camera_block(thumbnail=b"\xff\xd8" + bytes(3000))
    assert edit(photo(tiff)).growth > 0


def test_zeros_that_a_maker_notes_value_claims_are_not_padding() -> None:
    note = pack("<H", 1) + pack("<HHII", 7, UNDEFINED, 2000, 0) + bytes(4)
    tiff = camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, note)])
    at = tiff.data.index(note)
    tiff.set_long(at + 10, len(tiff.data))
    value = len(tiff.data)
    tiff.put(bytes(2000), align=False)
    block = block_of(corrected(photo(tiff)))
    assert block[value : value + 2000] == bytes(2000)
    assert len(block) > value + 2000


def test_bytes_that_no_tag_lists_are_never_cut() -> None:
    tiff = camera_block()
    tiff.put(b"hidden", align=False)
    tiff.put(bytes(30), align=False)
    after = corrected(photo(tiff))
    assert block_of(after)[len(tiff.data) - 36 : len(tiff.data)] == b"hidden" + bytes(30)


def test_padding_is_left_alone_if_something_comes_right_before_it() -> None:
    wanted = edit(photo(camera_block())).growth
    tiff = camera_block()
    tiff.put(b"hidden", align=False)
    for zeros, used in ((wanted + MARGIN - 2, False), (wanted + MARGIN + 3, True)):
        data = photo(padded(Tiff(data=bytearray(tiff.data)), len(tiff.data) + zeros))
        assert (edit(data).growth == 0) == used


def test_a_block_that_would_not_fit_into_a_segment_is_refused() -> None:
    tiff = camera_block(exif=[Field(USER_COMMENT, UNDEFINED, b"x" * 65_000)])
    tiff.put(b"y" * (65_500 - len(tiff.data)), align=False)
    with pytest.raises(CorruptPhotoError, match="does not fit"):
        corrected(photo(tiff))


def test_a_full_block_can_still_be_patched_in_place() -> None:
    tiff = camera_block(exif=[Field(USER_COMMENT, UNDEFINED, b"x" * 65_000), text(OFFSET_TIME_ORIGINAL, "+01:00")])
    assert tags_of(corrected(photo(tiff))) == CHANGES


@ORDERS
@pytest.mark.parametrize("behind", [0, 20])
def test_a_thumbnail_after_the_block_is_still_found(order: str, behind: int) -> None:
    tiff = camera_block(order, thumbnail=b"?")
    at = tiff.data.index(pack(order + "HHI", THUMBNAIL_OFFSET, LONG, 1)) + 8
    tiff.set_long(at + 12, 40)
    tiff.set_long(at, len(tiff.data) + behind)
    before = photo(tiff, COMMENT)
    after = corrected(before)
    places = [12 + long_at(block_of(data), at, order) for data in (before, after)]
    assert after[places[1] : places[1] + 40] == before[places[0] : places[0] + 40]


@ORDERS
def test_a_thumbnail_after_the_image_is_still_found(order: str) -> None:
    tiff = camera_block(order, thumbnail=b"?")
    at = tiff.data.index(pack(order + "HHI", THUMBNAIL_OFFSET, LONG, 1)) + 8
    tiff.set_long(at + 12, len(THUMBNAIL))
    tiff.set_long(at, len(photo(tiff)) - 12)
    after = corrected(photo(tiff, trailer=THUMBNAIL))
    assert after[12 + long_at(block_of(after), at, order) :] == THUMBNAIL


def test_a_thumbnail_that_reaches_over_the_end_reads_the_same_from_the_file() -> None:
    tiff = camera_block(thumbnail=THUMBNAIL)
    at = tiff.data.index(pack("<HHI", THUMBNAIL_LENGTH, LONG, 1)) + 8
    tiff.set_long(at, len(THUMBNAIL) + 8)
    before = photo(tiff, COMMENT)
    after = corrected(before)
    start = 12 + tiff.data.index(THUMBNAIL)
    assert after[start : start + len(THUMBNAIL) + 8] == before[start : start + len(THUMBNAIL) + 8]
    assert tags_of(after) == CHANGES


def test_a_thumbnail_that_reaches_into_the_image_is_refused() -> None:
    tiff = camera_block(thumbnail=THUMBNAIL)
    tiff.set_long(tiff.data.index(pack("<HHI", THUMBNAIL_LENGTH, LONG, 1)) + 8, 50_000)
    with pytest.raises(CorruptPhotoError, match="thumbnail"):
        corrected(photo(tiff))


def test_a_thumbnail_with_a_length_beyond_all_measure_is_left_alone() -> None:
    tiff = camera_block(thumbnail=THUMBNAIL)
    tiff.set_long(tiff.data.index(pack("<HHI", THUMBNAIL_LENGTH, LONG, 1)) + 8, 0xFFFF_FFFF)
    assert tags_of(corrected(photo(tiff))) == CHANGES


def test_an_ifd_after_the_block_is_still_after_it() -> None:
    tiff = camera_block()
    at = tiff.data.index(pack("<HHI", 0x8769, LONG, 1)) + 12
    tiff.set_long(at, len(tiff.data) + 6)
    before = photo(tiff)
    after = corrected(before)
    assert long_at(block_of(after), at, LITTLE) == len(block_of(after)) + 6


@pytest.mark.parametrize("tag", [GPS_POINTER, 0xA005])
def test_a_pointer_to_an_ifd_after_the_block_follows_even_if_its_ifd_moves(tag: int) -> None:
    tiff = camera_block(exif=[long(LITTLE, tag, 0)])
    entry = pack("<HHI", tag, LONG, 1)
    tiff.set_long(tiff.data.index(entry) + 8, len(tiff.data) + 4)
    block = block_of(corrected(photo(tiff)))
    moved = block.rindex(entry) + 8
    assert moved > len(tiff.data)
    assert long_at(block, moved, LITTLE) == len(block) + 4


@pytest.mark.parametrize("cut", [2, 20])
def test_an_ifd_cut_off_at_the_end_may_not_come_back_to_life(cut: int) -> None:
    tiff = camera_block(exif=[long(LITTLE, 0xA005, 0)])
    at = tiff.ifd([text(1, "R98"), Field(2, UNDEFINED, b"0100")])
    tiff.set_long(tiff.data.index(pack("<HHI", 0xA005, LONG, 1)) + 8, at)
    del tiff.data[-4 - cut :]
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(tiff))


def test_a_value_cut_off_at_the_end_may_not_come_back_to_life() -> None:
    tiff = camera_block(exif=[Field(USER_COMMENT, UNDEFINED, b"", number=40, offset=0)])
    tiff.set_long(tiff.data.index(pack("<HHI", USER_COMMENT, UNDEFINED, 40)) + 8, len(tiff.data) - 10)
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(tiff))


@pytest.mark.parametrize("behind", [-8, 0])
def test_a_fraction_of_a_second_cut_off_at_the_end_may_not_come_back_to_life(behind: int) -> None:
    tiff = camera_block(exif=[Field(SUB_SEC_TIME_ORIGINAL, ASCII, b"", number=20, offset=0)])
    at = tiff.data.index(pack("<HHI", SUB_SEC_TIME_ORIGINAL, ASCII, 20)) + 8
    tiff.set_long(at, len(tiff.data) + behind)
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(tiff))
    assert tags_of(corrected(photo(tiff), CHANGES._replace(sub_sec_time_original="5"))).sub_sec_time_original == "5"


def test_an_ifd_that_shares_bytes_with_another_may_not_change_them() -> None:
    """A garbage pointer to IFD1 leads into the Exif IFD, whose bytes look like offsets there."""
    tiff = camera_block(exif=[long(LITTLE, tag, 0x0004_A002) for tag in range(0xC000, 0xC020)])
    pointer = tiff.data.index(pack("<HHI", 0x8769, LONG, 1)) + 8
    inside = tiff.long_at(pointer) + 2 + 12 * 8 - 2
    tiff.set_long(pointer + 4, inside)
    tiff.data[inside : inside + 4] = b"\2\0\0\xc0"
    tiff.data[inside + 4 : inside + 10] = pack("<HI", UNDEFINED, 70_000)
    with pytest.raises(CorruptPhotoError, match="damaged"):
        corrected(photo(tiff))


@pytest.mark.parametrize("missing", [4, 2])
def test_an_ifd_at_the_very_end_without_the_offset_of_the_next_still_has_none(missing: int) -> None:
    tiff = camera_block(thumbnail=b"?")
    at = tiff.ifd([text(0x0110, "Acm")])
    tiff.set_long(tiff.data.index(pack("<HHI", 0x8769, LONG, 1)) + 12, at)
    del tiff.data[-missing:]
    end = at + 2 + 12
    block = block_of(corrected(photo(tiff)))
    assert block[end : end + 4] == bytes(4)


def test_a_maker_note_after_the_image_is_refused_if_the_file_grows() -> None:
    tiff = camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, b"", number=100, offset=50_000)])
    with pytest.raises(CorruptPhotoError, match="maker note"):
        corrected(photo(tiff))


def test_a_photo_that_may_not_grow_is_still_corrected_in_place() -> None:
    note = Field(MAKER_NOTE, UNDEFINED, b"", number=100, offset=50_000)
    tiff = camera_block(exif=[note, text(OFFSET_TIME_ORIGINAL, "+01:00")])
    assert edit(photo(tiff)).growth == 0
    assert tags_of(corrected(photo(tiff))) == CHANGES


def test_a_main_ifd_that_moves_still_leads_to_the_thumbnail() -> None:
    tiff = Tiff()
    main = tiff.ifd([text(0x010F, "Acme")], following=0)
    ifd1 = tiff.ifd([long(LITTLE, THUMBNAIL_OFFSET, 0), long(LITTLE, THUMBNAIL_LENGTH, len(THUMBNAIL))])
    tiff.set_long(main + 14, ifd1)
    tiff.set_long(ifd1 + 10, tiff.put(THUMBNAIL))
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES
    block = read_block(block_of(after))
    assert [ifd.name for ifd in block.ifds] == ["IFD0", "Exif IFD", "IFD1"]
    [(_, start, length)] = block.ifds[2].images
    assert block.data[start : start + length] == THUMBNAIL


def test_what_is_where_an_exif_ifd_would_name_the_next_one_names_none_after_a_move() -> None:
    """Piexif writes values there; a copy of the IFD has nothing to do with them."""
    tiff = camera_block()
    exif = tiff.long_at(tiff.data.index(pack("<HHI", 0x8769, LONG, 1)) + 8)
    tiff.set_long(exif + 2 + 12 * 3, 0x0102_0304)
    block = read_block(block_of(corrected(photo(tiff))))
    assert block.exif_ifds[0].next == 0


def test_a_gps_ifds_own_tags_are_not_capture_tags() -> None:
    """They are numbered for themselves; here two tags share a value, so that all IFDs are read back."""
    gps = [Field(USER_COMMENT, UNDEFINED, b"", number=5, offset=8), text(0x9003, "not a time")]
    tiff = camera_block(main=[long(LITTLE, GPS_POINTER, 0)])
    pointer = tiff.data.index(pack("<HHI", GPS_POINTER, LONG, 1)) + 8
    tiff.set_long(pointer, tiff.ifd(gps))
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES
    assert b"not a time\0" in after


def test_a_value_after_the_block_is_still_after_it() -> None:
    tiff = camera_block(exif=[Field(USER_COMMENT, ASCII, b"", number=40, offset=20_000)])
    block = block_of(corrected(photo(tiff)))
    growth = len(block) - len(tiff.data)
    moved = block.rindex(pack("<HHI", USER_COMMENT, ASCII, 40)) + 8
    assert long_at(block, moved, LITTLE) == 20_000 + growth


def test_a_reference_beyond_four_gigabytes_is_refused() -> None:
    tiff = camera_block(exif=[Field(USER_COMMENT, ASCII, b"", number=40, offset=0xFFFF_FFF0)])
    with pytest.raises(CorruptPhotoError, match="4 GiB"):
        corrected(photo(tiff))
