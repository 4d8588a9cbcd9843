"""Trailers whose offsets count from the start of the file still lead to the same bytes when the file has grown."""

from struct import pack

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.jpeg.trailers import TAIL_BYTES, check_trailers, trailer_patches
from galleria_storage.photos.plan import patched
from galleria_storage.photos.source import BytesSource
from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    OFFSET_TIME_ORIGINAL,
    afcp_parts,
    camera_block,
    jpeg,
    photo,
    plain_jpeg,
    text,
    with_afcp,
)
from tests.support.photos.corrected import corrected, edit
from tests.support.photos.jpegs import image_data

PARTS = {b"IPTC": b"\x1c\x02\x05\0\x05title", b"Nail": b"\0" * 18 + b"\xff\xd8\xff thumbnail", b"TEXT": b""}


@ORDERS
@pytest.mark.parametrize("before", [photo(camera_block()), jpeg(), plain_jpeg("red")], ids=["Exif", "none", "JFIF"])
def test_the_parts_of_an_afcp_trailer_are_still_found(order: str, before: bytes) -> None:
    after = corrected(with_afcp(before, PARTS, order))
    assert len(after) > len(with_afcp(before, PARTS, order))
    assert afcp_parts(after, order) == PARTS


@ORDERS
def test_an_afcp_trailer_in_front_of_another_trailer_is_followed_too(order: str) -> None:
    other = b"another trailer" * 50
    after = corrected(with_afcp(photo(camera_block()), PARTS, order, other))
    assert after.endswith(other)
    assert afcp_parts(after.removesuffix(other), order) == PARTS


def test_an_afcp_trailer_longer_than_what_is_searched_is_followed_in_memory() -> None:
    parts = {**PARTS, b"PrVw": bytes(range(256)) * (TAIL_BYTES // 200)}
    assert afcp_parts(corrected(with_afcp(photo(camera_block()), parts))) == parts


@ORDERS
def test_an_afcp_trailer_is_followed_whatever_is_in_its_last_four_bytes(order: str) -> None:
    """They are reserved; ExifTool does not look at them. Fuzzing found this."""
    before = with_afcp(photo(camera_block()), PARTS, order)[:-4] + b"\0\0\7\0"
    after = corrected(before)
    assert after[-4:] == before[-4:]
    assert afcp_parts(after, order) == PARTS


def test_the_mark_of_an_afcp_trailer_in_other_data_is_none() -> None:
    for data in (b"AXS!", b"AXS!" + bytes(8), b"AXS* is a text of no meaning"):
        before = photo(camera_block(), trailer=data)
        assert corrected(before).endswith(data)


@ORDERS
def test_a_mark_right_in_front_of_the_last_record_does_not_hide_it(order: str) -> None:
    before = with_afcp(photo(camera_block()), {**PARTS, b"Last": b"AXS!AXS*AX"}, order)
    assert afcp_parts(corrected(before), order)[b"IPTC"] == PARTS[b"IPTC"]


def test_nothing_but_its_offsets_changes_in_an_afcp_trailer() -> None:
    before = with_afcp(photo(camera_block()), PARTS)
    in_trailer = [patch for patch in edit(before).patches if patch.offset > len(photo(camera_block()))]
    assert [(patch.removed, len(patch.data)) for patch in in_trailer] == [(4, 4)] * (len(PARTS) + 1)


def test_an_afcp_trailer_stays_as_it_is_if_the_file_does_not_grow() -> None:
    before = with_afcp(photo(camera_block(exif=[text(OFFSET_TIME_ORIGINAL, "+00:00")])), PARTS)
    assert image_data(corrected(before)) == image_data(before)


def test_a_number_of_a_trailer_that_comes_out_wrong_is_noticed() -> None:
    source = BytesSource(before := with_afcp(photo(camera_block()), PARTS))
    patches = trailer_patches(source, 0, 10)
    check_trailers(source, BytesSource(bytes(10) + patched(before, patches)), 0, 10)
    for patch in patches:
        wrong = [other for other in patches if other is not patch]
        with pytest.raises(CorruptPhotoError):
            check_trailers(source, BytesSource(bytes(10) + patched(before, wrong)), 0, 10)


FAR = 0xFFFF_FF00


@pytest.mark.parametrize(
    ("from_end", "value"),
    [(8, 4711), (8, FAR), (8, 2), (-6, 0xFFFF_0000), (-16, FAR), (-20, FAR), (-20, 0), (-16, 900_000)],
    ids=["start is no mark", "start behind", "in the head", "count", "length", "offset", "offset 0", "long"],
)
def test_a_damaged_afcp_trailer_is_refused(from_end: int, value: int) -> None:
    whole = photo(camera_block())
    before = bytearray(with_afcp(whole, PARTS))
    at = len(before) - from_end if from_end > 0 else len(whole) - from_end
    before[at : at + 4] = pack(">I", value)
    with pytest.raises(CorruptPhotoError, match="AFCP"):
        corrected(bytes(before))


@pytest.mark.parametrize("count", [2, 0xFFFF])
def test_an_afcp_trailer_that_claims_more_parts_than_it_has_room_for_is_refused(count: int) -> None:
    whole = photo(camera_block())
    before = bytearray(with_afcp(whole, {b"IPTC": b""}))
    before[len(whole) + 6 : len(whole) + 8] = pack(">H", count)
    with pytest.raises(CorruptPhotoError, match="AFCP"):
        corrected(bytes(before))


def test_the_name_of_the_protocol_alone_is_not_a_trailer() -> None:
    before = photo(camera_block(), trailer=b"SEFH" + bytes(40) + b"SEFT" + b"AXS! is a name, not a trailer")
    assert image_data(corrected(before)) == image_data(before)
