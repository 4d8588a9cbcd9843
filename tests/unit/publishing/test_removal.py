"""`WHEN_REMOVED`: what happens to the copy when somebody removes the original."""

import pytest

from galleria_storage.s3.profiles import PROFILES
from tests.support.fakes.gallery import JPEG, PUBLIC, STAGING, TIME, FakeGallery

DAY = 24 * 3600.0


@pytest.fixture(params=["honoured", "ignored"])
def strict(gallery: FakeGallery, request: pytest.FixtureRequest) -> FakeGallery:
    """A gallery whose copies go with their originals."""
    gallery.configure(when_removed="unpublish")
    gallery.s3.preconditions = request.param
    if request.param == "ignored":
        gallery.profile = PROFILES["generic"]
    return gallery


def published(gallery: FakeGallery) -> FakeGallery:
    gallery.put()
    assert gallery.publish().status == "published"
    return gallery


def test_by_default_the_copy_stays_and_no_request_is_sent(gallery: FakeGallery) -> None:
    published(gallery).s3.remove(STAGING, "a.jpg")
    assert gallery.unpublish().status == "gone"
    assert gallery.s3.calls == []
    assert gallery.copy().body == JPEG


def test_the_copy_goes_with_its_original(strict: FakeGallery) -> None:
    run = published(strict).copy().metadata["galleria-run"]
    strict.s3.remove(STAGING, "a.jpg")
    outcome = strict.unpublish()
    assert (outcome.status, outcome.run) == ("removed", run)
    assert strict.published_keys() == []
    assert strict.s3.calls == ["HeadObject", "HeadObject", "DeleteObject", "HeadObject"]


def test_a_repeated_event_is_answered_alike_so_that_a_lost_report_is_made_up_for(strict: FakeGallery) -> None:
    published(strict).s3.remove(STAGING, "a.jpg")
    assert [strict.unpublish().status for _ in range(2)] == ["removed", "removed"]


def test_what_somebody_else_published_stays(strict: FakeGallery) -> None:
    strict.s3.store(PUBLIC, "a.jpg", b"put by hand")
    assert strict.unpublish().status == "gone"
    assert strict.copy().body == b"put by hand"


def test_a_photo_that_was_put_back_before_the_event_came_is_published(strict: FakeGallery) -> None:
    published(strict).put(metadata=TIME)
    assert strict.unpublish().status == "published"
    assert strict.unpublish().status == "duplicate"
    assert strict.copy().body != JPEG


def test_a_photo_that_is_put_back_while_its_copy_is_taken_away_is_published_again(strict: FakeGallery) -> None:
    published(strict).s3.remove(STAGING, "a.jpg")
    strict.director.plans["DeleteObject", 1] = strict.put
    assert strict.unpublish().status == "published"
    assert strict.copy().body == JPEG


def test_a_copy_that_was_replaced_meanwhile_is_not_taken_away(gallery: FakeGallery) -> None:
    gallery.configure(when_removed="unpublish")
    published(gallery).s3.remove(STAGING, "a.jpg")

    def replace() -> None:
        gallery.director.plans.clear()
        gallery.put(metadata=TIME)
        gallery.publisher().publish("a.jpg")

    gallery.director.plans["DeleteObject", 1] = replace
    assert gallery.unpublish().status == "duplicate"
    assert gallery.copy().body != JPEG


def test_an_original_that_goes_while_it_is_published_takes_its_copy_along(strict: FakeGallery) -> None:
    strict.put()
    strict.director.plans["PutObject", 1] = lambda: strict.s3.remove(STAGING, "a.jpg")
    assert strict.publish().status == "removed"
    assert strict.published_keys() == []


def test_that_is_made_up_for_by_the_retry_of_a_run_that_died_before_it_looked_back(strict: FakeGallery) -> None:
    strict.put()
    strict.publish()  # and dies, and the event of the removal was handled before it wrote
    strict.s3.remove(STAGING, "a.jpg")
    assert strict.publish().status == "removed"
    assert strict.published_keys() == []


@pytest.mark.parametrize(("later", "status"), [(DAY - 1, "removed"), (DAY, "gone")])
def test_a_late_event_takes_the_copy_away_within_a_day_of_the_publication(
    strict: FakeGallery, later: float, status: str
) -> None:
    published(strict).s3.remove(STAGING, "a.jpg")
    strict.clock += later
    assert strict.publish().status == status
    assert strict.published_keys() == ([] if status == "removed" else ["a.jpg"])


@pytest.mark.parametrize("left", [-DAY, 0.0])
def test_an_original_that_a_lifecycle_rule_may_remove_leaves_its_copy(strict: FakeGallery, left: float) -> None:
    strict.s3.store(STAGING, "a.jpg", JPEG, expires=strict.clock + left)
    strict.director.plans["PutObject", 1] = lambda: strict.s3.remove(STAGING, "a.jpg")
    assert strict.publish().status == "published"
    assert strict.publish().status == "gone"
    assert strict.copy().body == JPEG


def test_a_rule_that_strikes_soon_leaves_the_copy_once_it_may_have_struck(strict: FakeGallery) -> None:
    strict.s3.store(STAGING, "a.jpg", JPEG, expires=strict.clock + 3600)
    strict.publish()
    strict.s3.remove(STAGING, "a.jpg")
    strict.clock += 3601
    assert strict.publish().status == "gone"
    assert strict.copy().body == JPEG


def test_a_new_photo_is_looked_back_at_where_copies_go_with_their_originals(gallery: FakeGallery) -> None:
    gallery.configure(when_removed="unpublish")
    gallery.put()
    gallery.publish()
    assert gallery.s3.calls == [
        "HeadObject",
        "GetObject",
        "GetObjectTagging",
        "PutObject",
        "HeadObject",
        "GetObjectTagging",
    ]
    assert gallery.publish().status == "duplicate"
    assert gallery.s3.calls == ["HeadObject", "HeadObject", "GetObjectTagging"]
