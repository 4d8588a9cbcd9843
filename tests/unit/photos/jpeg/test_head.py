"""The head of a JPEG is collected from pieces of any size, and refused when it is broken or has no end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.jpeg.head import MAX_FILL, MAX_SEGMENTS, MAX_STRAY, HeadReader, read_head
from galleria_storage.photos.source import BytesSource
from tests.support.photos.camera_files import camera_block, jpeg, photo
from tests.support.photos.corrected import head_of
from tests.support.photos.jpegs import image_data, segment

PHOTO = photo(camera_block(), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b" " * 3000))


def test_the_head_ends_where_the_image_begins() -> None:
    head = head_of(PHOTO)
    assert head.data + image_data(PHOTO) == PHOTO
    assert head.segments[0].start == 2
    assert head.segments[-1].end == len(head.data)


@given(st.lists(st.integers(0, len(PHOTO)), max_size=30))
def test_pieces_of_any_size_give_the_same_head(cuts: list[int]) -> None:
    places = sorted({0, *cuts, len(PHOTO)})
    reader = HeadReader()
    answers = [reader.feed(PHOTO[start:end]) for start, end in pairwise(places)]
    assert answers[-1]
    assert answers == sorted(answers), "once enough, always enough"
    assert reader.head() == head_of(PHOTO)


def test_bytes_after_the_head_are_not_kept() -> None:
    reader = HeadReader()
    reader.feed(PHOTO)
    assert reader.feed(b"image data" * 1000)
    assert len(reader.head().data) < len(PHOTO)


@pytest.mark.parametrize("piece", [bytearray, memoryview])
def test_any_kind_of_bytes_will_do(piece: type[bytearray] | type[memoryview]) -> None:
    reader = HeadReader()
    reader.feed(piece(PHOTO[:100]))
    assert reader.feed(piece(PHOTO[100:]))
    assert reader.head() == head_of(PHOTO)


def test_fill_bytes_belong_to_the_segment_after_them() -> None:
    filled = jpeg(b"\xff\xff\xff" + segment(0xE1, b"Exif\0\0"))
    first, second = head_of(filled).segments[:2]
    assert (first.start, first.payload, first.end) == (2, 9, 15)
    assert second.start == first.end


@pytest.mark.parametrize("stray", [b"\0", b"\0\0", bytes(MAX_STRAY)])
def test_stray_bytes_between_segments_belong_to_the_segment_after_them(stray: bytes) -> None:
    exif = segment(0xE1, b"Exif\0\0")
    first, second = head_of(jpeg(exif + stray + b"\xff" + segment(0xFE, b"hello"))).segments[:2]
    assert (first.start, first.end) == (2, 2 + len(exif))
    assert (second.start, second.payload) == (first.end, first.end + len(stray) + 5)


def test_stray_bytes_may_come_in_pieces() -> None:
    exif = segment(0xE1, b"Exif\0\0")
    data = jpeg(exif + bytes(MAX_STRAY) + b"\xff" + segment(0xFE, b"hello"))
    reader = HeadReader()
    for at in range(0, len(data), 20_000):
        complete = reader.feed(data[at : at + 20_000])
    assert complete
    assert reader.head() == head_of(data)


def test_a_marker_without_length_is_a_segment_of_its_own() -> None:
    first = head_of(jpeg(b"\xff\x01")).segments[0]
    assert (first.start, first.end) == (2, 4)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "not a JPEG"),
        (b"", "empty"),
    ],
)
def test_what_is_not_a_jpeg_is_unsupported(data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=words):
        head_of(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PHOTO[:200], "cut off"),
        (b"\xff\xd8", "cut off"),
        (b"\xff\xd8\xff", "cut off"),
        (b"\xff\xd8\xff\xff\xff", "cut off"),
        (b"\xff\xd8\xff\xe0\x00\x01\xff\xda", "length of 1"),
        (b"\xff\xd8\xff\xd9", "FF D9"),
        (b"\xff\xd8\xff\xe0\x00\x02" + bytes(MAX_STRAY + 1) + b"\xff\xda", "no marker"),
        (b"\xff\xd8\xff\xe0\x00\x02\x00\xff", "cut off"),
        (b"\xff\xd8" + b"\xff" * (MAX_FILL + 2), "fill bytes"),
        (b"\xff\xd8" + b"\xff\xe0\x00\x02" * (MAX_SEGMENTS + 1), "segments"),
    ],
)
def test_a_broken_head_is_refused_with_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(CorruptPhotoError, match=words):
        head_of(data)


def test_a_head_without_end_is_refused_at_the_limit() -> None:
    reader = HeadReader(limit=100_000)
    reader.feed(b"\xff\xd8")
    reader.feed(segment(0xE2, bytes(60_000)))
    with pytest.raises(CorruptPhotoError, match="longer than 100,000 bytes"):
        reader.feed(segment(0xE2, bytes(60_000)))


def test_a_long_head_is_accepted_up_to_the_limit() -> None:
    data = jpeg(*[segment(0xE2, bytes(60_000))] * 3)
    assert read_head(BytesSource(data), limit=200_000).segments[2].end > 180_000
    with pytest.raises(CorruptPhotoError):
        read_head(BytesSource(data), limit=150_000)
