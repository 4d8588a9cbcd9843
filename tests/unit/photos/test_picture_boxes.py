"""Boxes decide whether a file holds pictures, whatever brand it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.photos.sniff import SNIFF_BYTES, recognise, sniff
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import box
from tests.support.photos.media_boxes import ftyp, meta, moov

MDAT = box(b"mdat", b"<script>alert(1)</script>")


def kind_of(data: bytes) -> tuple[str, bool]:
    found = sniff(data)
    assert found is not None
    return found.media_type, found.image


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc", b"avif", b"avis", b"mif1", b"msf1", b"j2ki"])
@pytest.mark.parametrize(
    "film",
    [
        moov(b"vide", b"soun") + MDAT,
        moov(b"soun") + MDAT,
        MDAT + moov(b"vide"),
        box(b"free") + box(b"mdat", bytes(99), large=True) + moov(b"vide"),
        meta(b"mdir") + moov(b"vide") + MDAT,
    ],
)
def test_a_film_under_the_brand_of_pictures_is_a_film(brand: bytes, film: bytes) -> None:
    assert kind_of(ftyp(brand, b"mif1", b"heic") + film) == ("video/mp4", False)


@pytest.mark.parametrize(
    ("brands", "expected"),
    [
        ((b"heic", b"mif1"), "image/heic"),
        ((b"mif1", b"avif"), "image/avif"),
        ((b"mif1",), "image/heif"),
        ((b"j2ki", b"mif1"), "image/hej2k"),
        ((b"avci", b"mif1"), "image/avci"),
        ((b"jpeg", b"mif1"), "image/heif"),
        ((b"isom", b"heic", b"mif1"), "image/heic"),
    ],
)
@pytest.mark.parametrize(
    "pictures",
    [
        meta() + MDAT,
        MDAT + meta(),
        moov(b"pict") + MDAT,
        meta() + moov(b"vide", b"soun") + MDAT,
        moov(b"vide") + meta() + MDAT,
    ],
)
def test_pictures_are_pictures_even_beside_a_film(brands: tuple[bytes, ...], expected: str, pictures: bytes) -> None:
    assert kind_of(ftyp(*brands) + pictures) == (expected, True)


@pytest.mark.parametrize(
    ("brand", "expected"),
    [
        (b"isom", "video/mp4"),
        (b"qt  ", "video/quicktime"),
        (b"M4A ", "audio/mp4"),
        (b"crx ", "image/x-canon-cr3"),
    ],
)
def test_a_film_under_its_own_brand_stays_what_it_is(brand: bytes, expected: str) -> None:
    assert kind_of(ftyp(brand) + moov(b"vide") + MDAT) == (expected, False)


def test_a_film_whose_tracks_are_at_the_end_is_found_where_the_whole_file_can_be_read() -> None:
    data = ftyp(b"heic", b"mif1") + box(b"mdat", bytes(SNIFF_BYTES)) + moov(b"vide")
    found = recognise(BytesSource(data))
    assert found is not None
    assert found.media_type == "video/mp4"


def test_where_no_box_within_reach_tells_the_brand_does() -> None:
    samsung = ftyp(b"heic", b"mif1") + box(b"mdat", bytes(SNIFF_BYTES)) + meta()
    assert kind_of(samsung[:SNIFF_BYTES]) == kind_of(samsung) == ("image/heic", True)


@given(st.binary(max_size=200), st.sampled_from([b"heic", b"mif1", b"isom", b"avif"]))
def test_whatever_follows_the_brands_has_an_answer(rest: bytes, brand: bytes) -> None:
    assert sniff(ftyp(brand, b"mif1") + rest) is not None


@given(st.lists(st.sampled_from([b"moov", b"trak", b"mdia", b"meta"]), min_size=1, max_size=400))
def test_boxes_in_boxes_end(kinds: list[bytes]) -> None:
    data = b""
    for kind in kinds:
        data = box(kind, data * 2 if len(data) < 4096 else data)
    assert sniff(ftyp(b"heic") + data) is not None


def test_the_work_on_boxes_in_boxes_is_bounded() -> None:
    reads = 0

    class CountingSource(BytesSource):
        def read(self, offset: int, length: int) -> bytes:
            nonlocal reads
            reads += 1
            return super().read(offset, length)

    media = box(b"mdia", box(b"free") * 60)
    hostile = ftyp(b"heic") + box(b"moov", box(b"trak", media * 60) * 60) * 4
    assert recognise(CountingSource(hostile)) is not None
    assert reads < 1200


PAGE = b"<!doctype html><script>alert(document.domain)</script>"
ARCHIVE = b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize("appended", [PAGE, ARCHIVE, b"%PDF-1.7", moov(b"vide")])
@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (b"\xff\xd8\xff\xd9", "image/jpeg"),
        (b"GIF89a\1\0\1\0\0\0\0;", "image/gif"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82", "image/png"),
        (b"RIFF\x04\0\0\0WEBP", "image/webp"),
    ],
)
def test_whatever_follows_an_image_it_is_served_as_an_image(image: bytes, expected: str, appended: bytes) -> None:
    assert kind_of(image + appended) == (expected, True)


@pytest.mark.parametrize("before", [PAGE, ARCHIVE, b"\xef\xbb\xbf", b"\n"])
@pytest.mark.parametrize("image", [b"\xff\xd8\xff\xd9", b"GIF89a;", ftyp(b"heic") + meta()])
def test_an_image_after_something_else_is_not_an_image(before: bytes, image: bytes) -> None:
    found = sniff(before + image)
    assert found is None or not found.image
