"""A lost race or a lost answer still ends with one right copy."""

import hashlib

import pytest

from galleria_storage.errors import (
    IntegrityError,
    PreconditionFailedError,
    ProviderError,
    ThrottledError,
)
from galleria_storage.publishing.publisher import MAX_ATTEMPTS
from galleria_storage.s3.profiles import PROFILES
from tests.support.fakes.directing import lose_the_answer, refuse
from tests.support.fakes.fake_s3 import FakeS3
from tests.support.fakes.gallery import CORRECTED, JPEG, PUBLIC, TIME, FakeGallery


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


def test_conflicts_are_waited_out_longer_and_longer_but_not_forever(gallery: FakeGallery) -> None:
    gallery.put()
    for number in range(1, 100):
        gallery.director.plans["PutObject", number] = lambda: refuse("ConditionalRequestConflict")
    with pytest.raises(PreconditionFailedError):
        gallery.publish()
    assert len(gallery.pauses) == MAX_ATTEMPTS - 1
    assert gallery.pauses == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0])  # half of them, as chance decides


def test_an_object_that_vanished_before_it_was_replaced_is_written_again(gallery: FakeGallery) -> None:
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


def test_a_copy_that_is_too_short_is_not_a_duplicate(gallery: FakeGallery) -> None:
    gallery.put(metadata=TIME)
    gallery.publish()
    whole = gallery.copy()
    gallery.s3.store(PUBLIC, "a.jpg", whole.body[:100], metadata=whole.metadata)
    assert gallery.publish().status == "published"
    assert gallery.copy().body == CORRECTED
