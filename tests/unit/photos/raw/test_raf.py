"""Fujifilm RAF: the JPEG in the file is corrected as a JPEG, and what follows it moves with its offsets."""

import piexif
import pytest

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.check import check_plan
from galleria_storage.photos.plan import Plan, Texts
from galleria_storage.photos.raw import raf
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos.heifs import NEW
from tests.support.photos.jpegs import SCAN
from tests.support.photos.previews import META, PICTURE, preview, raf_file


def number(file: bytes, at: int) -> int:
    return int.from_bytes(file[at : at + 4], "big")


def corrected(file: bytes) -> bytes:
    source = MeteredSource(BytesSource(file))
    plan: Plan = raf.plan(source, Texts(NEW))
    check_plan(source, plan, raf.plan, raf.parts)
    return plan.apply(file)


def exif_of(file: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = piexif.load(file[number(file, 84) :][: number(file, 88)])["Exif"]
    return found


def test_tags_with_room_are_changed_in_place() -> None:
    file = raf_file(preview(offset=True))
    result = corrected(file)
    assert len(result) == len(file)
    assert (exif_of(result)[36867], exif_of(result)[36881]) == (b"2024:06:15 10:30:45", b"+02:00")


@pytest.mark.parametrize("second", [False, True])
def test_what_follows_a_preview_that_grows_is_found_where_the_header_says(second: bool) -> None:
    file = raf_file(preview(offset=False), second=second)
    result = corrected(file)
    assert exif_of(result)[36881] == b"+02:00"
    assert result[number(result, 92) :][: len(META)] == META
    assert result[number(result, 100) :][: len(PICTURE)] == PICTURE
    assert number(result, 120) == (number(result, 100) if second else 0)
    assert (number(result, 92) - number(file, 92)) % 4 == 0
    assert result[148:][: number(result, 88)].endswith(SCAN)


@pytest.mark.parametrize(("size", "words"), [(200, "preview would end"), (-20, "RAW data would be")])
def test_a_file_that_is_cut_off_is_refused(size: int, words: str) -> None:
    file = bytearray(raf_file(preview(offset=True)))
    if size < 0:
        file[100:104] = (len(file) + 1).to_bytes(4, "big")
    with pytest.raises(CorruptPhotoError, match=words):
        corrected(bytes(file[:size]) if size > 0 else bytes(file))


def test_raw_data_that_begins_within_the_preview_is_refused() -> None:
    file = bytearray(raf_file(preview(offset=True)))
    file[100:104] = (160).to_bytes(4, "big")
    with pytest.raises(CorruptPhotoError, match="within its preview"):
        corrected(bytes(file))


def test_another_file_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError):
        corrected(b"II*\0" + bytes(200))
