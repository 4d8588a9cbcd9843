"""The capture tags change, and not one other byte's meaning."""

from struct import pack

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorrectionError
from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    ASCII,
    DATE_TIME_DIGITIZED,
    DATE_TIME_ORIGINAL,
    LITTLE,
    MAKER_NOTE,
    OFFSET_TIME_ORIGINAL,
    SUB_SEC_TIME_ORIGINAL,
    TAKEN,
    UNDEFINED,
    USER_COMMENT,
    Field,
    Tiff,
    camera_block,
    exif_of,
    exif_segment,
    jpeg,
    long,
    photo,
    plain_jpeg,
    text,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, edit, tags_of
from tests.support.photos.jpegs import image_data, segment, segments

OFFSET = text(OFFSET_TIME_ORIGINAL, "+00:00")
XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>")
ICC = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")


@ORDERS
def test_existing_tags_are_patched_in_place(order: str) -> None:
    before = photo(camera_block(order, [OFFSET]))
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert len(after) == len(before)
    expected = before.replace(TAKEN.encode(), b"2021:03:04 05:06:07").replace(b"+00:00", b"-05:00")
    assert after == expected


@ORDERS
def test_a_missing_offset_gets_a_new_exif_ifd_after_the_block(order: str) -> None:
    before = photo(camera_block(order, thumbnail=b"\xff\xd8thumb\xff\xd9"))
    after = corrected(before)
    assert tags_of(after) == CHANGES
    old, new = block_of(before), block_of(after)
    differing = [i for i, (one, other) in enumerate(zip(old, new, strict=False)) if one != other]
    date = old.index(TAKEN.encode())
    pointer = old.index(pack(order + "HHI", 0x8769, 4, 1)) + 8
    assert all(date <= i < date + 20 or pointer <= i < pointer + 4 for i in differing)


@ORDERS
def test_another_reader_reads_what_was_written(order: str) -> None:
    before = photo(camera_block(order, [text(DATE_TIME_DIGITIZED, TAKEN)]))
    found = exif_of(corrected(before))
    assert found.pop(DATE_TIME_ORIGINAL) == "2021:03:04 05:06:07"
    assert found.pop(OFFSET_TIME_ORIGINAL) == "-05:00"
    expected = exif_of(before)
    expected.pop(DATE_TIME_ORIGINAL)
    assert found == expected


@ORDERS
def test_a_photo_without_a_capture_time_gets_one(order: str) -> None:
    after = corrected(photo(camera_block(order, taken=None)))
    assert exif_of(after)[DATE_TIME_ORIGINAL] == "2021:03:04 05:06:07"


@ORDERS
def test_a_block_without_an_exif_ifd_gets_one(order: str) -> None:
    tiff = Tiff(order)
    tiff.ifd([text(0x010F, "Acme"), text(0x0132, TAKEN)])
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES
    assert exif_of(after) == {DATE_TIME_ORIGINAL: "2021:03:04 05:06:07", OFFSET_TIME_ORIGINAL: "-05:00"}
    assert block_of(after)[8 : len(tiff.data)] == tiff.data[8:]


def test_a_photo_without_exif_gets_a_minimal_block_after_jfif() -> None:
    before = plain_jpeg()
    after = corrected(before)
    assert exif_of(after) == {DATE_TIME_ORIGINAL: "2021:03:04 05:06:07", OFFSET_TIME_ORIGINAL: "-05:00"}
    assert segments(after)[0] == segments(before)[0]
    assert segments(after)[2:] == segments(before)[1:]
    assert segments(after)[1].startswith(b"\xff\xe1")


def test_a_photo_without_exif_and_jfif_gets_the_block_first() -> None:
    after = corrected(jpeg(XMP))
    assert segments(after)[0][4:8] == b"Exif"
    assert segments(after)[1] == XMP


def test_all_else_stays_as_it_is_to_the_last_bit() -> None:
    trailer = b"MotionPhoto_Data" + bytes(range(256))
    before = photo(camera_block(), XMP, ICC, trailer=trailer)
    after = corrected(before)
    assert image_data(after) == image_data(before)
    assert segments(after)[1:] == segments(before)[1:]


def test_exif_that_comes_after_other_segments_stays_there() -> None:
    before = jpeg(XMP, ICC, exif_segment(camera_block().data), jfif=True)
    after = corrected(before)
    assert [one[:8] for one in segments(after)[:3]] == [one[:8] for one in segments(before)[:3]]
    assert tags_of(after) == CHANGES


@pytest.mark.parametrize("fields", [[OFFSET], [], [Field(MAKER_NOTE, UNDEFINED, b"Acme\0" + bytes(range(200)))]])
def test_a_second_correction_is_in_place_and_adds_nothing(fields: list[Field]) -> None:
    once = corrected(photo(camera_block(exif=fields)))
    other = CaptureTags("1999:12:31 23:59:59", None, "+13:45")
    assert edit(once, other).growth == 0
    assert tags_of(corrected(once, other)) == other


def test_the_same_correction_again_changes_nothing() -> None:
    once = corrected(photo(camera_block()))
    again = edit(once)
    assert not again.patches
    assert again.before == again.after == CHANGES


def test_no_change_asked_is_not_a_change() -> None:
    change = edit(photo(camera_block()), CaptureTags())
    assert not change.patches
    assert change.after.date_time_original == TAKEN
    assert not edit(jpeg(), CaptureTags()).patches


def test_only_the_tags_asked_for_change() -> None:
    before = photo(camera_block(exif=[OFFSET, text(SUB_SEC_TIME_ORIGINAL, "42")]))
    after = corrected(before, CaptureTags(offset_time_original="+02:00"))
    assert tags_of(after) == CaptureTags(TAKEN, "42", "+02:00")


def test_the_edit_tells_what_was_and_what_is() -> None:
    change = edit(photo(camera_block()))
    assert change.before == CaptureTags(TAKEN, None, None)
    assert change.after == CHANGES
    assert change.growth > 0
    only_offset = edit(photo(camera_block()), CaptureTags(offset_time_original="-05:00"))
    assert only_offset.after == CaptureTags(TAKEN, None, "-05:00")


def test_only_the_exif_segment_changes() -> None:
    before = photo(camera_block(), XMP, ICC)
    end = 2 + len(segments(before)[0])
    assert all(patch.offset + patch.removed <= end for patch in edit(before).patches)


def test_fractions_of_a_second_are_written_beside_the_date() -> None:
    changes = CaptureTags("2021:03:04 05:06:07", "042", "-05:00")
    assert tags_of(corrected(photo(camera_block()), changes)) == changes
    assert exif_of(corrected(photo(camera_block()), changes))[SUB_SEC_TIME_ORIGINAL] == "042"


@pytest.mark.parametrize("found", ["1", "12", "123", "123456"])
@pytest.mark.parametrize("wanted", ["7", "042", "654321"])
def test_fractions_of_any_length_replace_each_other(found: str, wanted: str) -> None:
    before = photo(camera_block(exif=[OFFSET, text(SUB_SEC_TIME_ORIGINAL, found)]))
    changes = CaptureTags(sub_sec_time_original=wanted)
    assert tags_of(corrected(before, changes)).sub_sec_time_original == wanted
    assert exif_of(corrected(before, changes))[SUB_SEC_TIME_ORIGINAL] == wanted


def test_an_unsorted_ifd_stays_readable_and_keeps_its_order() -> None:
    tiff = Tiff()
    at = tiff.ifd([long(LITTLE, 0x8769, 0)])
    shuffled = [text(USER_COMMENT, "x" * 9), text(DATE_TIME_ORIGINAL, TAKEN), text(0x829A, "longer than four")]
    tiff.set_long(at + 10, tiff.ifd(shuffled))
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES
    block = block_of(after)
    moved = int.from_bytes(block[at + 10 : at + 14], "little")
    tags = [int.from_bytes(block[i : i + 2], "little") for i in range(moved + 2, moved + 2 + 12 * 4, 12)]
    assert [tag for tag in tags if tag != OFFSET_TIME_ORIGINAL] == [USER_COMMENT, DATE_TIME_ORIGINAL, 0x829A]


def test_a_new_ifd_is_on_a_word_boundary() -> None:
    tiff = camera_block()
    tiff.put(b"odd", align=False)
    assert len(tiff.data) % 2
    block = block_of(corrected(photo(tiff)))
    pointer = bytes(block).index(pack("<HHI", 0x8769, 4, 1)) + 8
    assert int.from_bytes(block[pointer : pointer + 4], "little") % 2 == 0


@pytest.mark.parametrize("value", ["über", "nul\0", "x" * 100])
def test_a_text_that_no_tag_can_hold_is_refused(value: str) -> None:
    with pytest.raises(CorrectionError):
        edit(photo(camera_block()), CaptureTags(date_time_original=value))


def test_blank_copies_give_way_to_one_that_says_something() -> None:
    tiff = camera_block(taken="    :  :     :  :  ", exif=[OFFSET])
    second = camera_block(taken=TAKEN)
    data = jpeg(exif_segment(tiff.data), exif_segment(second.data))
    assert tags_of(data).date_time_original == TAKEN


def test_of_several_copies_the_first_counts_and_the_main_ifds_never() -> None:
    first = camera_block(main=[text(DATE_TIME_ORIGINAL, "2001:01:01 01:01:01")])
    second = camera_block(taken="2002:02:02 02:02:02")
    assert tags_of(jpeg(exif_segment(first.data), exif_segment(second.data))).date_time_original == TAKEN


def test_a_date_with_nul_in_it_is_read_up_to_there() -> None:
    tiff = camera_block(taken=None, exif=[Field(DATE_TIME_ORIGINAL, ASCII, b"2019:08:17\0 14:02:33\0")])
    assert tags_of(photo(tiff)).date_time_original == "2019:08:17"


def test_stray_bytes_between_segments_stay_where_they_are() -> None:
    before = photo(camera_block(), b"\0stray" + segment(0xFE, b"a comment"))
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert segments(after)[1:] == segments(before)[1:]
    assert image_data(after) == image_data(before)


@pytest.mark.parametrize("header", [b"Exif\0\0", b"Exif\0\xff", b"EXIF\0\0", b"\xff\xe1\0\0Exif\0\0", b"xxxExif\0\0"])
def test_an_exif_block_is_found_after_any_header_that_readers_accept(header: bytes) -> None:
    before = jpeg(segment(0xE1, header + camera_block().data))
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert len(segments(after)) == len(segments(before))
    assert segments(after)[0][4:].startswith(header)
