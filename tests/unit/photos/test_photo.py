"""A correction is applied to a photo in memory: bytes in, bytes out."""

from io import SEEK_END, BytesIO

import pytest

from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import (
    CorrectionError,
    CorruptPhotoError,
    GalleriaError,
    LocalFileError,
    UnsupportedFormatError,
)
from galleria_storage.photos.photo import CHUNK, correct_bytes, correct_stream
from tests.support.photos.camera_files import TAKEN, afcp_parts, camera_block, photo, plain_jpeg, with_afcp
from tests.support.photos.corrected import tags_of
from tests.support.photos.jpegs import image_data, segment

ASKED = parse_correction({"corrected-timestamp": "2021-03-04T05:06:07-05:00"}, {}, {})


def test_the_head_is_corrected_and_the_image_is_the_same() -> None:
    before = photo(camera_block(), trailer=b"a trailer")
    after = correct_bytes(before, ASKED)
    assert tags_of(after)[0] == "2021:03:04 05:06:07"
    assert tags_of(after)[2] == "-05:00"
    assert image_data(after) == image_data(before)


def test_a_correction_starts_from_what_is_in_the_photo() -> None:
    later = parse_correction({"timestamp-offset-hours": "2"}, {}, {})
    assert TAKEN == "2019:08:17 14:02:33"
    assert tags_of(correct_bytes(photo(camera_block()), later))[0] == "2019:08:17 16:02:33"
    with pytest.raises(CorrectionError):
        correct_bytes(plain_jpeg(), later)


def test_nothing_asked_gives_the_very_same_bytes() -> None:
    before = photo(camera_block())
    assert correct_bytes(before, Correction()) is before


@pytest.mark.parametrize("beyond", [-1, 0, 1, CHUNK, 3 * CHUNK + 17])
@pytest.mark.parametrize("comment", [b"", b"a comment " * 6_000], ids=["short head", "long head"])
def test_a_file_is_corrected_as_its_bytes_are_whatever_its_size(comment: bytes, beyond: int) -> None:
    start = photo(camera_block(), *[segment(0xFE, comment)] * 5)
    before = start + bytes(max(CHUNK + beyond - len(start), 0))
    source, target = BytesIO(before), BytesIO()
    correct_stream(source, target, ASKED)
    assert target.getvalue() == correct_bytes(before, ASKED)


def test_a_file_is_read_from_its_position_and_a_part_of_it_can_be_written_after_other_bytes() -> None:
    source, target = BytesIO(b"before" + photo(camera_block())), BytesIO()
    source.seek(6)
    target.write(b"first")
    correct_stream(source, target, ASKED)
    assert target.getvalue() == b"first" + correct_bytes(photo(camera_block()), ASKED)


class Shrinking(BytesIO):
    """A file that somebody else makes shorter once its end was looked up."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        at = super().seek(offset, whence)
        if whence == SEEK_END:
            self.truncate(at - 1000)
        return at


def test_a_file_that_becomes_shorter_while_it_is_read_is_an_error_and_no_shorter_photo() -> None:
    with pytest.raises(LocalFileError, match="shorter"):
        correct_stream(Shrinking(photo(camera_block()) + bytes(CHUNK)), BytesIO(), ASKED)


@pytest.mark.parametrize("data", [b"", b"GIF89a", photo(camera_block())[:60], plain_jpeg()], ids=len)
def test_nothing_is_written_of_a_file_that_cannot_be_corrected(data: bytes) -> None:
    target = BytesIO()
    with pytest.raises(GalleriaError):
        correct_stream(BytesIO(data), target, parse_correction({"timestamp-offset-hours": "2"}, {}, {}))
    assert target.getvalue() == b""


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"GIF89a", "image/gif"),
        (b"<svg/>", "no known image"),
        (b"", "no known image"),
    ],
)
def test_a_photo_of_another_format_is_refused_with_what_it_is(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=name):
        correct_bytes(data, ASKED)


def test_a_trailer_with_absolute_offsets_follows_the_growth() -> None:
    parts = {b"IPTC": b"title", b"TEXT": b"text"}
    assert afcp_parts(correct_bytes(with_afcp(photo(camera_block()), parts), ASKED)) == parts


@pytest.mark.parametrize("image", [0, 2 * CHUNK], ids=["short", "long"])
def test_a_trailer_follows_from_file_to_file_too(image: int) -> None:
    before = with_afcp(photo(camera_block()) + bytes(image), {b"IPTC": b"title"})
    target = BytesIO()
    correct_stream(BytesIO(before), target, ASKED)
    assert target.getvalue() == correct_bytes(before, ASKED)
    assert afcp_parts(target.getvalue()) == {b"IPTC": b"title"}


def test_a_trailer_that_would_go_stale_refuses_the_photo() -> None:
    with pytest.raises(CorruptPhotoError, match="AFCP"):
        correct_bytes(photo(camera_block(), trailer=b"AXS!\0\0\x01\x00\0\0\0\0"), ASKED)
