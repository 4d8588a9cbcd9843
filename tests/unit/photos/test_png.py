"""PNG photos: the capture tags change wherever they are, and every other chunk keeps its bytes."""

from zlib import compress, decompress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.check import check_plan
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.png import planner as png
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos import pngs
from tests.support.photos.exif_blocks import EXPECTED, NEW, block, capture_of
from tests.support.photos.pngs import chunk, chunks_of, raw_profile

OLD = "2020:01:02 03:04:05"
NOISE = bytes(range(256)) * 40
PIXELS = compress(b"\0\x10\x20" * 2)


def corrected(file: bytes, texts: CaptureTags = NEW) -> bytes:
    source = MeteredSource(BytesSource(file))
    plan = png.plan(source, Texts(texts))
    check_plan(source, plan, png.plan, png.parts)
    return plan.apply(file)


@pytest.mark.parametrize("side", ["before", "after"])
def test_an_exif_chunk_is_changed_in_place_on_either_side_of_the_image(side: str) -> None:
    file = pngs.png(**{side: [chunk(b"eXIf", block()), chunk(b"tEXt", b"Title\0x")]})
    result = corrected(file)
    assert len(result) == len(file)
    assert capture_of(dict(chunks_of(result))[b"eXIf"]) == EXPECTED
    assert [c for c in chunks_of(result) if c[0] != b"eXIf"] == [c for c in chunks_of(file) if c[0] != b"eXIf"]


def test_a_missing_tag_lets_the_chunk_grow_and_nothing_else() -> None:
    file = pngs.png(before=[chunk(b"eXIf", block(offset=False))], after=[chunk(b"tIME", b"1234567")])
    result = corrected(file)
    assert capture_of(dict(chunks_of(result))[b"eXIf"]) == EXPECTED
    assert [kind for kind, _ in chunks_of(result)] == [kind for kind, _ in chunks_of(file)]


def test_the_jpeg_header_that_some_programs_put_before_the_block_stays() -> None:
    result = corrected(pngs.png(before=[chunk(b"eXIf", b"Exif\0\0" + block())]))
    assert dict(chunks_of(result))[b"eXIf"].startswith(b"Exif\0\0MM")


@pytest.mark.parametrize("width", [72, 64])
@pytest.mark.parametrize("name", [b"exif", b"APP1"])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_raw_profile_is_written_again_in_lines_of_the_same_width(width: int, name: bytes, compressed: bool) -> None:
    text = raw_profile(block(), name, width)
    keyword = b"Raw profile type " + name + b"\0"
    old = chunk(b"zTXt", keyword + b"\0" + compress(text)) if compressed else chunk(b"tEXt", keyword + text)
    kind, data = chunks_of(corrected(pngs.png(after=[old])))[2]
    new = decompress(data[len(keyword) + 1 :]) if compressed else data[len(keyword) :]
    assert kind == (b"zTXt" if compressed else b"tEXt")
    again = bytes.fromhex("".join(new.decode().split("\n")[3:]))
    assert capture_of(again) == EXPECTED
    assert new == raw_profile(again[6:], name, width)


def test_every_copy_changes_the_same_way() -> None:
    keyword = b"Raw profile type exif\0"
    file = pngs.png(before=[chunk(b"tEXt", keyword + raw_profile(block()))], after=[chunk(b"eXIf", block())])
    found = dict(chunks_of(corrected(file)))
    profile = bytes.fromhex("".join(found[b"tEXt"].decode().split("\n")[3:]))
    assert capture_of(profile) == capture_of(found[b"eXIf"]) == EXPECTED


def test_xmp_in_a_raw_profile_is_left_alone() -> None:
    text = raw_profile(b"<x:xmpmeta/>", b"APP1", header=b"http://ns.adobe.com/xap/1.0/\0")
    file = pngs.png(before=[chunk(b"tEXt", b"Raw profile type APP1\0" + text)])
    assert [kind for kind, _ in chunks_of(corrected(file))] == [b"IHDR", b"tEXt", b"eXIf", b"IDAT", b"IEND"]


@pytest.mark.parametrize("first", [b"acTL", b"fcTL"])
def test_a_new_chunk_goes_before_the_image_and_before_an_animation(first: bytes) -> None:
    file = pngs.png(before=[chunk(b"gAMA", b"1234"), chunk(first, b"12345678")])
    kinds = [kind for kind, _ in chunks_of(corrected(file))]
    assert kinds == [b"IHDR", b"gAMA", b"eXIf", first, b"IDAT", b"IEND"]
    assert capture_of(dict(chunks_of(corrected(file)))[b"eXIf"]) == EXPECTED


def test_what_follows_the_end_of_the_image_stays() -> None:
    file = pngs.png() + b"something else"
    assert corrected(file).endswith(b"IEND\xae\x42\x60\x82something else")


def test_a_chunk_that_would_change_must_have_the_right_checksum() -> None:
    with pytest.raises(CorruptPhotoError, match="wrong checksum"):
        corrected(pngs.png(before=[chunk(b"eXIf", block(), crc=1)]))


def test_a_wrong_checksum_elsewhere_is_not_our_business() -> None:
    file = pngs.png(before=[chunk(b"tEXt", b"Title\0x", crc=1), chunk(b"eXIf", block())])
    assert len(corrected(file)) == len(file)


@pytest.mark.parametrize("cut", [1, 12, 30])
def test_a_photo_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(pngs.png(before=[chunk(b"eXIf", block())])[:-cut])


def test_another_file_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError):
        corrected(b"\xff\xd8\xff")


def test_a_file_that_does_not_start_with_its_header_is_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="IHDR"):
        corrected(pngs.SIGNATURE + chunk(b"tEXt", b"a\0b") + pngs.png()[8:])


def large(after: list[bytes], pieces: int = 600) -> bytes:
    return pngs.png(image=[chunk(b"IDAT", NOISE) for _ in range(pieces)], after=after)


def test_the_chunks_after_a_large_image_are_found_at_the_end_of_the_file() -> None:
    file = large([chunk(b"eXIf", block()), chunk(b"tEXt", b"Title\0x")])
    source = MeteredSource(BytesSource(file), file[: 256 * 1024])
    plan = png.plan(source, Texts(NEW))
    check_plan(source, plan, png.plan, png.parts)
    assert source.reads == 1
    assert capture_of(dict(chunks_of(plan.apply(file)))[b"eXIf"]) == EXPECTED


def test_another_png_after_the_end_is_not_taken_for_the_end_of_the_first() -> None:
    file = pngs.png(image=[chunk(b"IDAT", NOISE)] * 20, after=[chunk(b"eXIf", block())]) + pngs.png()
    assert capture_of(dict(chunks_of(corrected(file)))[b"eXIf"]) == EXPECTED


def test_a_very_large_number_of_chunks_is_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="more than"):
        corrected(pngs.png(before=[chunk(b"tEXt", b"a\0b")] * 30_000))


def test_a_raw_profile_without_a_text_is_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="raw Exif profile"):
        corrected(pngs.png(after=[chunk(b"tEXt", b"Raw profile type exif")]))


@pytest.mark.parametrize(
    "text", [b"", b"\nexif\n      xx\n", b"\nexif\n       4\n45786966\n0", b"\nexif\n       9\n4578"]
)
def test_a_raw_profile_that_cannot_be_read_is_refused(text: bytes) -> None:
    with pytest.raises(CorruptPhotoError, match="raw Exif profile"):
        corrected(pngs.png(before=[chunk(b"tEXt", b"Raw profile type exif\0" + text)]))


def test_a_compressed_profile_that_would_fill_the_memory_is_refused() -> None:
    bomb = compress(b" " * 5_000_000)
    with pytest.raises(CorruptPhotoError, match="raw Exif profile"):
        corrected(pngs.png(before=[chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)]))


other_chunks = st.lists(
    st.builds(chunk, st.sampled_from([b"teXt", b"tIME", b"gAMA", b"vpAg"]), st.binary(max_size=40)), max_size=4
)


@given(
    before=other_chunks, after=other_chunks, place=st.sampled_from(["before", "after", "none"]), offset=st.booleans()
)
def test_correcting_twice_changes_nothing_more_and_the_last_correction_wins(
    before: list[bytes], after: list[bytes], place: str, offset: bool
) -> None:
    exif = chunk(b"eXIf", block(offset=offset))
    file = pngs.png(
        before=[*before, *([exif] if place == "before" else [])], after=[*([exif] if place == "after" else []), *after]
    )
    once = corrected(file)
    assert corrected(once) == once
    twice = corrected(corrected(file, CaptureTags("2001:01:01 00:00:00", "99", "-11:00")))
    assert len(twice) == len(once)  # an IFD that moved leaves its old copy, with what was written before, unused
    for result in (once, twice):
        assert png.plan(BytesSource(result), NOTHING).before == NEW
        assert [c for c in chunks_of(result) if c[0] != b"eXIf"] == [c for c in chunks_of(file) if c[0] != b"eXIf"]


def test_a_line_of_a_profile_may_end_within_a_byte() -> None:
    name, size, *lines = raw_profile(block()).strip(b"\n").split(b"\n")
    digits = b"".join(lines)
    text = b"\n".join((b"", name, size, *[digits[at : at + 71] for at in range(0, len(digits), 71)], b""))
    result = corrected(pngs.png(before=[chunk(b"tEXt", b"Raw profile type exif\0" + text)]))
    profile = dict(chunks_of(result))[b"tEXt"].removeprefix(b"Raw profile type exif\0")
    _, _, *lines = profile.strip(b"\n").split(b"\n")
    assert b"2024:06:15 10:30:45" in bytes.fromhex(b"".join(lines).decode())
