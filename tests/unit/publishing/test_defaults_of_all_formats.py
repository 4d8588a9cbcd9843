"""Defaults of the stack mean the same for every format, whatever the photo says of itself."""

import io
from collections.abc import Mapping

import piexif
import pytest
from PIL import Image

from galleria_storage.photos.formats import format_of
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.source import BytesSource
from tests.support.fakes.gallery import FakeGallery

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}
ZONES = {"camera-timezone": "Asia/Tokyo", "target-timezone": "Europe/Stockholm"}


def picture(kind: str, taken: str = "", offset: str = "") -> bytes:
    tags = {36867: taken.encode(), 36881: offset.encode()}
    exif = piexif.dump({"Exif": {tag: text for tag, text in tags.items() if text}})
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (90, 60, 30)).save(file, kind, **({"exif": exif} if taken else {}))
    return file.getvalue()


def said(gallery: FakeGallery, kind: str) -> tuple[str | None, str | None]:
    body = gallery.copy().body
    tags = format_of(KINDS[kind]).plan(BytesSource(body), NOTHING).before
    return tags.date_time_original, tags.offset_time_original


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "default",
    [{"target-timezone": "Europe/Stockholm"}, {"timestamp-offset-hours": "2"}, {"target-timezone": "gps"}, ZONES],
)
def test_a_photo_without_a_date_is_published_as_it_is_and_the_outcome_says_so(
    gallery: FakeGallery, kind: str, default: Mapping[str, str]
) -> None:
    gallery.configure(default_correction=default)
    gallery.put(picture(kind))
    outcome = gallery.publish()
    assert outcome.status == "published"
    assert outcome.reason == "published without the default correction: the photo has no capture time"
    assert gallery.copy().body == picture(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_default_offset_needs_no_date(gallery: FakeGallery, kind: str) -> None:
    gallery.configure(default_correction={"target-timezone-offset-hours": "2"})
    gallery.put(picture(kind))
    assert (gallery.publish().status, said(gallery, kind)) == ("published", (None, "+02:00"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("offset", ["", "+09:00", "+02:00"])
def test_a_shift_takes_the_place_of_the_default_camera_zone_whatever_offset_the_photo_records(
    gallery: FakeGallery, kind: str, offset: str
) -> None:
    gallery.configure(default_correction=ZONES)
    gallery.put(picture(kind, "2024:06:15 12:00:00", offset), {"timestamp-offset-hours": "-1"})
    assert gallery.publish().status == "published"
    assert said(gallery, kind) == ("2024:06:15 11:00:00", "+02:00")
