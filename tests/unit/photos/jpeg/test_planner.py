"""A plan for a JPEG file says what really changes, and needs little more of the file than its head."""

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.check import check_plan
from galleria_storage.photos.jpeg.planner import parts, plan
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import NOTHING, Patch, Plan, Texts
from galleria_storage.photos.source import READ_BYTES, BytesSource, MeteredSource
from tests.support.photos.camera_files import (
    OFFSET_TIME_ORIGINAL,
    TAKEN,
    XMP,
    Field,
    afcp_parts,
    camera_block,
    jpeg,
    photo,
    text,
    with_afcp,
)
from tests.support.photos.corrected import CHANGES, tags_of
from tests.support.photos.jpegs import segment

ASKED = Texts(CHANGES)


def test_a_text_with_room_is_one_patch_of_its_length() -> None:
    before = photo(camera_block(exif=[text(OFFSET_TIME_ORIGINAL, "+00:00")]))
    found = plan_photo(BytesSource(before), ASKED)
    assert found.growth == 0
    assert all(patch.removed == len(patch.data) for patch in found.patches)
    assert sum(patch.removed for patch in found.patches) <= len("2021:03:04 05:06:07\0" + "-05:00\0")
    assert tags_of(found.apply(before)) == found.after == CHANGES


def test_a_missing_tag_is_one_insertion_and_a_few_changed_bytes() -> None:
    before = photo(camera_block())
    found = plan_photo(BytesSource(before), ASKED)
    inserted = [patch for patch in found.patches if not patch.removed]
    assert [len(patch.data) for patch in inserted] == [found.growth]
    assert sum(patch.removed for patch in found.patches) < 40
    assert found.before.date_time_original == TAKEN
    assert tags_of(found.apply(before)) == found.after


def test_a_photo_without_exif_gets_one_insertion() -> None:
    found = plan_photo(BytesSource(jpeg(XMP)), ASKED)
    assert [patch.removed for patch in found.patches] == [0]
    assert tags_of(found.apply(jpeg(XMP))) == CHANGES


def test_nothing_asked_is_a_plan_without_patches() -> None:
    found = plan_photo(BytesSource(photo(camera_block())), NOTHING)
    assert not found.patches
    assert found.before == found.after


LARGE = bytes(range(1, 255)) * 4000


@pytest.mark.parametrize("fields", [[], [text(OFFSET_TIME_ORIGINAL, "+00:00")]], ids=["grows", "in place"])
def test_of_a_large_photo_only_the_start_and_the_end_are_read(fields: list[Field]) -> None:
    before = photo(camera_block(exif=fields))
    source = MeteredSource(BytesSource(before[:-2] + LARGE + before[-2:]))
    plan_photo(source, ASKED)
    assert source.reads == 2
    assert source.bytes_read <= 2 * READ_BYTES


def test_a_trailer_with_absolute_offsets_is_a_patch_like_any_other_however_long_it_is() -> None:
    held = {b"IPTC": b"title", b"PrVw": bytes(300_000)}
    before = with_afcp(photo(camera_block(), trailer=bytes(500_000)), held)
    source = MeteredSource(BytesSource(before))
    found = plan_photo(source, ASKED)
    assert afcp_parts(found.apply(before)) == held
    assert len([patch for patch in found.patches if patch.offset > len(before) - 400_000]) <= 3


WHOLE = [
    photo(camera_block(), XMP, segment(0xFE, b"a comment")),
    photo(camera_block(exif=[text(OFFSET_TIME_ORIGINAL, "+00:00")]), XMP),
    jpeg(XMP, jfif=True),
    jpeg(XMP),
    jpeg(segment(0xE1, b"Exif\0\0" + bytes(10)), XMP),
]


@pytest.mark.parametrize("before", WHOLE, ids=["grows", "in place", "no Exif, JFIF", "no Exif", "emptied"])
def test_everything_but_exif_is_a_part_that_moves_as_a_whole(before: bytes) -> None:
    source = BytesSource(before)
    check_plan(source, plan(source, ASKED), plan, parts)
    held = b"".join(before[span.start : span.stop] for part in parts(source) for span in part.spans)
    assert XMP in held


@pytest.mark.parametrize("before", WHOLE, ids=["grows", "in place", "no Exif, JFIF", "no Exif", "emptied"])
def test_a_patch_of_another_segment_or_of_the_image_is_noticed(before: bytes) -> None:
    source = BytesSource(before)
    right = plan(source, ASKED)
    for at in (before.index(XMP) + 10, before.index(b"\xff\xda") + 1):
        wrong = Plan(source.size, (*right.patches, Patch(at, 1, b"!")), right.before, right.after)
        with pytest.raises(CorruptPhotoError):
            check_plan(source, wrong, plan, parts)
