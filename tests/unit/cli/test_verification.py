"""The demo's own check: it accepts what is right, and notices every way in which a copy can be wrong."""

import pytest

from galleria_cli.demo.samples import Photo, sample_photos
from galleria_cli.demo.verification import Capture, problems, read_capture
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import correct_bytes
from tests.support.photos.camera_files import BIG, LITTLE, with_afcp

SAMPLES = {photo.key: photo for photo in sample_photos()}
OFFSET_IN_PLACE = SAMPLES["offset in place.jpg"]
READ = Capture("2019:03:04 05:06:07", "+00:00")


def changed(photo: Photo, old: bytes, new: bytes) -> bytes:
    assert photo.data.count(old) == 1
    return photo.data.replace(old, new)


@pytest.mark.parametrize(
    ("key", "capture"),
    [
        ("little-endian.jpg", Capture("2024:06:15 12:30:45")),
        ("big-endian maker note + thumbnail.jpg", Capture("2023:12:31 23:59:30")),
        ("offset in place.jpg", READ),
        ("no Exif.jpg", Capture()),
        ("drawing.png", Capture()),
    ],
)
def test_a_capture_time_is_read(key: str, capture: Capture) -> None:
    assert read_capture(SAMPLES[key].data) == capture


@pytest.mark.parametrize("photo", SAMPLES.values(), ids=SAMPLES)
def test_a_photo_equals_itself(photo: Photo) -> None:
    assert problems(photo.data, photo.data, None) == []


def test_a_copy_with_the_expected_time_is_right() -> None:
    copy = changed(OFFSET_IN_PLACE, b"2019:03:04 05:06:07", b"2019:03:04 07:06:07")
    assert problems(OFFSET_IN_PLACE.data, copy, Capture("2019:03:04 07:06:07", "+00:00")) == []


@pytest.mark.parametrize("order", [LITTLE, BIG], ids=["little-endian", "big-endian"])
def test_an_afcp_trailer_is_compared_by_what_its_offsets_lead_to(order: str) -> None:
    plain, parts = SAMPLES["little-endian.jpg"].data, {b"IPTC": b"a title", b"TEXT": b"more"}
    original = with_afcp(plain, parts, order, b"behind")
    asked = {"corrected-timestamp": "2019-03-04T05:06:07+02:00"}
    copy = correct_bytes(original, parse_correction(asked, {}))
    stale = correct_bytes(plain, parse_correction(asked, {})) + original[len(plain) :]
    assert len(copy) == len(stale) > len(original)
    expected = Capture("2019:03:04 05:06:07", "+02:00")
    assert problems(original, copy, expected) == []
    assert problems(original, stale, expected) == ["the image data differ"]


def test_another_time_than_expected_is_seen_by_both_readers() -> None:
    copy = changed(OFFSET_IN_PLACE, b"05:06:07", b"05:06:08")
    found = problems(OFFSET_IN_PLACE.data, copy, READ)
    assert [text.split()[0] for text in found] == ["Pillow", "piexif"]


def test_one_changed_byte_of_the_picture_is_seen() -> None:
    copy = bytearray(OFFSET_IN_PLACE.data)
    copy[-10] ^= 1
    assert problems(OFFSET_IN_PLACE.data, bytes(copy), READ) == ["the image data differ"]


def test_a_lost_trailer_is_seen() -> None:
    original = OFFSET_IN_PLACE.data + b"motion photo"
    assert problems(original, OFFSET_IN_PLACE.data, READ) == ["the image data differ"]


def test_a_changed_xmp_packet_is_seen() -> None:
    photo = SAMPLES["xmp/travel 🌅.jpg"]
    copy = changed(photo, b"x:xmpmeta xmlns", b"x:xmpmeta xMlns")
    found = problems(photo.data, copy, read_capture(photo.data))
    assert found == ["a segment that has nothing to do with Exif differs"]


def test_any_difference_is_seen_where_nothing_was_asked() -> None:
    [found] = problems(b"\x89PNG", b"\x89PNG ", None)
    assert found == "the copy differs from the original, although nothing was asked"


def test_a_copy_that_is_not_a_photo_is_seen() -> None:
    assert problems(OFFSET_IN_PLACE.data, b"", READ) == ["the copy is not a JPEG"]


@pytest.mark.parametrize("length", [4, 20, 60, 200, 500])
def test_a_photo_that_was_cut_off_is_read_without_an_error(length: int) -> None:
    assert read_capture(OFFSET_IN_PLACE.data[:length]) in {READ, Capture()}
