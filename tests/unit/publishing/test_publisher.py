"""What is published: the copy, its headers and what is recorded on it."""

import hashlib

import pytest

from galleria_storage.errors import (
    ArchivedError,
    ProviderError,
)
from tests.support.fakes.directing import lose_the_answer, refuse
from tests.support.fakes.gallery import CORRECTED, JPEG, STAGING, TIME, FakeGallery
from tests.support.photos.camera_files import camera_block, photo


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


@pytest.mark.parametrize("written", ["août\n" + "9" * 50, "SN-3077412-9"])
def test_what_is_written_in_place_of_a_time_is_not_recorded(gallery: FakeGallery, written: str) -> None:
    gallery.put(photo(camera_block(taken=written)), TIME)
    gallery.publish()
    assert not gallery.copy().metadata.get("galleria-captured-before")


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


def test_each_publication_has_its_own_run_even_if_the_content_repeats(gallery: FakeGallery) -> None:
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


def test_a_photo_that_is_gone_is_not_an_error(gallery: FakeGallery) -> None:
    assert gallery.publish("none.jpg").status == "gone"
    assert gallery.published_keys() == []


# --- what is not
# --- conflicts
# --- faults
