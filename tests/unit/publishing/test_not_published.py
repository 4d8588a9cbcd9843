"""What is rejected, ignored or published as it is."""

import pytest

from tests.support.fakes.gallery import GIF, JPEG, TIME, FakeGallery


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"#!/bin/sh",
        b"",
    ],
)
def test_only_images_are_published_whatever_they_are_called(gallery: FakeGallery, body: bytes) -> None:
    gallery.put(body, key="photo.jpg")
    outcome = gallery.publish("photo.jpg")
    assert (outcome.status, gallery.published_keys()) == ("rejected", [])
    assert outcome.advice


@pytest.mark.parametrize("asked", [TIME, {}], ids=["corrected", "as it is"])
def test_a_photo_that_lacks_its_end_is_rejected_whatever_is_asked(gallery: FakeGallery, asked: dict[str, str]) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17) + b"\0\0\xff\xffIDAT" + bytes(100)
    for body in (JPEG[:15], png):
        gallery.put(body, asked)
        outcome = gallery.publish()
        assert (outcome.status, gallery.published_keys()) == ("rejected", [])
        assert "cut off" in outcome.reason


def test_a_video_is_published_only_if_settings_let_it_through(gallery: FakeGallery) -> None:
    video = b"\x1aE\xdf\xa3" + b"frames"
    gallery.put(video)
    assert gallery.publish().status == "rejected"
    gallery.configure(pass_through_types=frozenset({"video/webm"}))
    assert gallery.publish().status == "published"
    assert (gallery.copy().body, gallery.copy().content_type) == (video, "video/webm")


def test_a_gif_with_its_own_correction_is_rejected(gallery: FakeGallery) -> None:
    gallery.put(GIF, TIME)
    outcome = gallery.publish()
    assert outcome.status == "rejected"
    assert "image/gif" in outcome.reason


@pytest.mark.parametrize("default", [{"timestamp-offset-hours": "-2"}, {"target-timezone": "Europe/Stockholm"}])
def test_a_photo_without_a_capture_time_is_published_as_it_is_if_only_a_default_asks(
    gallery: FakeGallery, default: dict[str, str]
) -> None:
    gallery.configure(default_correction=default)
    gallery.put()
    outcome = gallery.publish()
    assert (outcome.status, gallery.copy().body) == ("published", JPEG)
    assert outcome.reason == "published without the default correction: the photo has no capture time"
    gallery.put(metadata=default)
    assert gallery.publish().status == "rejected"


def test_a_gif_is_published_as_it_is_if_only_a_default_asks(gallery: FakeGallery) -> None:
    gallery.configure(default_correction={"target-timezone": "Europe/Stockholm"})
    gallery.put(GIF)
    outcome = gallery.publish()
    assert (outcome.status, gallery.copy().body) == ("published", GIF)
    assert "image/gif is not corrected" in outcome.reason


def test_a_key_that_is_almost_a_correction_is_mentioned_in_the_outcome(gallery: FakeGallery) -> None:
    gallery.put(metadata={"timestamp_offset_hours": "-2"}, tags={"galleria-timezone": "UTC"})
    for status in ("published", "duplicate"):
        outcome = gallery.publish()
        assert outcome.status == status
        assert "'timestamp_offset_hours' is not read; timestamp-offset-hours may be meant" in outcome.reason
        assert "'galleria-timezone'" in outcome.reason


def test_what_this_service_recorded_on_a_copy_is_not_taken_for_a_correction(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=gallery.copy().metadata)
    assert "is not read" not in gallery.publish().reason


def test_a_correction_that_cannot_be_understood_is_rejected_with_its_key(gallery: FakeGallery) -> None:
    gallery.put(metadata={"corrected-timestamp": "yesterday"})
    outcome = gallery.publish()
    assert (outcome.status, outcome.tag) == ("rejected", "corrected-timestamp")
