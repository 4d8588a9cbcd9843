"""The judge of `make fidelity` finds every kind of damage that an editor can do."""

from base64 import b64encode
from pathlib import Path

import pytest

from benchmarks.exiftool import ENDED, ExifTool
from benchmarks.fidelity.jpeg import differences, read_jpeg
from benchmarks.fidelity.judge import Photo, judge
from tests.support.photos.camera_files import exif_segment as exif
from tests.support.photos.jpegs import segment

APP0 = b"\xff\xe0\x00\x07JFIF\0"
IMAGE = b"\xff\xda\x00\x02scan\xff\xd9trailer"
TIFF_LITTLE, TIFF_BIG = b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"
EXIF = exif(TIFF_LITTLE)


def index(first: int, second: int, offset: int) -> bytes:
    """Make a multi-picture index of two images."""
    entry = b"\x02\xb0\x07\0" + (32).to_bytes(4, "little") + (26).to_bytes(4, "little")
    records = b"".join(n.to_bytes(4, "little") for n in (0, first, 0, 0, 0, second, offset, 0))
    return segment(0xE2, b"MPF\0" + TIFF_LITTLE + b"\x01\0" + entry + bytes(4) + records)


def jpeg(*pieces: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(pieces)


def harm(before: bytes, after: bytes) -> set[str]:
    old, new = read_jpeg(before), read_jpeg(after)
    assert old
    assert new
    return differences(old, new)


def test_a_longer_exif_segment_is_harmless() -> None:
    assert harm(jpeg(APP0, EXIF, IMAGE), jpeg(APP0, exif(TIFF_LITTLE + bytes(9)), IMAGE)) == set()


def test_a_new_exif_segment_is_harmless() -> None:
    assert harm(jpeg(APP0, IMAGE), jpeg(APP0, EXIF, IMAGE)) == set()


@pytest.mark.parametrize(
    ("after", "name"),
    [
        (jpeg(APP0, EXIF, IMAGE + b"x"), "image data or trailer"),
        (jpeg(APP0, EXIF, IMAGE[:-1]), "image data or trailer"),
        (jpeg(APP0, EXIF, IMAGE.replace(b"scan", b"Scan")), "image data or trailer"),
        (jpeg(EXIF, IMAGE), "other segments"),
        (jpeg(EXIF, APP0, segment(0xFE, b"by me"), IMAGE), "other segments"),
        (jpeg(APP0, exif(TIFF_BIG), IMAGE), "byte order"),
        (jpeg(APP0, EXIF, EXIF, IMAGE), "number of Exif blocks"),
        (jpeg(APP0, IMAGE), "number of Exif blocks"),
    ],
)
def test_a_change_outside_the_exif_data_is_harm(after: bytes, name: str) -> None:
    assert name in harm(jpeg(APP0, EXIF, IMAGE), after)


def with_afcp(photo: bytes, shift: int = 0) -> bytes:
    """Append an AFCP trailer of one part to a photo, its offsets wrong by a shift."""
    start, part = len(photo) + shift, b"IPTC"
    header = b"AXS!\x01\0\0\x01\0\0\0\0" + part + (4).to_bytes(4, "big") + (start + 24).to_bytes(4, "big")
    return photo + header + b"text" + b"AXS!" + start.to_bytes(4, "big") + bytes(4)


@pytest.mark.parametrize(("shift", "harmed"), [(0, set()), (-9, {"image data or trailer"})])
def test_the_offsets_of_an_afcp_trailer_have_to_follow_the_growth(shift: int, harmed: set[str]) -> None:
    before, after = jpeg(APP0, EXIF, IMAGE), jpeg(APP0, exif(TIFF_LITTLE + bytes(9)), IMAGE)
    assert harm(with_afcp(before), with_afcp(after, shift)) == harmed
    assert harm(with_afcp(before), with_afcp(after).replace(b"text", b"test")) == {"image data or trailer"}


def test_a_multi_picture_index_has_to_follow_the_growth() -> None:
    second = b"\xff\xd8second\xff\xd9"

    def photo(block: bytes, first_size: int) -> bytes:
        front = exif(block)
        whole = len(jpeg(front, index(0, 0, 0), IMAGE))
        base = 2 + len(front) + 8
        return jpeg(front, index(first_size or whole, len(second), whole - base), IMAGE) + second

    before, grown = photo(TIFF_LITTLE, 0), photo(TIFF_LITTLE + bytes(20), 0)
    assert harm(before, grown) == set()
    assert "multi-picture index" in harm(before, photo(TIFF_LITTLE + bytes(20), 5))
    stale = grown.replace(
        grown[grown.index(b"MPF\0") : grown.index(b"\xff\xda")], before[before.index(b"MPF\0") :][:62]
    )
    assert "multi-picture index" in harm(before, stale)


# --- tags

GOOD = {"EXIF:ExifIFD:DateTimeOriginal": "2021:03:04 05:06:07", "EXIF:ExifIFD:OffsetTimeOriginal": "-05:00"}
BEFORE = {
    "File:ExifByteOrder": "II",
    "EXIF:ExifIFD:ExifVersion": "0221",
    "MakerNotes:Canon:Lens": 4,
    "EXIF:IFD0:Make": "C",
}


def verdict(after: dict, before: dict | None = None) -> frozenset[str]:
    return judge(Photo(before or BEFORE, None, None), Photo(after, None, None)).harm


def test_the_wanted_tags_alone_are_exact() -> None:
    assert verdict(BEFORE | GOOD) == frozenset()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"EXIF:ExifIFD:DateTimeOriginal": "2021:03:04 05:06:08"}, "not read back"),
        ({"EXIF:ExifIFD:Copy1:DateTimeOriginal": "2001:01:01 00:00:00"}, "not read back"),
        ({"MakerNotes:Canon:Lens": 5}, "maker notes"),
        ({"EXIF:IFD0:Make": "D"}, "other tags"),
        ({"EXIF:IFD0:XResolution": 72}, "other tags"),
        ({"File:ExifByteOrder": "MM"}, "byte order"),
        ({"EXIF:IFD1:ThumbnailImage": "base64:x"}, "thumbnail or preview"),
        ({"Composite:PreviewImage": "base64:x"}, "thumbnail or preview"),
        ({"ExifTool:Warning": "Bad IFD1 directory"}, "new warning"),
    ],
)
def test_a_tag_that_is_wrong_changed_or_added_is_harm(change: dict, name: str) -> None:
    assert name in verdict(BEFORE | GOOD | change)


def test_a_tag_that_is_lost_is_harm() -> None:
    assert verdict(GOOD | {"File:ExifByteOrder": "II", "EXIF:ExifIFD:ExifVersion": "0221", "EXIF:IFD0:Make": "C"}) == {
        "maker notes"
    }


def test_values_that_follow_from_others_or_from_the_file_system_do_not_count() -> None:
    derived = {"Composite:SubSecDateTimeOriginal": "x", "File:System:FileSize": 5, "EXIF:IFD1:ThumbnailOffset": 900}
    assert verdict(BEFORE | GOOD | derived) == frozenset()


def test_mandatory_tags_are_harmless_only_where_there_was_no_exif_before() -> None:
    mandatory = {"EXIF:IFD0:XResolution": 72, "EXIF:ExifIFD:ExifVersion": "0232"}
    assert verdict(BEFORE | GOOD | mandatory) == {"other tags"}
    assert verdict(GOOD | mandatory | {"File:ImageWidth": 5}, {"File:ImageWidth": 5}) == frozenset()


@pytest.mark.parametrize(
    ("after", "harm"),
    [
        (jpeg(APP0, exif(TIFF_LITTLE + bytes(9)), IMAGE), set()),
        (jpeg(EXIF, IMAGE), {"thumbnail or preview"}),
    ],
)
def test_the_preview_of_a_raf_may_change_in_its_exif_data_alone(after: bytes, harm: set[str]) -> None:
    def shown(preview: bytes) -> dict:
        return BEFORE | GOOD | {"File:PreviewImage": f"base64:{b64encode(preview).decode()}"}

    assert verdict(shown(after), shown(jpeg(APP0, EXIF, IMAGE))) == harm


@pytest.mark.parametrize("key", ["ExifTool:Error", "ExifTool:Warning"])
def test_a_photo_with_a_fault_that_exiftool_finds_is_not_sound(key: str) -> None:
    assert not Photo({key: "Bad InteropIFD directory"}, None, None).is_sound
    assert Photo(BEFORE, None, None).is_sound


def test_exiv2_has_to_read_the_tags_back_if_it_could_read_the_photo() -> None:
    good = Photo(BEFORE | GOOD, {"Exif.Photo.DateTimeOriginal": "2021:03:04 05:06:07"}, None)
    assert judge(Photo(BEFORE, {}, None), good).harm == {"not read back by exiv2"}
    assert judge(Photo(BEFORE, None, None), good).harm == frozenset()


@pytest.mark.parametrize(
    ("hidden", "block"),
    [
        (True, segment(0xE1, b"??Exif\0\0" + TIFF_LITTLE)),
        (True, segment(0xE1, b"EXIF\0\0" + TIFF_LITTLE)),
        (True, exif(b"\0\0\0") + EXIF),
        (False, EXIF),
    ],
)
def test_exiv2_need_not_read_what_it_does_not_take_for_exif(hidden: bool, block: bytes) -> None:
    photo = read_jpeg(jpeg(block, IMAGE))
    good = Photo(BEFORE | GOOD, {}, photo)
    assert judge(Photo(BEFORE, {}, photo), good).harm == (set() if hidden else {"not read back by exiv2"})


def test_a_duplicate_tag_is_read_back_twice() -> None:
    texts = {"Exif.Photo.DateTimeOriginal": "2021:03:04 05:06:07", "Exif.Photo.OffsetTimeOriginal": "-05:00"}
    twice = {tag: [text, text] for tag, text in texts.items()}
    photo = read_jpeg(jpeg(EXIF, IMAGE))
    for tags, harm in (
        (texts, set()),
        (twice, set()),
        (twice | {"Exif.Photo.DateTimeOriginal": ["?", "?"]}, {"not read back by exiv2"}),
    ):
        assert judge(Photo(BEFORE, texts, photo), Photo(BEFORE | GOOD, tags, photo)).harm == harm


def test_an_exiftool_that_dies_of_a_photo_says_so_and_is_there_for_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "exiftool"
    program.write_text("#!/bin/sh\nread line\necho its last words\n")
    program.chmod(0o755)
    monkeypatch.setenv("EXIFTOOL", str(program))
    with ExifTool() as exiftool:
        for _ in range(2):
            assert exiftool.read(tmp_path / "photo.jpg") == {"ExifTool:Error": f"{ENDED}: its last words"}
