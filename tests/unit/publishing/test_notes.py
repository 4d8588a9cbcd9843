"""The outcome says what was almost asked for: keys and settings that are nearly right, and were ignored."""

from dataclasses import replace
from struct import pack

import pytest

from galleria_storage.publishing.publish_settings import publish_settings
from tests.support.fakes.gallery import TIME, FakeGallery
from tests.support.photos.boxes import box
from tests.support.photos.media_boxes import ftyp, meta, moov
from tests.support.photos.raw_files import RAW, tiff

ENVIRONMENT = {"STAGING_BUCKET": "staging", "S3_PUBLIC_BUCKET": "public", "PATH": "/bin", "AWS_REGION": "eu-north-1"}


@pytest.mark.parametrize("asked", [{"metadata": {"timestamp_offset_hours": "2"}}, {"tags": {"target-tz": "UTC"}}])
def test_a_key_that_is_almost_right_is_mentioned_in_every_outcome(gallery: FakeGallery, asked: dict) -> None:
    gallery.put(**asked)
    for status in ("published", "duplicate"):
        outcome = gallery.publish()
        assert outcome.status == status
        assert "is not read; t" in outcome.reason
        assert "may be meant" in outcome.reason


def test_what_was_recorded_on_a_published_copy_is_not_mentioned(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    gallery.put(metadata=dict(gallery.copy().metadata))
    assert "is not read" not in gallery.publish().reason


def test_a_setting_that_is_almost_right_is_mentioned(gallery: FakeGallery) -> None:
    settings = publish_settings({**ENVIRONMENT, "CACHE_CONTROLL": "no-store", "STAGING_BUCKET_NAME": "other"})
    assert settings.notes == (
        "the environment variable 'CACHE_CONTROLL' is not read; CACHE_CONTROL may be meant",
        "the environment variable 'STAGING_BUCKET_NAME' is not read; STAGING_BUCKET may be meant",
    )
    gallery.settings = replace(gallery.settings, notes=settings.notes)
    gallery.put()
    assert "CACHE_CONTROL may be meant" in gallery.publish().reason


def test_an_environment_in_order_is_not_mentioned() -> None:
    assert publish_settings(ENVIRONMENT).notes == ()
    assert publish_settings({**ENVIRONMENT, "CORS_PROBE_URL": "https://photos.example/a.jpg"}).notes == ()


@pytest.mark.parametrize("ending", ["RAW", "film"])
def test_what_a_file_is_is_found_at_its_end_if_need_be(gallery: FakeGallery, ending: str) -> None:
    padding = 17 * 2**20
    if ending == "RAW":
        photo = tiff(RAW["image/x-nikon-nef"], first=padding)
        assert pack("<I", padding) == photo[4:8]
    else:
        photo = ftyp(b"heic", b"mif1") + box(b"mdat", bytes(padding)) + moov(b"vide")
    gallery.put(photo)
    outcome = gallery.publish()
    assert outcome.status == "rejected"
    assert ("image/x-nikon-nef" if ending == "RAW" else "video/mp4") in outcome.reason


def test_a_photo_with_its_metadata_at_its_end_is_published(gallery: FakeGallery) -> None:
    gallery.put(ftyp(b"heic", b"mif1") + box(b"mdat", bytes(17 * 2**20)) + meta())
    assert gallery.publish().status == "published"
