"""Content credentials: found where each format keeps them, readable but no longer right after an edit, or gone."""

import io

import pytest
from PIL import Image

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.credentials import MARK, UUID, after_edit, is_signed
from galleria_storage.photos.formats import format_of
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Asked
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos import heifs
from tests.support.photos.boxes import JXL_START, box
from tests.support.photos.films import film
from tests.support.photos.heifs import MASTER, exif_item
from tests.support.photos.signing import problems, sign

TIME = parse_correction({"corrected-timestamp": "2024-06-15T10:30:45+02:00"}, {})
NAMES = parse_correction({"remove": "names"}, {})
PILLOWS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff", "AVIF": "image/avif"}


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (90, 60, 30)).save(file, kind)
    return file.getvalue()


def photo(media_type: str) -> bytes:
    """Return a small file of each kind that can be signed."""
    if media_type == "image/heic":
        return heifs.heif([MASTER, exif_item(2)], [b"ftyp", b"meta", b"mdat"])
    if media_type == "image/jxl":
        return JXL_START + box(b"Exif", bytes(4), heifs.block()) + box(b"jxlc", b"\xff\x0a" + bytes(range(100)))
    if media_type.startswith("video/"):
        return film()
    return picture(next(kind for kind, name in PILLOWS.items() if name == media_type))


FORMATS = (*PILLOWS.values(), "image/heic", "image/jxl", "video/mp4", "video/quicktime")


def whole(file: bytes) -> MeteredSource:
    return MeteredSource(BytesSource(file), file)


def credentials_after(file: bytes, asked: Asked) -> str:
    photo = whole(file)
    return after_edit(photo, plan_photo(photo, asked), asked.remove)


@pytest.fixture(scope="module", params=FORMATS, ids=str)
def signed(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    media_type = str(request.param)
    return media_type, sign(photo(media_type), media_type)


def test_a_signature_is_found_and_lists_as_a_block(signed: tuple[str, bytes]) -> None:
    media_type, file = signed
    assert problems(file, media_type) == set()
    assert is_signed(whole(file))
    assert [b.name for b in format_of(media_type).metadata(whole(file)) if b.kind == "credentials"] == [
        "content credentials"
    ]


def test_an_edit_leaves_the_credentials_readable_and_breaks_the_signature(signed: tuple[str, bytes]) -> None:
    media_type, file = signed
    found = problems(correct_bytes(file, TIME), media_type)
    assert found in ({"assertion.dataHash.mismatch"}, {"assertion.bmffHash.mismatch"})
    assert credentials_after(file, TIME) == "broken"


def test_without_an_edit_they_are_kept(signed: tuple[str, bytes]) -> None:
    _, file = signed
    assert credentials_after(file, NOTHING) == "kept"


def test_removing_metadata_removes_the_manifest_since_it_may_repeat_it(signed: tuple[str, bytes]) -> None:
    media_type, file = signed
    result = correct_bytes(file, NAMES)
    assert problems(result, media_type) is None
    assert MARK not in result
    assert credentials_after(file, NAMES) == "removed"


def test_an_unsigned_photo_has_none() -> None:
    file = picture("JPEG")
    assert not is_signed(whole(file))
    assert credentials_after(file, TIME) == "none"


@pytest.mark.parametrize(
    "other", [box(b"uuid", bytes(16), MARK), box(b"jumb", bytes(8), b"no mark"), box(b"free", UUID, MARK)]
)
def test_boxes_without_their_mark_are_something_else(other: bytes) -> None:
    file = heifs.heif([MASTER, exif_item(2)], [b"ftyp", other, b"meta", b"mdat"])
    assert not [block for block in format_of("image/heic").metadata(whole(file)) if block.kind == "credentials"]


@pytest.mark.parametrize("store", [box(b"uuid", UUID, b"manifest"), box(b"jumb", bytes(8), MARK, b"rest")])
def test_boxes_hold_them_in_heif_and_become_free_space(store: bytes) -> None:
    file = heifs.heif([MASTER, exif_item(2)], [b"ftyp", store, b"meta", b"mdat"])
    found = [block for block in format_of("image/heic").metadata(whole(file)) if block.kind == "credentials"]
    assert len(found) == 1
    result = correct_bytes(file, NAMES)
    assert len(result) == len(file)
    assert not is_signed(whole(result))
    assert box(b"free", bytes(len(store) - 8)) in result
