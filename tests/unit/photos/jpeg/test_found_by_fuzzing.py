"""What fuzzing and mutated photos found, each rebuilt by construction."""

import pytest

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorrectionError, CorruptPhotoError
from galleria_storage.photos.exif.tiff import read_block
from galleria_storage.photos.photo import correct_bytes
from tests.support.photos import camera_files as build
from tests.support.photos.corrected import tags_of

ASKED = Correction.from_canonical("corrected-timestamp=2021-03-04T05:06:07;target-timezone-offset-hours=-05:00")
LATER = Correction.from_canonical("corrected-timestamp=2022-03-04T05:06:07;target-timezone-offset-hours=+05:45")
THUMBNAIL = b"\xff\xd8" + bytes(range(1, 100)) + b"\xff\xd9"
EXPOSURE_BIAS = 0x9204


def test_a_value_with_an_absurd_count_does_not_make_every_correction_longer() -> None:
    absurd = build.Field(EXPOSURE_BIAS, build.RATIONAL, bytes(8), number=1_048_577)
    photo = build.photo(build.camera_block(exif=[absurd]))
    once = correct_bytes(photo, ASKED)
    assert correct_bytes(once, ASKED) == once
    assert len(correct_bytes(once, LATER)) == len(once)


def test_a_capture_time_that_claims_a_place_in_the_thumbnail_gets_one_of_its_own() -> None:
    whole = build.camera_block(thumbnail=THUMBNAIL, taken=None)
    inside = bytes(whole.data).index(THUMBNAIL) + 40
    stray = build.Field(build.DATE_TIME_ORIGINAL, build.ASCII, bytes(20), offset=inside)
    corrected = correct_bytes(build.photo(build.camera_block(exif=[stray], thumbnail=THUMBNAIL, taken=None)), ASKED)
    assert THUMBNAIL in corrected
    assert tags_of(corrected).date_time_original == "2021:03:04 05:06:07"


@pytest.mark.parametrize("order", [build.LITTLE, build.BIG])
def test_a_value_within_its_own_ifd_would_be_revealed_when_the_ifd_moves(order: str) -> None:
    at = read_block(bytes(build.camera_block(order).data)).exif_ifds[0].at
    stray = build.Field(EXPOSURE_BIAS, build.RATIONAL, bytes(8), offset=at + 6)
    with pytest.raises(CorruptPhotoError, match="tag 9204"):
        correct_bytes(build.photo(build.camera_block(order, exif=[stray])), ASKED)


def test_a_pointer_of_two_bytes_stops_a_block_from_growing() -> None:
    block = build.camera_block(main=[build.short(build.LITTLE, build.GPS_POINTER, 2000)])
    with pytest.raises(CorruptPhotoError, match="pointer"):
        correct_bytes(build.photo(block), ASKED)


@pytest.mark.parametrize("word", ["=?\udcb6UTF-8?Q?=E2=88=922?=", "=?none?Q?2?=", "=?utf-8?B?x?=", "=?utf-8?Q?=FF?="])
def test_an_encoded_word_that_cannot_be_decoded_is_refused_as_any_other_value(word: str) -> None:
    with pytest.raises(CorrectionError, match="timestamp-offset-hours is"):
        parse_correction({"timestamp-offset-hours": word}, {}, {})


def test_a_preview_in_a_maker_note_is_not_moved_if_its_offset_is_part_of_another_tag() -> None:
    rows = build.pack("<HHII", 0x0088, build.LONG, 1, 60_000) + build.pack("<HHII", 0x0089, build.LONG, 1, 500)
    value = b"MINOL\0\0\0" + build.pack("<H", 2) + rows + bytes(4)
    note = build.Field(build.MAKER_NOTE, build.UNDEFINED, value)

    def photo(comment_at: int) -> bytes:
        comment = build.Field(build.USER_COMMENT, build.UNDEFINED, bytes(len(value)), offset=comment_at)
        return bytes(build.camera_block(exif=[note, comment]).data).replace(b"Acme\0", b"SONY\0")

    with pytest.raises(CorruptPhotoError, match="is within other data"):
        correct_bytes(build.photo(photo(photo(8).index(value))), ASKED)


def test_a_thumbnail_of_impossible_length_takes_nothing_of_what_a_correction_adds_after_it() -> None:
    block = build.camera_block(thumbnail=THUMBNAIL)
    length = bytes(block.data).index(build.pack("<HHI", build.THUMBNAIL_LENGTH, build.LONG, 1))
    block.set_long(length + 4, 4)  # four numbers instead of one
    block.set_long(length + 8, 1)  # at byte 1, where the first one is 0x0008002A
    once = correct_bytes(build.photo(block), ASKED)
    assert len(correct_bytes(once, LATER)) == len(once)


def test_a_thumbnail_without_bytes_takes_nothing_of_what_a_correction_adds_around_its_place() -> None:
    outside = build.Field(EXPOSURE_BIAS, build.RATIONAL, bytes(8), offset=60_000)
    block = build.camera_block(exif=[outside], thumbnail=THUMBNAIL, taken=None)
    data = bytes(block.data)
    for tag, value in ((build.THUMBNAIL_OFFSET, len(data) + 4), (build.THUMBNAIL_LENGTH, 0)):
        block.set_long(data.index(build.pack("<HHI", tag, build.LONG, 1)) + 8, value)
    once = correct_bytes(build.photo(block), ASKED)
    assert correct_bytes(once, ASKED) == once
    assert len(correct_bytes(once, LATER)) == len(once)
