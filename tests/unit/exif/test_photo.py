"""A correction is applied to a photo in memory: bytes in, bytes out."""

import pytest

from galleria_storage.errors import CorrectionError, CorruptPhotoError, UnsupportedFormatError
from galleria_storage.exif.correction import Correction, parse_correction
from galleria_storage.exif.head import read_head
from galleria_storage.exif.photo import correct_bytes, correct_head
from tests.support.corrections import tags_of
from tests.support.photos import TAKEN, afcp_parts, camera_block, from_scan, photo, plain_jpeg, with_afcp

ASKED = parse_correction({"corrected-timestamp": "2021-03-04T05:06:07-05:00"}, {}, {})


def test_the_head_is_corrected_and_the_image_is_the_same() -> None:
    before = photo(camera_block(), trailer=b"a trailer")
    after = correct_bytes(before, ASKED)
    assert tags_of(after)[0] == "2021:03:04 05:06:07"
    assert tags_of(after)[2] == "-05:00"
    assert from_scan(after) == from_scan(before)


def test_a_correction_works_from_what_stands_in_the_photo() -> None:
    later = parse_correction({"timestamp-offset-hours": "2"}, {}, {})
    assert TAKEN == "2019:08:17 14:02:33"
    assert tags_of(correct_bytes(photo(camera_block()), later))[0] == "2019:08:17 16:02:33"
    with pytest.raises(CorrectionError):
        correct_bytes(plain_jpeg(), later)


def test_nothing_asked_gives_the_very_same_bytes() -> None:
    before = photo(camera_block())
    assert correct_bytes(before, Correction()) is before


def test_the_head_alone_is_enough() -> None:
    data = photo(camera_block())
    edit = correct_head(read_head(data), ASKED)
    assert b"".join((*edit.buffers, data[edit.replaced :])) == correct_bytes(data, ASKED)


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF89a", "image/gif"), (b"<svg/>", "no format"), (b"", "no format")],
)
def test_a_photo_of_another_format_is_refused_with_what_it_is(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=name):
        correct_bytes(data, ASKED)


def test_a_trailer_with_absolute_offsets_follows_the_growth() -> None:
    parts = {b"IPTC": b"title", b"TEXT": b"text"}
    assert afcp_parts(correct_bytes(with_afcp(photo(camera_block()), parts), ASKED)) == parts


def test_a_trailer_that_would_go_stale_refuses_the_photo() -> None:
    with pytest.raises(CorruptPhotoError, match="AFCP"):
        correct_bytes(photo(camera_block(), trailer=b"AXS!\0\0\x01\x00\0\0\0\0"), ASKED)
