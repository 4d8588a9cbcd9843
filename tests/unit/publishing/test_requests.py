"""Which requests the publish protocol makes, and in which order."""

from dataclasses import replace

import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.s3.profiles import PROFILES
from tests.support.directing import refuse
from tests.unit.publishing.conftest import JPEG, PUBLIC, STAGING, TIME, Gallery

CORRECTED = correct_bytes(JPEG, parse_correction(TIME, {}))
GLANCE = LOOK_BACK = "GetObject of a byte"


def test_a_new_photo_costs_three_requests(gallery: Gallery) -> None:
    gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.s3.calls == ["HeadObject", "GetObject", "PutObject"]


def test_a_photo_with_tags_costs_one_more(gallery: Gallery) -> None:
    gallery.put(tags=TIME)
    gallery.publish()
    assert gallery.s3.calls == ["HeadObject", "GetObject", "GetObjectTagging", "PutObject"]


def test_a_duplicate_costs_two_requests_and_no_body(gallery: Gallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    outcome = gallery.publish()
    assert (outcome.status, outcome.bytes_in, outcome.bytes_out) == ("duplicate", 0, 0)
    assert gallery.s3.calls == ["HeadObject", GLANCE]


@pytest.mark.parametrize("known", [{"tag_count_on_head": True}, {"object_tags": False}])
def test_staging_is_looked_at_by_head_where_that_tells_as_much(gallery: Gallery, known: dict[str, bool]) -> None:
    gallery.staging_profile = replace(gallery.staging_profile, **known)
    gallery.put()
    gallery.publish()
    assert gallery.publish().status == "duplicate"
    assert gallery.s3.calls == ["HeadObject", "HeadObject"]
    gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.s3.calls == ["HeadObject", "HeadObject", "GetObject", "PutObject", "HeadObject"]


def test_a_duplicate_with_tags_costs_one_more(gallery: Gallery) -> None:
    gallery.put(tags=TIME)
    gallery.publish()
    assert gallery.publish().status == "duplicate"
    assert gallery.s3.calls == ["HeadObject", GLANCE, "GetObjectTagging"]


def test_what_somebody_else_put_into_the_public_bucket_is_replaced_without_a_glance(gallery: Gallery) -> None:
    gallery.s3.store(PUBLIC, "a.jpg", b"put by hand")
    gallery.put()
    assert gallery.publish().status == "published"
    assert gallery.s3.calls == ["HeadObject", "GetObject", "PutObject", LOOK_BACK]


def test_a_photo_that_replaces_another_is_looked_back_at(gallery: Gallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    gallery.put()
    outcome = gallery.publish()
    assert (outcome.status, outcome.replaced) == ("published", True)
    assert gallery.s3.calls == ["HeadObject", GLANCE, "GetObject", "PutObject", LOOK_BACK]


def test_tags_are_asked_for_once_before_the_write_and_once_after_it(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(tags=TIME)
    assert gallery.publish().status == "published"
    asked = gallery.s3.calls
    assert asked == ["HeadObject", GLANCE, "GetObjectTagging", "GetObject", "PutObject", LOOK_BACK, "GetObjectTagging"]
    assert gallery.copy().body == CORRECTED


def test_the_newest_counts_when_staging_changes_between_the_glance_and_the_read(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(CORRECTED)
    gallery.director.plans["GetObject", 1] = lambda: gallery.put(metadata=TIME)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED
    assert gallery.publish().status == "duplicate"


def test_a_photo_that_is_what_is_published_by_the_time_it_is_read_is_a_duplicate(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["GetObject", 1] = gallery.put
    outcome = gallery.publish()
    assert (outcome.status, outcome.bytes_in) == ("duplicate", 0)


@pytest.mark.parametrize("operation", [GLANCE, "GetObject"])
def test_a_photo_that_was_published_and_vanishes_is_gone(gallery: Gallery, operation: str) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans[operation, 1] = lambda: gallery.s3.remove(STAGING, "a.jpg")
    assert gallery.publish().status == "gone"
    assert gallery.copy().body == JPEG


def test_an_empty_file_that_replaces_a_published_photo_is_rejected(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(b"")
    outcome = gallery.publish()
    assert (outcome.status, outcome.reason) == ("rejected", "the file is empty")
    assert gallery.copy().body == JPEG


def test_a_look_back_that_finds_an_empty_file_starts_again(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans[GLANCE, 2] = lambda: gallery.put(b"")
    outcome = gallery.publish()
    assert (outcome.status, outcome.attempts) == ("rejected", 2)


def test_a_byte_that_does_not_arrive_is_not_missed(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.director.cuts = [0]
    assert gallery.publish().status == "duplicate"


@pytest.mark.parametrize("preconditions", ["ignored", "refused"])
def test_where_conditions_do_not_count_every_write_is_looked_back_at(gallery: Gallery, preconditions: str) -> None:
    gallery.s3.preconditions = preconditions  # type: ignore[assignment] # one of the two above
    gallery.profile = PROFILES["generic"]
    gallery.put()
    assert gallery.publish().status == "published"
    assert gallery.s3.calls[-1] == LOOK_BACK


def test_a_staging_provider_without_tags_is_looked_back_at_all_the_same(gallery: Gallery) -> None:
    gallery.put()
    gallery.publish()
    gallery.put(metadata=TIME)
    gallery.director.plans["GetObjectTagging", 1] = lambda: refuse("NotImplemented", "GetObjectTagging")
    assert gallery.publish().status == "published"
    assert gallery.s3.calls[-1] == LOOK_BACK
    assert gallery.copy().body == CORRECTED
