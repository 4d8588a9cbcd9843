"""WebP photos: the capture tags change in the EXIF chunk, and every other chunk keeps its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos import webp
from galleria_storage.photos.check import check_plan
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos import webps
from tests.support.photos.exif_blocks import EXPECTED, NEW, block, capture_of
from tests.support.photos.webps import VP8, VP8L, chunk, chunks_of, kinds_of, vp8x

OLD = b"2020:01:02 03:04:05"
XMP = chunk(b"XMP ", b"<x:xmpmeta/>")


def corrected(file: bytes, texts: CaptureTags = NEW) -> bytes:
    source = MeteredSource(BytesSource(file))
    plan = webp.plan(source, Texts(texts))
    check_plan(source, plan, webp.plan, webp.parts)
    return plan.apply(file)


def tags_of(file: bytes) -> tuple[bytes, bytes, bytes]:
    return capture_of(dict(chunks_of(file))[b"EXIF"])


def test_an_exif_chunk_with_room_is_changed_in_place() -> None:
    file = webps.webp(vp8x(0x0C), chunk(b"VP8 ", VP8), chunk(b"EXIF", block()), XMP)
    result = corrected(file)
    assert len(result) == len(file)
    assert tags_of(result) == EXPECTED


@pytest.mark.parametrize("header", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("odd", [b"", b"x"])
def test_a_missing_tag_lets_the_chunk_grow_and_its_padding_follows(header: bytes, odd: bytes) -> None:
    data = header + block(offset=False) + odd
    file = webps.webp(vp8x(0x0C), chunk(b"VP8 ", VP8), chunk(b"EXIF", data), XMP)
    result = corrected(file)
    assert tags_of(result) == EXPECTED
    assert dict(chunks_of(result))[b"EXIF"].startswith(header + data[len(header) :][:4])
    assert kinds_of(result) == kinds_of(file)


@pytest.mark.parametrize(("kind", "image", "flags"), [(b"VP8 ", VP8, 0x08), (b"VP8L", VP8L, 0x18)])
def test_a_simple_file_becomes_an_extended_one(kind: bytes, image: bytes, flags: int) -> None:
    result = corrected(webps.webp(chunk(kind, image)))
    assert kinds_of(result) == [b"VP8X", kind, b"EXIF"]
    assert dict(chunks_of(result))[b"VP8X"] == bytes([flags, 0, 0, 0]) + webps.CANVAS
    assert tags_of(result) == EXPECTED


def test_a_new_chunk_goes_after_the_image_and_before_xmp_and_is_announced() -> None:
    result = corrected(webps.webp(vp8x(0x04), chunk(b"ICCP", b"icc"), chunk(b"VP8 ", VP8), XMP))
    assert kinds_of(result) == [b"VP8X", b"ICCP", b"VP8 ", b"EXIF", b"XMP "]
    assert dict(chunks_of(result))[b"VP8X"][0] == 0x0C


def test_an_exif_chunk_that_was_not_announced_is_announced() -> None:
    result = corrected(webps.webp(vp8x(0), chunk(b"VP8 ", VP8), chunk(b"EXIF", block())))
    assert dict(chunks_of(result))[b"VP8X"][0] == 0x08


def test_a_new_chunk_after_one_that_lacks_its_padding_makes_up_for_it() -> None:
    file = webps.webp(vp8x(0), chunk(b"VP8 ", VP8), chunk(b"ABCD", b"odd", pad=b""))
    result = corrected(file)
    assert chunks_of(result)[2] == (b"ABCD", b"odd")
    assert tags_of(result) == EXPECTED


def test_an_animation_keeps_its_frames() -> None:
    frames = [chunk(b"ANMF", bytes([n]) * 30) for n in range(5)]
    result = corrected(webps.webp(vp8x(0x02), chunk(b"ANIM", bytes(6)), *frames))
    assert kinds_of(result) == [b"VP8X", b"ANIM", *[b"ANMF"] * 5, b"EXIF"]


def test_exif_data_comes_after_all_frames_even_if_xmp_does_not() -> None:
    frame = chunk(b"ANMF", bytes(30))
    result = corrected(webps.webp(vp8x(0x06), chunk(b"ANIM", bytes(6)), frame, chunk(b"XMP ", b"<x/>"), frame))
    assert kinds_of(result) == [b"VP8X", b"ANIM", b"ANMF", b"XMP ", b"ANMF", b"EXIF"]


def test_what_follows_the_container_stays() -> None:
    assert corrected(webps.webp(chunk(b"VP8 ", VP8)) + b"after").endswith(b"after")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (webps.webp(chunk(b"VP8 ", VP8))[:-1], "cut off"),
        (webps.webp(vp8x(0)), "no image"),
        (webps.webp(chunk(b"EXIF", b"")), "no image"),
        (webps.webp(chunk(b"VP8 ", b"x" * 12)), "neither VP8X nor an image"),
        (webps.webp(chunk(b"VP8 ", VP8[:6] + bytes(6))), "no size"),
        (webps.webp(chunk(b"VP8 ", VP8), b"xxx"), "left over"),
        (webps.webp(chunk(b"VP8 ", VP8), b"EXIF\xff\xff\0\0"), "longer than the file"),
        (webps.webp(chunk(b"VP8 ", VP8), chunk(bytes(4))), "no type"),
        (webps.webp(vp8x(8), chunk(b"VP8 ", VP8), chunk(b"EXIF", b"rubbish!")), "TIFF header"),
        (webps.webp(chunk(b"VP8 ", VP8), *[chunk(b"ABCD")] * 10_001), "more than"),
    ],
)
def test_a_damaged_file_is_refused_in_words(file: bytes, words: str) -> None:
    with pytest.raises(CorruptPhotoError, match=words):
        corrected(file)


@pytest.mark.parametrize("sign", range(256))
def test_the_type_of_a_chunk_is_four_printable_signs_of_ascii(sign: int) -> None:
    file = webps.webp(chunk(b"VP8 ", VP8), chunk(b"abc" + bytes([sign])))
    if chr(sign).isascii() and chr(sign).isprintable():
        assert kinds_of(corrected(file))[-2:] == [b"abc" + bytes([sign]), b"EXIF"]
    else:
        with pytest.raises(CorruptPhotoError, match="no type"):
            corrected(file)


def test_another_file_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError):
        corrected(b"RIFF\4\0\0\0WAVE")


others = st.lists(st.builds(chunk, st.sampled_from([b"ABCD", b"ICCP", b"XMP "]), st.binary(max_size=9)), max_size=3)


@given(others, others, st.booleans(), st.booleans())
def test_correcting_twice_changes_nothing_more_and_the_last_correction_wins(
    before: list[bytes], after: list[bytes], extended: bool, offset: bool
) -> None:
    exif = [chunk(b"EXIF", block(offset=offset))] if extended else []
    first = [vp8x(0x08), *before] if extended else []
    file = webps.webp(*first, chunk(b"VP8L", VP8L), *exif, *after)
    once = corrected(file)
    assert corrected(once) == once
    twice = corrected(corrected(file, CaptureTags("2001:01:01 00:00:00", "99", "-11:00")))
    for result in (once, twice):
        assert webp.plan(BytesSource(result), NOTHING).before == NEW
        kept = [c for c in chunks_of(file) if c[0] not in {b"EXIF", b"VP8X"}]
        assert [c for c in chunks_of(result) if c[0] not in {b"EXIF", b"VP8X"}] == kept
