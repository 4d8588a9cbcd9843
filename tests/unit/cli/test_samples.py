"""The samples are real photos: each decodes, and all the kinds that the demo promises are there."""

import io

import piexif
import pytest
from PIL import Image

from galleria_cli.demo.samples import Photo, sample_photos

PHOTOS = [photo for photo in sample_photos() if photo.key != "page.jpg"]


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.key)
def test_a_sample_decodes(photo: Photo) -> None:
    with Image.open(io.BytesIO(photo.data)) as picture:
        picture.load()


def test_samples_cover_both_byte_orders_a_maker_note_a_thumbnail_xmp_and_bare_photos() -> None:
    data = [photo.data for photo in PHOTOS]
    assert any(b"Exif\0\0II*\0" in one for one in data)
    assert any(b"Exif\0\0MM\0*" in one for one in data)
    assert any(b"Exif\0\0" not in one and one.startswith(b"\xff\xd8") for one in data)
    assert any(b"http://ns.adobe.com/xap/1.0/" in one for one in data)
    loaded = [piexif.load(one) for one in data if b"Exif\0\0" in one]
    assert any(tags["thumbnail"] for tags in loaded)
    assert any(piexif.ExifIFD.MakerNote in tags["Exif"] for tags in loaded)
