"""JPEG 2000 photos: the capture tags change in the box with Exif data, and every other box keeps its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos import jp2
from galleria_storage.photos.jp2 import DIGITAL_EXIF, JPG_TIFF_EXIF
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import JP2_START as START
from tests.support.photos.boxes import box, boxes_of
from tests.support.photos.damage import damaged, refused_or_corrected_for_good
from tests.support.photos.exif_blocks import OTHER
from tests.support.photos.heifs import NEW, READ, block, corrected, exif_of

PICTURE = box(b"jp2c", b"\xff\x4f\xff\x51" + bytes(range(100)))
XMP = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), b"<x:xmpmeta/>")


def exif(data: bytes | None = None, kind: bytes = JPG_TIFF_EXIF, prefix: bytes = b"", **form: bool) -> bytes:
    return box(b"uuid", kind, prefix, block() if data is None else data, **form)


def tags_of(file: bytes) -> list[tuple[str | None, str | None]]:
    kinds = (JPG_TIFF_EXIF, DIGITAL_EXIF)
    found = [b.body[16:].removeprefix(b"Exif\0\0") for b in boxes_of(file) if b.body[:16] in kinds]
    return [exif_of(bytes(4) + data) for data in found]


def others_of(file: bytes) -> list[bytes]:
    return [b.body for b in boxes_of(file) if b.body[:16] not in (JPG_TIFF_EXIF, DIGITAL_EXIF)]


@pytest.mark.parametrize("kind", [JPG_TIFF_EXIF, DIGITAL_EXIF])
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("form", [{}, {"large": True}])
@pytest.mark.parametrize("offset", [True, False])
def test_the_box_changes_in_place_or_grows(kind: bytes, prefix: bytes, form: dict[str, bool], offset: bool) -> None:
    made = exif(block(offset=offset), kind, prefix, **form)
    for file in (START + made + XMP + PICTURE, START + XMP + PICTURE + made):
        result = corrected(file)
        assert tags_of(result) == [READ]
        assert others_of(result) == others_of(file)
        assert (len(result) == len(file)) == offset


def test_an_open_box_with_exif_data_grows_at_the_end() -> None:
    assert tags_of(corrected(START + PICTURE + exif(block(offset=False), is_open=True))) == [READ]


def test_both_kinds_of_boxes_get_the_time() -> None:
    result = corrected(START + exif(block(offset=False)) + exif(kind=DIGITAL_EXIF) + PICTURE)
    assert tags_of(result) == [READ, READ]


def test_the_time_may_be_in_the_second_box_alone() -> None:
    file = START + exif(block(taken=None)) + exif(kind=DIGITAL_EXIF) + PICTURE
    result = correct_bytes(file, Correction.from_canonical("timestamp-offset-hours=+01:00:00"))
    assert [time for time, _ in tags_of(result)] == ["2020:01:02 04:04:05"] * 2


@pytest.mark.parametrize("picture", [PICTURE, box(b"jp2c", b"stream", is_open=True)])
def test_a_new_box_comes_before_the_picture(picture: bytes) -> None:
    result = corrected(START + XMP + picture)
    assert result.startswith(START + XMP)
    assert result.endswith(picture)
    assert tags_of(result) == [READ]


@pytest.mark.parametrize("kind", [b"ftbl", b"moov", b"iptr", b"cidx", b"page"])
def test_files_with_tables_of_places_are_left_alone_where_something_would_move(kind: bytes) -> None:
    table = box(kind, b"places")
    for made in (b"", exif(block(offset=False))):
        with pytest.raises(UnsupportedFormatError, match=kind.decode()):
            corrected(START + made + table + PICTURE)
    assert tags_of(corrected(START + exif() + table + PICTURE)) == [READ]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (START, "picture is missing"),
        (START[:12] + PICTURE, "start with its type"),
        (START + exif(b"none") + PICTURE, "TIFF header"),
        (START + exif(bytes(1 << 21)) + PICTURE, "bytes"),
        (START + exif() * 9 + PICTURE, "9 boxes"),
        (START + exif() + PICTURE[:-1], "cut off"),
        (START + box(b"free") * 100_000 + PICTURE, "boxes in one place"),
    ],
)
def test_what_is_damaged_is_refused(file: bytes, reason: str) -> None:
    with pytest.raises(CorruptPhotoError, match=reason):
        jp2.plan(BytesSource(file), Texts(NEW))


def test_nothing_asked_is_nothing_done() -> None:
    assert correct_bytes(START + PICTURE, Texts()) == START + PICTURE


@st.composite
def files(draw: st.DrawFn) -> bytes:
    others = st.lists(st.sampled_from([XMP, box(b"xml ", b"<gml/>"), box(b"uinf", b"links")]), max_size=2)
    kinds = st.sampled_from([JPG_TIFF_EXIF, DIGITAL_EXIF])
    made = exif(block(offset=draw(st.booleans())), draw(kinds), draw(st.sampled_from([b"", b"Exif\0\0"])))
    pieces = [*draw(others), *draw(st.permutations([made, PICTURE])), *draw(others)]
    if draw(st.booleans()):
        pieces.remove(made)
    rest = draw(st.sampled_from([b"", b"\0\0\0\0\0\0\0\0rest"]))
    return START + b"".join(pieces) + rest


@given(files())
def test_twice_is_once_and_the_last_word_counts(file: bytes) -> None:
    once = correct_bytes(file, Texts(NEW))
    assert correct_bytes(once, Texts(NEW)) == once
    assert correct_bytes(correct_bytes(once, OTHER), Texts(NEW)) == once
    made = plan_photo(BytesSource(file), Texts(NEW))
    assert plan_photo(made.view(BytesSource(file)), NOTHING).before == made.after


@given(files(), st.data())
def test_a_damaged_file_is_refused_or_corrected_for_good(file: bytes, data: st.DataObject) -> None:
    refused_or_corrected_for_good(damaged(data, file, 12), Texts(NEW))
