"""Whatever happens to a photo, it ends in an outcome that is reported."""

from dataclasses import dataclass, field

import pytest

from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.reports import Reporter
from galleria_storage.delivery.tasks import carry_out
from galleria_storage.errors import CorrectionError, ProviderError
from galleria_storage.publishing.outcome import Outcome, Tell
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.s3.access import BucketAccess


class Shelf:
    """A publisher over a set of keys."""

    def __init__(self, *keys: str, error: Exception | None = None) -> None:
        self.keys, self.error, self.asked = set(keys), error, list[str]()

    def publish(self, key: str, tell: Tell) -> Outcome:  # noqa: ARG002 # nobody inherits
        self.asked.append(key)
        if self.error:
            raise self.error
        return Outcome(key=key, status="published" if key in self.keys else "gone")

    def unpublish(self, key: str, tell: Tell) -> Outcome:  # noqa: ARG002 # the same
        self.asked.append(f"unpublish {key}")
        return Outcome(key=key, status="published" if key in self.keys else "removed")


@dataclass(frozen=True)
class Listener(Reporter):
    """A reporter that records outcomes, or fails."""

    settings: PublishSettings = field(default_factory=lambda: PublishSettings("staging", BucketAccess("public")))
    deaf: bool = False
    heard: list[Outcome] = field(default_factory=list)

    def report(self, outcome: Outcome, task: Task) -> None:  # noqa: ARG002
        if self.deaf:
            raise ProviderError("sqs refused send_message: AccessDenied")
        self.heard.append(outcome)


def carried_out(task: Task, shelf: Shelf, listener: Listener | None = None) -> Outcome:
    return carry_out(task, shelf, listener or Listener(), "staging")


def test_a_photo_is_published_and_reported() -> None:
    listener = Listener()
    outcome = carried_out(Task("staging", "a.jpg"), Shelf("a.jpg"), listener)
    assert outcome.status == "published"
    assert listener.heard == [outcome]


def test_an_event_of_another_bucket_is_rejected_and_nothing_is_read() -> None:
    shelf = Shelf("a.jpg")
    outcome = carried_out(Task("holiday", "a.jpg"), shelf)
    assert outcome.status == "rejected"
    assert "'holiday'" in outcome.reason
    assert "'staging'" in outcome.reason
    assert shelf.asked == []


def test_what_names_no_photo_fails_so_that_the_event_is_kept() -> None:
    outcome = carried_out(Task("", "", problem="this event names no photo"), Shelf())
    assert (outcome.status, outcome.reason) == ("failed", "this event names no photo")


@pytest.mark.parametrize(("error", "status"), [(CorrectionError("no"), "rejected"), (ProviderError("no"), "failed")])
def test_an_error_of_the_family_becomes_an_outcome(error: Exception, status: str) -> None:
    listener = Listener()
    assert carried_out(Task("staging", "a.jpg"), Shelf(error=error), listener).status == status
    assert [outcome.status for outcome in listener.heard] == [status]


def test_the_other_reading_of_a_key_is_tried_where_the_first_finds_nothing() -> None:
    outcome = carried_out(Task("staging", "a b.jpg", other_key="a+b.jpg"), Shelf("a+b.jpg"))
    assert (outcome.status, outcome.key) == ("published", "a+b.jpg")


def test_the_other_reading_of_a_key_is_left_alone_where_the_first_is_right() -> None:
    shelf = Shelf("a b.jpg", "a+b.jpg")
    carried_out(Task("staging", "a b.jpg", other_key="a+b.jpg"), shelf)
    assert shelf.asked == ["a b.jpg"]


def test_a_photo_that_is_gone_under_both_readings_is_gone_under_the_first() -> None:
    outcome = carried_out(Task("staging", "a b.jpg", other_key="a+b.jpg"), Shelf())
    assert (outcome.status, outcome.key) == ("gone", "a b.jpg")


def test_an_outcome_that_could_not_be_reported_is_failed() -> None:
    outcome = carried_out(Task("staging", "a.jpg"), Shelf("a.jpg"), Listener(deaf=True))
    assert outcome.status == "failed"
    assert "published" in outcome.reason
    assert "AccessDenied" in outcome.reason


def test_a_defect_is_not_taken_for_an_outcome() -> None:
    with pytest.raises(ZeroDivisionError):
        carried_out(Task("staging", "a.jpg"), Shelf(error=ZeroDivisionError()))


def test_the_copy_of_an_original_that_was_removed_is_taken_away() -> None:
    shelf, listener = Shelf(), Listener()
    assert carried_out(Task("staging", "a.jpg", change="removed"), shelf, listener).status == "removed"
    assert shelf.asked == ["unpublish a.jpg"]
    assert [outcome.status for outcome in listener.heard] == ["removed"]


def test_an_original_removed_by_a_lifecycle_rule_is_gone_without_a_request() -> None:
    shelf = Shelf("a.jpg")
    outcome = carried_out(Task("staging", "a.jpg", change="expired"), shelf)
    assert (outcome.status, shelf.asked) == ("gone", [])
    assert "its copy stays" in outcome.reason


def test_of_the_other_reading_of_a_key_no_copy_is_taken_away() -> None:
    shelf = Shelf()
    outcome = carried_out(Task("staging", "a b.jpg", other_key="a+b.jpg", change="removed"), shelf)
    assert (outcome.status, outcome.key) == ("removed", "a b.jpg")
    assert shelf.asked == ["unpublish a b.jpg", "a+b.jpg"]


def test_a_defect_is_an_outcome_where_somebody_takes_note_of_it() -> None:
    seen = list[Exception]()
    shelf, task = Shelf(error=ZeroDivisionError("division by zero")), Task("staging", "a.jpg")
    outcome = carry_out(task, shelf, Listener(), "staging", on_defect=seen.append)
    assert (outcome.status, outcome.reason) == ("failed", "ZeroDivisionError: division by zero")
    assert len(seen) == 1


class Rich(Shelf):
    """A publisher whose photos have an heir each."""

    def publish(self, key: str, tell: Tell) -> Outcome:
        heir = Outcome(key=f"heir of {key}", status="published")
        tell(heir)
        return Outcome(key=key, status="published", heirs=(heir,))


def test_an_heir_is_reported_once_and_before_the_photo_that_it_inherits_from() -> None:
    listener = Listener()
    carried_out(Task("staging", "a.jpg"), Rich(), listener)
    assert [outcome.key for outcome in listener.heard] == ["heir of a.jpg", "a.jpg"]


def test_a_photo_whose_heir_could_not_be_reported_fails_before_its_copy_is_removed() -> None:
    outcome = carried_out(Task("staging", "a.jpg"), Rich(), Listener(deaf=True))
    assert outcome.status == "failed"
    assert "AccessDenied" in outcome.reason
