"""Which requests the publish protocol makes, and in which order."""

from dataclasses import replace
from typing import Any

import pytest

from galleria_storage.errors import ProviderError
from galleria_storage.s3.profiles import PROFILES
from tests.support.fakes.directing import refuse
from tests.support.fakes.gallery import CORRECTED, JPEG, PUBLIC, STAGING, TIME, FakeGallery

#: No server gives the number of tags as 0, and if one withholds the number, that does not mean that there are none.
GLANCE = LOOK_BACK = ["HeadObject", "GetObjectTagging"]


def test_a_new_photo_costs_four_requests(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.s3.calls == ["HeadObject", "GetObject", "GetObjectTagging", "PutObject"]


@pytest.mark.parametrize("asked", [{"metadata": TIME}, {"tags": TIME}])
def test_a_duplicate_costs_three_small_requests_and_no_body(gallery: FakeGallery, asked: dict[str, Any]) -> None:
    gallery.put(**asked)
    gallery.publish()
    outcome = gallery.publish()
    assert (outcome.status, outcome.bytes_in, outcome.bytes_out) == ("duplicate", 0, 0)
    assert gallery.s3.calls == ["HeadObject", *GLANCE]


def test_where_there_are_no_tags_both_cost_one_less(gallery: FakeGallery) -> None:
    gallery.staging_profile = replace(gallery.staging_profile, object_tags=False)
    gallery.put(metadata=TIME)
    gallery.publish()
    assert gallery.s3.calls == ["HeadObject", "GetObject", "PutObject"]
    assert gallery.publish().status == "duplicate"
    assert gallery.s3.calls == ["HeadObject", "HeadObject"]


def test_a_number_that_says_that_there_are_no_tags_is_believed(gallery: FakeGallery) -> None:
    describe = gallery.s3._describe
    gallery.s3._describe = lambda found: {"TagCount": 0, **describe(found)}  # type: ignore[method-assign]
    gallery.put(metadata=TIME)
    gallery.publish()
    assert gallery.s3.calls == ["HeadObject", "GetObject", "PutObject"]


@pytest.mark.parametrize("versioned", [True, False])
def test_tags_are_found_although_the_provider_does_not_give_their_number(
    gallery: FakeGallery, *, versioned: bool
) -> None:
    gallery.s3.versioned = versioned
    gallery.s3.tells_tags = False
    gallery.put(tags=TIME)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED
    assert gallery.publish().status == "duplicate"


@pytest.mark.parametrize("code", ["AccessDenied", "InternalError", "NotImplemented"])
def test_a_photo_whose_tags_cannot_be_read_is_not_published_without_them(gallery: FakeGallery, code: str) -> None:
    gallery.put(tags=TIME)
    for time in range(1, 9):
        gallery.director.plans["GetObjectTagging", time] = lambda: refuse(code, "GetObjectTagging")
    with pytest.raises(ProviderError):
        gallery.publish()
    assert gallery.published_keys() == []


def test_a_photo_whose_metadata_are_withheld_is_rejected(gallery: FakeGallery) -> None:
    describe = gallery.s3._describe
    gallery.s3._describe = lambda found: {**describe(found), "MissingMeta": 1}  # type: ignore[method-assign]
    gallery.put(metadata=TIME)
    outcome = gallery.publish()
    assert (outcome.status, gallery.published_keys()) == ("rejected", [])
    assert "withholds 1 of the photo's metadata" in outcome.reason


def test_what_somebody_else_put_into_the_public_bucket_is_replaced_without_a_glance(gallery: FakeGallery) -> None:
    gallery.s3.store(PUBLIC, "a.jpg", b"put by hand")
    gallery.put()
    assert gallery.publish().status == "published"
    assert gallery.s3.calls == ["HeadObject", "GetObject", "GetObjectTagging", "PutObject", *LOOK_BACK]


def test_a_photo_that_replaces_another_is_looked_back_at(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    gallery.put()
    outcome = gallery.publish()
    assert (outcome.status, outcome.replaced) == ("published", True)
    assert gallery.s3.calls == ["HeadObject", *GLANCE, "GetObject", "PutObject", *LOOK_BACK]


def test_tags_are_asked_for_once_before_the_write_and_once_after_it(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(tags=TIME)
    assert gallery.publish().status == "published"
    assert gallery.s3.calls == ["HeadObject", *GLANCE, "GetObject", "PutObject", *LOOK_BACK]
    assert gallery.copy().body == CORRECTED


def test_the_newest_counts_when_staging_changes_between_the_glance_and_the_read(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(CORRECTED)
    gallery.director.plans["GetObject", 1] = lambda: gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED
    assert gallery.publish().status == "duplicate"


def test_a_photo_that_is_what_is_published_by_the_time_it_is_read_is_a_duplicate(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["GetObject", 1] = gallery.put
    outcome = gallery.publish()
    assert (outcome.status, outcome.bytes_in) == ("duplicate", 0)


@pytest.mark.parametrize("operation", [("HeadObject", 2), ("GetObject", 1)])
def test_a_photo_that_was_published_and_vanishes_is_gone(gallery: FakeGallery, operation: tuple[str, int]) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans[operation] = lambda: gallery.s3.remove(STAGING, "a.jpg")
    assert gallery.publish().status == "gone"
    assert gallery.copy().body == JPEG


def test_an_empty_file_that_replaces_a_published_photo_is_rejected(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(b"")
    outcome = gallery.publish()
    assert (outcome.status, outcome.reason) == ("rejected", "the file is empty")
    assert gallery.copy().body == JPEG


def test_what_was_written_is_published_although_a_file_that_is_rejected_came_afterwards(gallery: FakeGallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["HeadObject", 3] = lambda: gallery.put(b"")
    outcome = gallery.publish()
    assert (outcome.status, outcome.attempts, outcome.replaced) == ("published", 2, True)
    assert gallery.publish().reason == "the file is empty"


@pytest.mark.parametrize("preconditions", ["ignored", "refused"])
def test_where_conditions_do_not_count_every_write_is_looked_back_at(gallery: FakeGallery, preconditions: str) -> None:
    gallery.s3.preconditions = preconditions  # type: ignore[assignment] # one of the two above
    gallery.profile = PROFILES["generic"]
    gallery.put()
    assert gallery.publish().status == "published"
    assert gallery.s3.calls[-2:] == LOOK_BACK


def test_an_unknown_staging_provider_without_tags_is_looked_back_at_all_the_same(gallery: FakeGallery) -> None:
    gallery.staging_profile = PROFILES["generic"]
    for time in range(1, 9):
        gallery.director.plans["GetObjectTagging", time] = lambda: refuse("NotImplemented", "GetObjectTagging")
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.s3.calls[-1] == "HeadObject"
    assert gallery.copy().body == CORRECTED
