"""Thumbnails: the embedded one first, upright, without metadata, and kept."""

import io
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import piexif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from galleria_cli.lighttable.pictures import small_picture
from galleria_cli.lighttable.right_of_way import RightOfWay
from galleria_cli.lighttable.shelf import FolderShelf
from galleria_cli.lighttable.thumbnails import Thumbnails
from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.source import BytesSource

NOON = datetime(2024, 6, 15, 12)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL.*")
RED, BLUE = (250, 10, 10), (10, 10, 250)


def picture(
    colour: tuple[int, int, int], size: tuple[int, int] = (160, 120), kind: str = "JPEG", **more: object
) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind, **more)
    return target.getvalue()


def with_thumbnail(orientation: int, thumbnail: bytes) -> bytes:
    block = piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}, "1st": {}, "thumbnail": thumbnail})
    return picture(RED, (800, 600), exif=block)


def seen(data: bytes, edge: int = 160) -> Image.Image:
    found = Image.open(io.BytesIO(small_picture(BytesSource(data), edge)))
    assert found.format == "JPEG"
    assert not found.getexif()
    return found


WHOLE = [with_thumbnail(6, picture(BLUE)), *(picture(RED, (90, 30), kind) for kind in ("PNG", "WEBP", "TIFF", "GIF"))]


def colour(image: Image.Image) -> str:
    red, _, blue = image.convert("RGB").getpixel((3, 3))  # type: ignore[misc] # of an RGB image
    return "red" if red > blue else "blue"


def test_the_embedded_picture_is_taken() -> None:
    assert colour(seen(with_thumbnail(1, picture(BLUE)))) == "blue"


def test_an_embedded_picture_that_is_too_small_is_not() -> None:
    assert colour(seen(with_thumbnail(1, picture(BLUE, (60, 40))))) == "red"


@pytest.mark.parametrize(
    ("orientation", "upright"), [(1, (160, 120)), (3, (160, 120)), (6, (120, 160)), (8, (120, 160))]
)
def test_pictures_are_upright(orientation: int, upright: tuple[int, int]) -> None:
    assert seen(with_thumbnail(orientation, picture(BLUE))).size == upright
    assert seen(with_thumbnail(orientation, picture(BLUE, (60, 40)))).size == upright


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "GIF"])
def test_other_formats_are_made_small(kind: str) -> None:
    assert max(seen(picture(RED, (900, 300), kind)).size) == 160


def test_heic_is_decoded() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    assert max(seen(picture(RED, (900, 300), "HEIF")).size) == 160


@pytest.mark.parametrize("data", [b"", b"no picture", picture(RED)[:60]])
def test_what_is_not_a_picture_has_none(data: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        small_picture(BytesSource(data), 160)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_damaged_has_a_picture_or_none(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from(WHOLE)))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    with suppress(UnsupportedFormatError):
        small_picture(BytesSource(bytes(whole[: data.draw(st.integers(1, len(whole)))])), 160)


def test_a_thumbnail_is_made_once_and_again_when_the_photo_changes(tmp_path: Path) -> None:
    folder, cache = tmp_path / "photos", tmp_path / "cache"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture(RED))
    shelf = FolderShelf(folder)
    shelf.items()
    thumbnails = Thumbnails(shelf, cache, RightOfWay())
    first = thumbnails.picture("a.jpg", "lane")
    [kept] = cache.rglob("*.jpg")
    kept.write_bytes(b"the kept one")
    assert thumbnails.picture("a.jpg", "lane") == b"the kept one"
    (folder / "a.jpg").write_bytes(picture(BLUE, (161, 120)))
    assert thumbnails.picture("a.jpg", "lane") not in {first, b"the kept one"}


def test_without_a_cache_thumbnails_are_made_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture(RED))
    (tmp_path / "cache").write_text("a file where the folder should be")
    shelf = FolderShelf(folder)
    shelf.items()
    assert Thumbnails(shelf, tmp_path / "cache", RightOfWay()).picture("a.jpg", "lane")
