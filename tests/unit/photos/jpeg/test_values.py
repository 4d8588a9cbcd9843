"""Values of odd type, count or place are rewritten without touching what they share their bytes with."""

import pytest

from galleria_storage.errors import CorruptPhotoError
from tests.support.photos.camera_files import (
    ASCII,
    BYTE,
    DATE_TIME_DIGITIZED,
    DATE_TIME_ORIGINAL,
    LITTLE,
    MAKER_NOTE,
    OFFSET_TIME_ORIGINAL,
    TAKEN,
    UNDEFINED,
    Field,
    Tiff,
    camera_block,
    exif_of,
    exif_segment,
    jpeg,
    long,
    photo,
    text,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, edit, tags_of

OFFSET = text(OFFSET_TIME_ORIGINAL, "+00:00")
BLANK = "    :  :     :  :  "


def with_date(value: bytes, kind: int = ASCII, **claims: int) -> bytes:
    return photo(camera_block(taken=None, exif=[OFFSET, Field(DATE_TIME_ORIGINAL, kind, value, **claims)]))


@pytest.mark.parametrize(
    "value",
    [
        TAKEN.encode(),  # 19: no NUL
        TAKEN.encode() + b"\0\0",  # 21
        TAKEN.encode() + b"\0" * 13,
        TAKEN.encode() + b"+02:00\0",
        BLANK.encode() + b"\0",
        bytes(20),
        b" " * 20,
    ],
    ids=["19", "21", "32", "with a zone", "blank", "NUL", "spaces"],
)
def test_a_value_with_room_is_overwritten_whatever_stood_there(value: bytes) -> None:
    before = with_date(value)
    after = corrected(before)
    assert len(after) == len(before)
    assert tags_of(after) == CHANGES
    assert exif_of(after)[DATE_TIME_ORIGINAL] == "2021:03:04 05:06:07"


@pytest.mark.parametrize("kind", [BYTE, UNDEFINED], ids=["BYTE", "UNDEFINED"])
def test_a_date_of_another_type_becomes_ascii(kind: int) -> None:
    before = with_date(TAKEN.encode() + b"\0", kind)
    after = corrected(before)
    assert len(after) == len(before)
    assert exif_of(after)[DATE_TIME_ORIGINAL] == "2021:03:04 05:06:07"


@pytest.mark.parametrize("value", [b"", b"2019\0", b"2019:08:17\0", b"19:08:17 14:02\0"])
def test_a_value_without_room_moves_after_the_block(value: bytes) -> None:
    before = with_date(value)
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert block_of(after).startswith(block_of(before)[:8])
    assert edit(after).growth == 0


def test_a_date_of_a_type_that_is_not_text_gets_a_new_value() -> None:
    before = with_date(b"\x01\0\0\0\x02\0\0\0", 5)
    assert tags_of(corrected(before)) == CHANGES


def test_a_value_shared_with_another_tag_is_left_to_that_tag() -> None:
    tiff = camera_block(taken=None, exif=[OFFSET])
    shared = tiff.put(TAKEN.encode() + b"\0")
    fields = [
        Field(DATE_TIME_ORIGINAL, ASCII, b"", number=20, offset=shared),
        Field(DATE_TIME_DIGITIZED, ASCII, b"", number=20, offset=shared),
        OFFSET,
    ]
    tiff.set_long(tiff.data.index(b"\x69\x87\x04\0\x01\0\0\0") + 8, tiff.ifd(fields))
    after = corrected(photo(tiff))
    assert exif_of(after)[DATE_TIME_ORIGINAL] == "2021:03:04 05:06:07"
    assert exif_of(after)[DATE_TIME_DIGITIZED] == TAKEN


def test_a_value_within_the_maker_note_is_left_to_the_maker() -> None:
    note = b"Acme" + TAKEN.encode() + b"\0 more"
    tiff = camera_block(taken=None, exif=[OFFSET])
    at = tiff.put(note)
    fields = [
        Field(DATE_TIME_ORIGINAL, ASCII, b"", number=20, offset=at + 4),
        OFFSET,
        Field(MAKER_NOTE, UNDEFINED, b"", number=len(note), offset=at),
    ]
    tiff.set_long(tiff.data.index(b"\x69\x87\x04\0\x01\0\0\0") + 8, tiff.ifd(fields))
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES
    assert block_of(after)[at : at + len(note)] == note


def test_a_value_that_claims_to_lie_in_the_header_gets_a_place_of_its_own() -> None:
    before = with_date(b"", number=20, offset=2)
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert block_of(after)[:4] == b"II*\0"


@pytest.mark.parametrize("offset", [60_000, 0xFFFF_FFF0])
def test_a_value_that_claims_to_lie_outside_gets_a_place_of_its_own(offset: int) -> None:
    assert tags_of(corrected(with_date(b"", number=20, offset=offset))) == CHANGES


def test_a_value_with_a_count_beyond_all_measure_gets_a_place_of_its_own() -> None:
    assert tags_of(corrected(with_date(b"", number=4_278_190_100, offset=100))) == CHANGES


def test_a_value_cut_off_at_the_end_of_the_block_gets_a_place_of_its_own() -> None:
    tiff = camera_block(taken=None, exif=[OFFSET])
    fields = [Field(DATE_TIME_ORIGINAL, ASCII, b"", number=20, offset=0), OFFSET]
    at = tiff.ifd(fields)
    tiff.set_long(tiff.data.index(b"\x69\x87\x04\0\x01\0\0\0") + 8, at)
    tiff.set_long(at + 10, tiff.put(TAKEN[:12].encode()))
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES


def test_the_exif_ifd_may_lack_the_offset_of_a_next_ifd() -> None:
    tiff = Tiff()
    pointer = tiff.ifd([long(LITTLE, 0x8769, 0)]) + 10
    tiff.set_long(pointer, tiff.ifd([text(DATE_TIME_ORIGINAL, TAKEN), OFFSET], following=None))
    before = photo(tiff)
    after = corrected(before)
    assert len(after) == len(before)
    assert tags_of(after) == CHANGES


def two_exif_ifds(second: list[Field]) -> Tiff:
    tiff = Tiff()
    ifd0 = tiff.ifd([long(LITTLE, 0x8769, 0), long(LITTLE, 0x8769, 0)])
    tiff.set_long(ifd0 + 10, tiff.ifd([text(DATE_TIME_ORIGINAL, TAKEN)]))
    tiff.set_long(ifd0 + 22, tiff.ifd(second))
    return tiff


def texts_of(block: bytes) -> list[bytes]:
    return [block[i : i + 19] for i in range(len(block)) if block[i : i + 4] in (b"2019", b"2021")]


def test_two_exif_ifds_both_carry_the_new_date() -> None:
    tiff = two_exif_ifds([text(DATE_TIME_ORIGINAL, "2019:08:17 14:02:34")])
    block = block_of(corrected(photo(tiff)))
    assert texts_of(block) == [b"2021:03:04 05:06:07"] * 2
    assert block.count(b"-05:00\0") == 2


def test_a_second_exif_ifd_without_capture_tags_gets_none() -> None:
    tiff = two_exif_ifds([text(0x829A, "something else")])
    assert block_of(corrected(photo(tiff))).count(b"-05:00\0") == 1


def test_two_pointers_to_one_exif_ifd_stay_together() -> None:
    tiff = two_exif_ifds([])
    tiff.set_long(30, tiff.long_at(18))
    block = block_of(corrected(photo(tiff)))
    assert block[18:22] == block[30:34]
    assert block.count(b"-05:00\0") == 1


def test_two_exif_blocks_both_carry_the_new_date() -> None:
    before = jpeg(exif_segment(camera_block().data), exif_segment(camera_block(">", [OFFSET]).data))
    after = corrected(before)
    for number in (0, 1):
        assert texts_of(block_of(after, number)) == [b"2021:03:04 05:06:07"]
        assert b"-05:00" in block_of(after, number)


def test_a_second_exif_block_that_is_right_already_stays_as_it_is() -> None:
    right = exif_segment(camera_block(taken="2021:03:04 05:06:07", exif=[text(OFFSET_TIME_ORIGINAL, "-05:00")]).data)
    after = corrected(jpeg(exif_segment(camera_block().data), right))
    assert texts_of(block_of(after)) == [b"2021:03:04 05:06:07"]
    assert after.count(right) == 1


def test_a_date_outside_the_exif_ifd_is_corrected_too() -> None:
    before = photo(camera_block(main=[text(DATE_TIME_ORIGINAL, TAKEN)]))
    block = block_of(corrected(before))
    assert texts_of(block) == [b"2021:03:04 05:06:07"] * 2


def test_more_copies_of_a_date_than_any_camera_writes_are_refused() -> None:
    before = photo(camera_block(exif=[text(DATE_TIME_ORIGINAL, TAKEN)] * 17))
    with pytest.raises(CorruptPhotoError, match="more than 16 copies"):
        corrected(before)
