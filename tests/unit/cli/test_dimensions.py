"""Width and height of pictures, as Pillow writes them."""

import io
import struct

import pytest
from PIL import Image

from galleria_cli.dimensions import dimensions
from galleria_storage.photos.source import BytesSource


def encoded(kind: str, size: tuple[int, int] = (37, 21), **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size).save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
def test_they_are_those_that_were_written(kind: str) -> None:
    assert dimensions(BytesSource(encoded(kind)), f"image/{kind}") == (37, 21)


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"}])
def test_every_kind_of_webp_tells_them(options: dict[str, object]) -> None:
    assert dimensions(BytesSource(encoded("webp", **options)), "image/webp") == (37, 21)


def test_a_thumbnail_in_a_segment_is_another_picture() -> None:
    photo, thumbnail = encoded("jpeg"), encoded("jpeg", (4, 3))
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    assert dimensions(BytesSource(photo[:2] + segment + photo[2:]), "image/jpeg") == (37, 21)


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
def test_a_file_that_is_cut_off_tells_none(kind: str) -> None:
    for end in range(0, 12, 3):
        assert dimensions(BytesSource(encoded(kind)[:end]), f"image/{kind}") is None
