"""Each caller is answered in its own form."""

import pytest

from galleria_storage.delivery.events import Delivery, Form
from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.reports import answer, summary
from galleria_storage.errors import ProviderError
from galleria_storage.publishing.outcome import Outcome, OutcomeStatus


def delivery(form: Form, *references: str) -> Delivery:
    tasks = tuple(Task("staging", f"{n}.jpg", reference=reference) for n, reference in enumerate(references))
    return Delivery(form, tasks, invocation_id="INV", schema_version="2.0")


def outcomes(*statuses: OutcomeStatus) -> list[Outcome]:
    return [Outcome(key=f"{n}.jpg", status=status, reason="why") for n, status in enumerate(statuses)]


def test_a_person_who_calls_the_function_sees_every_outcome() -> None:
    told = answer(delivery("event", "", ""), outcomes("published", "rejected"))
    assert [(o["key"], o["outcome"]) for o in told["outcomes"]] == [("0.jpg", "published"), ("1.jpg", "rejected")]


def test_an_event_without_photos_is_answered_with_none() -> None:
    assert answer(delivery("event"), []) == {"outcomes": []}


def test_a_failed_photo_makes_the_invocation_fail_and_is_named() -> None:
    with pytest.raises(ProviderError, match=r"1 of 3 photos failed: 1\.jpg: why"):
        answer(delivery("event", "", "", ""), outcomes("published", "failed", "gone"))


def test_a_queue_is_told_which_messages_to_deliver_again_each_once() -> None:
    told = answer(delivery("queue", "m1", "m2", "m2", "m3"), outcomes("rejected", "failed", "failed", "duplicate"))
    assert told == {"batchItemFailures": [{"itemIdentifier": "m2"}]}


def test_a_batch_job_is_answered_task_by_task() -> None:
    statuses: tuple[OutcomeStatus, ...] = ("published", "duplicate", "gone", "rejected", "failed")
    told = answer(delivery("batch", "a", "b", "c", "d", "e"), outcomes(*statuses))
    assert (told["invocationSchemaVersion"], told["invocationId"]) == ("2.0", "INV")
    assert [(r["taskId"], r["resultCode"]) for r in told["results"]] == [
        ("a", "Succeeded"),
        ("b", "Succeeded"),
        ("c", "Succeeded"),
        ("d", "PermanentFailure"),
        ("e", "TemporaryFailure"),
    ]
    assert told["results"][3]["resultString"] == "rejected: why"


def test_a_batch_job_tries_again_what_was_not_answered() -> None:
    assert answer(delivery("batch"), [])["treatMissingKeysAs"] == "TemporaryFailure"


def test_a_long_reason_does_not_burst_the_completion_report() -> None:
    [result] = answer(delivery("batch", "a"), [Outcome(key="k", status="failed", reason="x" * 5000)])["results"]
    assert len(result["resultString"]) == 1000


def test_a_summary_leaves_out_what_is_not_known_and_keeps_zeros() -> None:
    told = summary(Outcome(key="a.jpg", status="duplicate"))
    assert (told["outcome"], told["bytes_in"]) == ("duplicate", 0)
    assert "sha256" not in told
