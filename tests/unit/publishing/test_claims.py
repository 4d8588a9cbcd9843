"""`DUPLICATE_SCOPE=bucket`: one content is published under one key."""

import pytest

from galleria_storage.s3.profiles import PROFILES
from tests.support.directing import client_error
from tests.unit.publishing.conftest import JPEG, PUBLIC, STAGING, TIME, Gallery


@pytest.fixture(params=["honoured", "ignored"])
def scoped(gallery: Gallery, request: pytest.FixtureRequest) -> Gallery:
    gallery.configure(duplicate_scope="bucket")
    gallery.s3.preconditions = request.param
    if request.param == "ignored":
        gallery.profile = PROFILES["generic"]
    return gallery


def photos(gallery: Gallery) -> list[str]:
    return [key for key in gallery.published_keys() if not key.startswith(".")]


def test_the_same_photo_under_a_second_key_is_a_duplicate_of_the_first(scoped: Gallery) -> None:
    for key in ("a.jpg", "ö/b.jpg"):
        scoped.put(metadata=TIME, key=key)
    assert scoped.publish("a.jpg").status == "published"
    second = scoped.publish("ö/b.jpg")
    assert (second.status, second.duplicate_of) == ("duplicate", "a.jpg")
    assert photos(scoped) == ["a.jpg"]


def test_by_default_each_key_is_published(gallery: Gallery) -> None:
    for key in ("a.jpg", "b.jpg"):
        gallery.put(key=key)
        gallery.publish(key)
    assert photos(gallery) == ["a.jpg", "b.jpg"]


def test_the_same_photo_with_another_correction_is_no_duplicate(scoped: Gallery) -> None:
    scoped.put(key="a.jpg")
    scoped.put(metadata=TIME, key="b.jpg")
    assert [scoped.publish(key).status for key in ("a.jpg", "b.jpg")] == ["published", "published"]


def test_a_worker_that_died_after_claiming_goes_on_when_its_event_comes_again(scoped: Gallery) -> None:
    scoped.put()
    number = 2  # the first PutObject is the claim

    def die() -> None:
        raise client_error("PutObject", "InternalError")

    scoped.director.plans["PutObject", number] = die
    with pytest.raises(Exception, match="InternalError"):
        scoped.publish()
    scoped.director.plans.clear()
    assert scoped.publish().status == "published"


def test_a_second_key_leaves_the_first_one_its_turn_while_that_is_still_on_its_way(scoped: Gallery) -> None:
    scoped.put(key="a.jpg")
    scoped.put(key="b.jpg")
    scoped.publish("a.jpg")
    scoped.s3.remove(PUBLIC, "a.jpg")  # as if its worker had only claimed so far
    assert scoped.publish("b.jpg").duplicate_of == "a.jpg"
    assert scoped.publish("a.jpg").status == "published"


def test_a_claim_whose_holder_has_neither_copy_nor_original_is_taken_over(scoped: Gallery) -> None:
    scoped.put(key="a.jpg")
    scoped.publish("a.jpg")
    scoped.s3.remove(PUBLIC, "a.jpg")
    scoped.s3.remove(STAGING, "a.jpg")
    scoped.put(key="b.jpg")
    scoped.put(key="c.jpg")
    assert scoped.publish("b.jpg").status == "published"
    assert scoped.publish("c.jpg").duplicate_of == "b.jpg"


def test_a_key_that_has_a_copy_is_brought_up_to_date_all_the_same(scoped: Gallery) -> None:
    scoped.put(key="a.jpg")
    scoped.put(metadata=TIME, key="b.jpg")
    scoped.publish("a.jpg")
    scoped.publish("b.jpg")
    scoped.put(key="b.jpg")
    assert scoped.publish("b.jpg").status == "published"
    assert scoped.copy("b.jpg").body == JPEG


def test_a_photo_that_is_rejected_claims_nothing(scoped: Gallery) -> None:
    scoped.put(b"<html>")
    assert scoped.publish().status == "rejected"
    assert scoped.published_keys() == []


def test_of_two_keys_at_once_one_is_published(gallery: Gallery) -> None:
    gallery.configure(duplicate_scope="bucket")
    gallery.put(key="a.jpg")
    gallery.put(key="b.jpg")

    def other() -> None:
        gallery.director.plans.clear()
        gallery.publisher().publish("b.jpg")

    gallery.director.plans["PutObject", 1] = other
    outcome = gallery.publish("a.jpg")
    assert (outcome.status, outcome.duplicate_of) == ("duplicate", "b.jpg")
    assert photos(gallery) == ["b.jpg"]


def test_where_conditions_are_ignored_the_last_claim_counts(gallery: Gallery) -> None:
    gallery.configure(duplicate_scope="bucket")
    gallery.s3.preconditions, gallery.profile = "ignored", PROFILES["generic"]
    gallery.put(key="a.jpg")
    gallery.put(key="b.jpg")

    def other() -> None:
        gallery.director.after_plans.clear()
        claim = next(key for key in gallery.published_keys() if key.startswith("."))
        gallery.s3.remove(PUBLIC, claim)  # as if b.jpg had not seen it yet
        gallery.publisher().publish("b.jpg")

    gallery.director.after_plans["PutObject", 1] = other
    outcome = gallery.publish("a.jpg")
    assert (outcome.status, outcome.duplicate_of) == ("duplicate", "b.jpg")
    assert photos(gallery) == ["b.jpg"]
