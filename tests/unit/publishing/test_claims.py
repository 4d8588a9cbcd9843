"""`DUPLICATE_SCOPE=bucket`: one content is published under one key."""

from typing import Any

import pytest

from galleria_storage.errors import ProviderError
from galleria_storage.publishing.claims import LONGEST, PREFIX
from galleria_storage.s3.profiles import PROFILES
from tests.support.fakes.directing import client_error
from tests.support.fakes.gallery import CORRECTED, JPEG, PUBLIC, STAGING, TIME, FakeGallery


@pytest.fixture(params=["honoured", "ignored"])
def scoped(gallery: FakeGallery, request: pytest.FixtureRequest) -> FakeGallery:
    gallery.configure(duplicate_scope="bucket")
    gallery.s3.preconditions = request.param
    if request.param == "ignored":
        gallery.profile = PROFILES["generic"]
    return gallery


def photos(gallery: FakeGallery) -> list[str]:
    return [key for key in gallery.published_keys() if not key.startswith(".")]


def test_the_same_photo_under_a_second_key_is_a_duplicate_of_the_first(scoped: FakeGallery) -> None:
    for key in ("a.jpg", "ö/b.jpg"):
        scoped.put(metadata=TIME, key=key)
    assert scoped.publish("a.jpg").status == "published"
    second = scoped.publish("ö/b.jpg")
    assert (second.status, second.duplicate_of) == ("duplicate", "a.jpg")
    assert photos(scoped) == ["a.jpg"]


def test_by_default_each_key_is_published(gallery: FakeGallery) -> None:
    for key in ("a.jpg", "b.jpg"):
        gallery.put(key=key)
        gallery.publish(key)
    assert photos(gallery) == ["a.jpg", "b.jpg"]


def test_the_same_photo_with_another_correction_is_not_a_duplicate(scoped: FakeGallery) -> None:
    scoped.put(key="a.jpg")
    scoped.put(metadata=TIME, key="b.jpg")
    assert [scoped.publish(key).status for key in ("a.jpg", "b.jpg")] == ["published", "published"]


def test_a_worker_that_died_after_claiming_goes_on_when_its_event_comes_again(scoped: FakeGallery) -> None:
    scoped.put()
    number = 2  # the first PutObject is the claim

    def die() -> None:
        raise client_error("PutObject", "InternalError")

    scoped.director.plans["PutObject", number] = die
    with pytest.raises(Exception, match="InternalError"):
        scoped.publish()
    scoped.director.plans.clear()
    assert scoped.publish().status == "published"


def test_a_second_key_waits_for_the_first_one_while_that_is_on_its_way(scoped: FakeGallery) -> None:
    claimed_by_a_run_that_died(scoped)
    scoped.put(key="b.jpg")
    scoped.meanwhile = lambda: photos(scoped) or scoped.publisher().publish("a.jpg")
    assert scoped.publish("b.jpg").duplicate_of == "a.jpg"
    assert photos(scoped) == ["a.jpg"]


def test_a_holder_that_died_before_it_wrote_is_not_waited_for_forever(scoped: FakeGallery) -> None:
    claimed_by_a_run_that_died(scoped)
    scoped.put(key="b.jpg")
    assert scoped.publish("b.jpg").status == "published"
    scoped.s3.remove(STAGING, "a.jpg")
    assert scoped.publish("a.jpg").status == "gone"
    assert photos(scoped) == ["b.jpg"]


def test_the_event_of_a_holder_that_died_finds_that_another_key_took_over(scoped: FakeGallery) -> None:
    claimed_by_a_run_that_died(scoped)
    scoped.put(key="b.jpg")
    scoped.publish("b.jpg")
    assert scoped.publish("a.jpg").duplicate_of == "b.jpg"


def test_a_holder_with_an_invalid_correction_does_not_get_another_key_rejected(scoped: FakeGallery) -> None:
    claimed_by_a_run_that_died(scoped)
    scoped.put(key="a.jpg", metadata={"corrected-timestamp": "yesterday"})
    scoped.put(key="b.jpg")
    assert scoped.publish("b.jpg").status == "published"


def claimed_by_a_run_that_died(gallery: FakeGallery) -> None:
    """Leave the claim of a.jpg, and no copy of it."""
    gallery.put(key="a.jpg")
    gallery.publish("a.jpg")
    gallery.s3.remove(PUBLIC, "a.jpg")


def with_a_duplicate(gallery: FakeGallery) -> None:
    for key in ("a.jpg", "b.jpg"):
        gallery.put(metadata=TIME, key=key)
        gallery.publish(key)
    assert photos(gallery) == ["a.jpg"]


def test_before_the_copy_of_a_holder_is_replaced_a_key_that_waits_is_published(scoped: FakeGallery) -> None:
    with_a_duplicate(scoped)
    scoped.put(key="a.jpg")
    outcome = scoped.publish("a.jpg")
    assert (outcome.status, [(heir.key, heir.status) for heir in outcome.heirs]) == (
        "published",
        [("b.jpg", "published")],
    )
    assert scoped.copy("b.jpg").body == CORRECTED
    assert scoped.copy("a.jpg").body == JPEG


def test_before_the_copy_of_a_holder_is_taken_away_a_key_that_waits_is_published(scoped: FakeGallery) -> None:
    scoped.configure(when_removed="unpublish")
    with_a_duplicate(scoped)
    scoped.s3.remove(STAGING, "a.jpg")
    outcome = scoped.unpublish("a.jpg")
    assert (outcome.status, [heir.key for heir in outcome.heirs]) == ("removed", ["b.jpg"])
    assert photos(scoped) == ["b.jpg"]


def test_a_key_that_asks_for_something_else_by_now_is_not_an_heir(scoped: FakeGallery) -> None:
    with_a_duplicate(scoped)
    scoped.put(metadata=TIME, key="c.jpg")
    scoped.publish("c.jpg")
    scoped.s3.remove(STAGING, "b.jpg")
    scoped.put(key="a.jpg")
    assert [heir.key for heir in scoped.publish("a.jpg").heirs] == ["c.jpg"]


def test_a_run_that_dies_after_it_handed_over_reports_the_heir_again(scoped: FakeGallery) -> None:
    with_a_duplicate(scoped)
    scoped.put(key="a.jpg")
    write = scoped.s3.put_object

    def dies(**arguments: Any) -> dict[str, Any]:
        if arguments["Key"] == "a.jpg":
            raise client_error("PutObject", "InternalError")
        return write(**arguments)

    scoped.s3.put_object = dies  # type: ignore[method-assign] # a run that does not get further
    with pytest.raises(ProviderError):
        scoped.publish("a.jpg")
    scoped.s3.put_object = write  # type: ignore[method-assign]
    assert [(heir.key, heir.status) for heir in scoped.publish("a.jpg").heirs] == [("b.jpg", "duplicate")]


def test_a_key_that_comes_while_the_holder_is_leaving_does_not_wait_for_it(scoped: FakeGallery) -> None:
    scoped.put(metadata=TIME, key="a.jpg")
    scoped.publish("a.jpg")
    scoped.put(key="a.jpg")
    came = []

    def comes() -> None:
        scoped.director.plans.clear()
        scoped.put(metadata=TIME, key="b.jpg")
        came.append(scoped.publisher().publish("b.jpg"))

    scoped.director.after_plans["ListObjectsV2", 1] = comes  # after the holder has looked for waiting keys
    assert scoped.publish("a.jpg").heirs == ()
    assert (came[0].status, scoped.copy("b.jpg").body) == ("published", CORRECTED)


def test_a_repeated_event_of_a_key_that_waits_is_answered_alike(scoped: FakeGallery) -> None:
    with_a_duplicate(scoped)
    assert scoped.publish("b.jpg").duplicate_of == "a.jpg"
    assert len(notes(scoped, "waiting")) == 1


def notes(gallery: FakeGallery, kind: str = "") -> list[str]:
    return [key for key in gallery.published_keys() if key.startswith(PREFIX) and f"/{kind}" in key]


def test_a_copy_that_has_gone_leaves_no_note_of_its_leaving(scoped: FakeGallery) -> None:
    with_a_duplicate(scoped)
    scoped.put(key="a.jpg")
    scoped.publish("a.jpg")
    assert notes(scoped, "leaving") == []


def test_notes_hold_no_key_in_clear_text(scoped: FakeGallery) -> None:
    for key in ("summer/anna.jpg", "secret/berta.jpg"):
        scoped.put(key=key)
        scoped.publish(key)
    assert len(notes(scoped)) == 2
    for note in notes(scoped):
        written = note.encode() + scoped.copy(note).body
        assert [word for word in (b"summer", b"anna", b"secret", b"berta", b"jpg") if word in written] == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff" * 100, b"y" * (LONGEST + 1)], ids=len)
def test_an_unreadable_claim_has_no_holder(scoped: FakeGallery, body: bytes) -> None:
    scoped.put(key="a.jpg")
    scoped.publish("a.jpg")
    scoped.s3.store(PUBLIC, *notes(scoped, "holder"), body)
    scoped.put(key="b.jpg")
    assert scoped.publish("b.jpg").status == "published"


def test_a_claim_whose_holder_has_neither_copy_nor_original_is_taken_over(scoped: FakeGallery) -> None:
    scoped.put(key="a.jpg")
    scoped.publish("a.jpg")
    scoped.s3.remove(PUBLIC, "a.jpg")
    scoped.s3.remove(STAGING, "a.jpg")
    scoped.put(key="b.jpg")
    scoped.put(key="c.jpg")
    assert scoped.publish("b.jpg").status == "published"
    assert scoped.publish("c.jpg").duplicate_of == "b.jpg"


def test_a_key_that_has_a_copy_is_brought_up_to_date_all_the_same(scoped: FakeGallery) -> None:
    scoped.put(key="a.jpg")
    scoped.put(metadata=TIME, key="b.jpg")
    scoped.publish("a.jpg")
    scoped.publish("b.jpg")
    scoped.put(key="b.jpg")
    assert scoped.publish("b.jpg").status == "published"
    assert scoped.copy("b.jpg").body == JPEG


def test_a_photo_that_is_rejected_claims_nothing(scoped: FakeGallery) -> None:
    scoped.put(b"<html>")
    assert scoped.publish().status == "rejected"
    assert scoped.published_keys() == []


def test_of_two_keys_at_once_one_is_published(gallery: FakeGallery) -> None:
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


def test_where_conditions_are_ignored_the_last_claim_counts(gallery: FakeGallery) -> None:
    gallery.configure(duplicate_scope="bucket")
    gallery.s3.preconditions, gallery.profile = "ignored", PROFILES["generic"]
    gallery.put(key="a.jpg")
    gallery.put(key="b.jpg")

    def other() -> None:
        gallery.director.after_plans.clear()
        claim = next(key for key in gallery.published_keys() if key.startswith("."))
        gallery.s3.remove(PUBLIC, claim)  # as if b.jpg had not yet seen it
        gallery.publisher().publish("b.jpg")

    gallery.director.after_plans["PutObject", 1] = other
    outcome = gallery.publish("a.jpg")
    assert (outcome.status, outcome.duplicate_of) == ("duplicate", "b.jpg")
    assert photos(gallery) == ["b.jpg"]


def test_nobody_relies_on_a_copy_that_may_be_written_over(gallery: FakeGallery) -> None:
    """Where conditions do not count, a run that has not seen the holder's copy writes over it."""
    gallery.configure(duplicate_scope="bucket")
    gallery.s3.preconditions, gallery.profile = "ignored", PROFILES["generic"]
    gallery.put(key="a.jpg")
    came = []

    def others() -> None:
        gallery.director.plans.clear()
        gallery.put(metadata=TIME, key="a.jpg")
        gallery.publisher().publish("a.jpg")
        gallery.put(metadata=TIME, key="b.jpg")
        came.append(gallery.publisher().publish("b.jpg"))

    gallery.director.plans["PutObject", 3] = others  # after the notes that it may write, and that it holds the content
    gallery.publish("a.jpg")
    assert (came[0].status, gallery.copy("b.jpg").body) == ("published", CORRECTED)
    assert not [key for key in gallery.published_keys() if "/writing/" in key]
