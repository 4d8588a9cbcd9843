"""The publish protocol, one promise at a time."""

import hashlib

import pytest
from botocore.exceptions import ReadTimeoutError

from galleria_storage.errors import (
    ArchivedError,
    IntegrityError,
    PreconditionFailedError,
    ProviderError,
    ThrottledError,
)
from galleria_storage.publishing.publisher import MAX_ATTEMPTS
from galleria_storage.s3.profiles import PROFILES
from tests.support.fakes.directing import refuse
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.gallery import CORRECTED, GIF, JPEG, PUBLIC, STAGING, TIME, FakeGallery
from tests.support.photos.camera_files import camera_block, photo


def lose_the_answer() -> None:
    raise ReadTimeoutError(endpoint_url="https://s3.example")


# --- what is published


def test_the_copy_is_corrected_and_nothing_else_changes(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    outcome = gallery.publish()
    assert gallery.copy().body == CORRECTED
    assert gallery.copy().content_type == "image/jpeg"
    assert outcome.captured_after == "2024:06:15 10:30:45"
    assert (outcome.bytes_in, outcome.bytes_out) == (len(JPEG), len(CORRECTED))


def test_the_sha256_is_in_the_outcome_and_on_the_object(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    outcome = gallery.publish()
    assert outcome.sha256 == hashlib.sha256(CORRECTED).hexdigest()
    assert gallery.copy().metadata["galleria-sha256"] == outcome.sha256


def test_fingerprint_and_capture_times_are_recorded(gallery: FakeGallery) -> None:
    gallery.put(CORRECTED, {"timestamp-offset-hours": "-2"})
    outcome = gallery.publish()
    recorded = gallery.copy().metadata
    assert recorded["galleria-fingerprint"] == outcome.fingerprint
    assert recorded["galleria-captured-before"] == "2024:06:15 10:30:45"
    assert recorded["galleria-captured-after"] == "2024:06:15 08:30:45"


def test_a_fraction_of_a_second_and_an_offset_are_recorded_too(gallery: FakeGallery) -> None:
    gallery.put(metadata={"corrected-timestamp": "2024-06-15T10:30:45.25+02:00"})
    gallery.publish()
    assert gallery.copy().metadata["galleria-captured-after"] == "2024:06:15 10:30:45.25+02:00"


def test_what_a_camera_wrote_instead_of_a_time_is_recorded_as_far_as_a_header_can_hold_it(gallery: FakeGallery) -> None:
    written = "août\n" + "9" * 50
    gallery.put(photo(camera_block(taken=written)), TIME)
    gallery.publish()
    assert gallery.copy().metadata["galleria-captured-before"] == ("?????" + "9" * 50)[:40]


def test_a_changed_tag_publishes_again(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.s3.tag(STAGING, "a.jpg", TIME)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED


def test_the_uploaders_metadata_stays_at_home_unless_it_is_allowed(gallery: FakeGallery) -> None:
    gallery.put(metadata={"photographer": "Mika", "gps": "59.3,18.0", "note": "a\nb"})
    gallery.configure(metadata_allowlist=frozenset({"photographer", "note"}))
    gallery.publish()
    assert {name for name in gallery.copy().metadata if not name.startswith("galleria-")} == {"photographer"}


def test_cache_control_comes_from_settings(gallery: FakeGallery) -> None:
    gallery.configure(cache_control="max-age=31536000")
    gallery.put()
    gallery.publish()
    assert gallery.copy().cache_control == "max-age=31536000"


@pytest.mark.parametrize(
    "change",
    [{"metadata_allowlist": frozenset()}, {"cache_control": "no-store"}, {"metadata_allowlist": frozenset({"title"})}],
    ids=["a name that must leave the copy", "another Cache-Control", "one name less"],
)
def test_a_setting_that_changes_the_headers_of_a_copy_publishes_it_again(
    gallery: FakeGallery, change: dict[str, object]
) -> None:
    gallery.configure(metadata_allowlist=frozenset({"photographer", "title"}), cache_control="max-age=60")
    gallery.put(metadata={"photographer": "Mika", "title": "Dawn"})
    gallery.publish()
    assert gallery.publish().status == "duplicate"
    gallery.configure(**change)
    assert gallery.publish().status == "published"
    assert gallery.publish().status == "duplicate"


def test_a_value_that_is_allowed_belongs_to_the_identity_and_another_does_not(gallery: FakeGallery) -> None:
    gallery.configure(metadata_allowlist=frozenset({"photographer"}))
    gallery.put(metadata={"photographer": "Mika", "note": "1"})
    gallery.publish()
    gallery.put(metadata={"photographer": "Mika", "note": "2"})
    assert gallery.publish().status == "duplicate"
    gallery.put(metadata={"note": "2"})
    assert gallery.publish().status == "published"
    assert "photographer" not in gallery.copy().metadata


def test_what_must_follow_a_write_is_recorded_on_what_was_written(gallery: FakeGallery) -> None:
    gallery.put()
    first = gallery.publish()
    assert (first.replaced, "galleria-replaced" in gallery.copy().metadata) == (False, False)
    gallery.put(metadata=TIME)
    gallery.director.after_plans["PutObject", 1] = lose_the_answer
    with pytest.raises(ProviderError):
        gallery.publish()
    retried = gallery.publish()
    assert (retried.status, retried.replaced) == ("duplicate", True)
    assert retried.run == gallery.copy().metadata["galleria-run"]


def test_what_was_written_is_published_although_the_original_changed_and_went_afterwards(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["HeadObject", 3] = gallery.put  # when it looks back
    gallery.meanwhile = lambda: gallery.s3.remove(STAGING, "a.jpg")
    outcome = gallery.publish()
    assert (outcome.status, outcome.replaced, gallery.copy().body) == ("published", True, CORRECTED)


def test_each_publication_has_a_run_of_its_own_although_the_content_comes_back(gallery: FakeGallery) -> None:
    runs = []
    for metadata in ({}, TIME, {}, TIME):
        gallery.put(metadata=metadata)
        runs.append(gallery.publish().run)
    assert len(set(runs)) == 4


def test_an_archived_original_is_a_duplicate_where_its_right_copy_is_published(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    archive(gallery)
    assert gallery.publish().status == "duplicate"


def test_an_archived_original_without_a_copy_waits_until_it_is_restored(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    archive(gallery)
    with pytest.raises(ArchivedError) as error:
        gallery.publish()
    assert "restore it first" in str(error.value.advice)


def archive(gallery: FakeGallery) -> None:
    gallery.director.plans["GetObject", 1] = lambda: refuse("InvalidObjectState", "GetObject")


def test_a_photo_that_is_gone_is_no_error(gallery: FakeGallery) -> None:
    assert gallery.publish("none.jpg").status == "gone"
    assert gallery.published_keys() == []


# --- what is not


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


def test_a_gif_with_a_correction_of_its_own_is_rejected(gallery: FakeGallery) -> None:
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


# --- conflicts


def test_who_loses_the_race_starts_again_and_finds_a_duplicate(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    gallery.director.plans["PutObject", 1] = lambda: overtake(gallery)
    outcome = gallery.publish()
    assert (outcome.status, outcome.attempts) == ("duplicate", 2)
    assert gallery.copy().body == CORRECTED


def overtake(gallery: FakeGallery) -> None:
    """Let another worker publish the newest in between."""
    gallery.director.plans.clear()
    gallery.publisher().publish("a.jpg")


def test_a_newer_photo_that_was_published_in_between_is_not_overwritten(gallery: FakeGallery) -> None:
    gallery.put()

    def newer() -> None:
        gallery.put(metadata=TIME)
        overtake(gallery)

    gallery.director.plans["PutObject", 1] = newer
    assert gallery.publish().status == "duplicate"
    assert gallery.copy().body == CORRECTED


def test_a_source_that_went_back_and_forth_meanwhile_is_noticed(gallery: FakeGallery) -> None:
    """A, B, A: the public copy of A never changed, so that If-Match lets the late B through."""
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["PutObject", 1] = gallery.put
    gallery.publish()
    assert gallery.copy().body == JPEG


def test_conflicts_are_waited_out_longer_and_longer_but_not_for_ever(gallery: FakeGallery) -> None:
    gallery.put()
    for number in range(1, 100):
        gallery.director.plans["PutObject", number] = lambda: refuse("ConditionalRequestConflict")
    with pytest.raises(PreconditionFailedError):
        gallery.publish()
    assert len(gallery.pauses) == MAX_ATTEMPTS - 1
    assert gallery.pauses == sorted(gallery.pauses)
    assert sum(gallery.pauses) < 10


def test_an_object_that_vanished_before_it_was_replaced_is_written_anew(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["PutObject", 1] = lambda: gallery.s3.remove(PUBLIC, "a.jpg")
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED


def test_a_refusal_of_conditions_is_learnt_once(gallery: FakeGallery) -> None:
    gallery.s3 = FakeS3("refused", gallery.director)
    gallery.profile = PROFILES["generic"]
    publisher = gallery.publisher()
    for key in ("a.jpg", "b.jpg"):
        gallery.put(key=key)
        publisher.publish(key)
    assert gallery.director.counts["PutObject"] == 4  # two refusals, since one teaches nothing


# --- faults


def test_an_own_write_whose_answer_was_lost_is_recognised(gallery: FakeGallery) -> None:
    """boto3 sends the request again by itself, which then fails with 412."""
    gallery.put(metadata=TIME)
    gallery.director.after_plans["PutObject", 1] = lambda: refuse("PreconditionFailed")
    outcome = gallery.publish()
    assert (outcome.status, outcome.attempts) == ("published", 2)
    assert outcome.sha256 == hashlib.sha256(CORRECTED).hexdigest()


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject", "PutObject"])
def test_an_error_that_may_pass_raises_so_that_the_event_comes_again(gallery: FakeGallery, operation: str) -> None:
    gallery.put()
    gallery.director.plans[operation, 1] = lambda: refuse("SlowDown", operation)
    with pytest.raises(ThrottledError):
        gallery.publish()
    gallery.director.plans.clear()
    assert gallery.publish().status == "published"


def test_after_a_timeout_the_next_delivery_finds_a_duplicate(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.director.after_plans["PutObject", 1] = lose_the_answer
    with pytest.raises(ProviderError):
        gallery.publish()
    assert gallery.publish().status == "duplicate"


class Spoiling(FakeS3):
    """A provider that stores something else than it is sent, so many times."""

    spoil = 1

    def _put(self, bucket: str, key: str, body: bytes, arguments: dict[str, object]) -> dict[str, object]:
        if bucket == PUBLIC and self.spoil:
            self.spoil -= 1
            body = body[:-1] + b"?"
        return super()._put(bucket, key, body, arguments)


def test_what_was_stored_wrong_is_replaced(gallery: FakeGallery) -> None:
    gallery.s3 = Spoiling("honoured", gallery.director)
    gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED


def test_what_is_stored_wrong_again_is_removed_and_failed(gallery: FakeGallery) -> None:
    gallery.s3 = Spoiling("honoured", gallery.director)
    gallery.s3.spoil = 2
    gallery.put(metadata=TIME)
    with pytest.raises(IntegrityError):
        gallery.publish()
    assert gallery.published_keys() == []


def test_a_copy_that_is_too_short_is_no_duplicate(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    whole = gallery.copy()
    gallery.s3.store(PUBLIC, "a.jpg", whole.body[:100], metadata=whole.metadata)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED
