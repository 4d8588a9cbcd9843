"""JPEG XL photos: the capture tags change in the Exif box, and every other box keeps its bytes."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorrectionError, CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos import jxl
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import JXL_START as START
from tests.support.photos.boxes import box, boxes_of, kinds_of, only, u
from tests.support.photos.damage import damaged, refused_or_corrected_for_good
from tests.support.photos.exif_blocks import OTHER
from tests.support.photos.heifs import NEW, READ, block, corrected, exif_of

STREAM = b"\xff\x0a" + bytes(range(100))
PICTURE = box(b"jxlc", STREAM)
XML = box(b"xml ", b"<x:xmpmeta/>")


def exif(data: bytes | None = None, prefix: bytes = b"", **form: bool) -> bytes:
    return box(b"Exif", u(len(prefix), 4), prefix, block() if data is None else data, **form)


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("jpeg", [b"", box(b"jbrd", b"how to turn it back")])
def test_with_room_the_tags_change_in_place(prefix: bytes, jpeg: bytes) -> None:
    file = START + jpeg + exif(prefix=prefix) + XML + PICTURE
    result = corrected(file)
    assert len(result) == len(file)
    assert exif_of(only(result, b"Exif")) == READ
    assert [b for b in boxes_of(result) if b.kind != b"Exif"] == [b for b in boxes_of(file) if b.kind != b"Exif"]


@pytest.mark.parametrize("form", [{}, {"large": True}])
def test_without_room_the_box_grows(form: dict[str, bool]) -> None:
    result = corrected(START + exif(block(offset=False), **form) + XML + PICTURE)
    assert exif_of(only(result, b"Exif")) == READ
    assert kinds_of(result) == [b"JXL ", b"ftyp", b"Exif", b"xml ", b"jxlc"]
    assert only(result, b"jxlc") == STREAM


def test_an_open_box_with_exif_data_grows_at_the_end() -> None:
    result = corrected(START + PICTURE + exif(block(offset=False), is_open=True))
    assert exif_of(only(result, b"Exif")) == READ


def test_a_photo_that_can_be_turned_back_into_a_jpeg_keeps_that_length_or_is_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="made from a JPEG"):
        corrected(START + box(b"jbrd", b"how") + exif(block(offset=False)) + PICTURE)


@pytest.mark.parametrize("jpeg", [b"", box(b"jbrd", b"how to turn it back")])
@pytest.mark.parametrize(
    "picture", [PICTURE, box(b"jxlc", STREAM, is_open=True), box(b"jxlp", b"\0" * 9) + box(b"jxlp", b"1", is_open=True)]
)
def test_a_new_box_comes_before_the_picture(jpeg: bytes, picture: bytes) -> None:
    result = corrected(START + jpeg + XML + picture)
    assert result == START + jpeg + XML + box(b"Exif", only(result, b"Exif")) + picture
    assert exif_of(only(result, b"Exif")) == READ


def test_a_codestream_becomes_a_file_with_boxes() -> None:
    result = corrected(STREAM)
    assert kinds_of(result) == [b"JXL ", b"ftyp", b"Exif", b"jxlc"]
    assert result.startswith(START)
    assert only(result, b"jxlc") == STREAM
    assert exif_of(only(result, b"Exif")) == READ


def test_a_codestream_of_more_than_4_gib_gets_a_long_box() -> None:
    class Long:
        size = 5 << 30

        def read(self, offset: int, length: int) -> bytes:
            return STREAM[offset : offset + length]

    (patch,) = jxl.plan(Long(), Texts(NEW)).patches
    assert patch.data.endswith(b"\0\0\0\1jxlc" + u((5 << 30) + 16, 8))


def test_what_follows_the_last_box_stays() -> None:
    rest = b"\0\0\0\0\0\0\0\0trailer"
    assert corrected(START + PICTURE + rest).endswith(PICTURE + rest)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (START + XML, "picture is missing"),
        (PICTURE + START, "picture is missing"),
        (START + exif() + exif() + PICTURE, "twice"),
        (START + box(b"Exif", b"\0\0\0\0II*") + PICTURE, "7 bytes"),
        (START + box(b"Exif", b"\0\0\0\0none at all") + PICTURE, "TIFF header"),
        (START + exif() + PICTURE[:-1], "cut off"),
        (START + exif(block() + bytes(1 << 20)) + PICTURE, "bytes"),
        (START + box(b"free") * 100_000 + PICTURE, "boxes in one place"),
    ],
)
def test_what_is_damaged_is_refused(file: bytes, reason: str) -> None:
    with pytest.raises(CorruptPhotoError, match=reason):
        jxl.plan(BytesSource(file), Texts(NEW))


def test_compressed_exif_data_is_refused_without_a_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(UnsupportedFormatError, match="Brotli"):
        corrected(START + box(b"brob", b"Exif", b"packed") + PICTURE)


@pytest.mark.parametrize("file", [STREAM, START + PICTURE])
def test_nothing_asked_is_nothing_done(file: bytes) -> None:
    assert correct_bytes(file, Texts()) == file
    with pytest.raises(CorrectionError):
        correct_bytes(file, Correction.from_canonical("timestamp-offset-hours=+01:00:00"))


@st.composite
def files(draw: st.DrawFn) -> bytes:
    if draw(st.integers(0, 5)) == 0:
        return b"\xff\x0a" + draw(st.binary(max_size=40))
    others = st.lists(st.sampled_from([XML, box(b"jumb", b"manifest"), box(b"brob", b"xml compressed")]), max_size=2)
    made = exif(block(offset=draw(st.booleans())), draw(st.sampled_from([b"", b"Exif\0\0"])))
    picture = [box(b"jxlc", draw(st.binary(max_size=40)), large=draw(st.booleans()))]
    pieces = [*draw(others), *draw(st.permutations([made, *picture])), *draw(others)]
    if draw(st.booleans()):
        pieces.remove(made)
    return START + b"".join(pieces)


@given(files())
def test_twice_is_once_and_the_last_word_counts(file: bytes) -> None:
    once = correct_bytes(file, Texts(NEW))
    assert exif_of(only(once, b"Exif")) == READ
    assert correct_bytes(once, Texts(NEW)) == once
    assert correct_bytes(correct_bytes(once, OTHER), Texts(NEW)) == once
    made = plan_photo(BytesSource(file), Texts(NEW))
    assert plan_photo(made.view(BytesSource(file)), NOTHING).before == made.after


@given(files(), st.data())
def test_a_damaged_file_is_refused_or_corrected_for_good(file: bytes, data: st.DataObject) -> None:
    refused_or_corrected_for_good(damaged(data, file, 12), Texts(NEW))
