"""Rejections go to the failure queue, publications to the bus, replaced photos to the CDN."""

import json
from typing import Any

import pytest

from galleria_storage.delivery.events import unpack
from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.reports import Reporter
from galleria_storage.errors import ProviderError
from galleria_storage.publishing.outcome import Outcome, OutcomeStatus
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.s3.access import BucketAccess

TASK = Task("staging", "å b.jpg", correlation_id="REQ")
EVERYONE = PublishSettings(
    "staging",
    BucketAccess("public"),
    failure_queue_url="https://sqs/queue",
    event_bus_name="news",
    cdn_distribution_id="DIST",
)
NOW, DAY = 1_800_000_000, 24 * 3600
RUN = f"{NOW}-a1b2"
NOBODY = PublishSettings("staging", BucketAccess("public"))


class Aws:
    """Services that record their requests, or refuse them."""

    def __init__(self, *refusing: str, failed_entries: int = 0) -> None:
        self.calls = list[tuple[str, str, dict[str, Any]]]()
        self.refusing, self.failed_entries = refusing, failed_entries

    def __call__(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if service in self.refusing:
            raise ProviderError(f"{service} refused {operation}: AccessDenied")
        self.calls.append((service, operation, arguments))
        return {"FailedEntryCount": self.failed_entries, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    def asked(self) -> list[str]:
        return [service for service, _, _ in self.calls]


def report(outcome: Outcome, aws: Aws, settings: PublishSettings = EVERYONE) -> None:
    Reporter(settings, aws, lambda: NOW + 60.0).report(outcome, TASK)


def outcome(status: OutcomeStatus, **fields: Any) -> Outcome:
    return Outcome(key="å b.jpg", status=status, **fields)


def test_a_rejection_goes_to_the_failure_queue_with_the_reason_and_what_to_do() -> None:
    aws = Aws()
    report(outcome("rejected", reason="no photo", advice="Send a photo."), aws)
    [(service, operation, arguments)] = aws.calls
    message = json.loads(arguments["MessageBody"])
    assert (service, operation, arguments["QueueUrl"]) == ("sqs", "send_message", "https://sqs/queue")
    assert (message["key"], message["bucket"]) == ("å b.jpg", "staging")
    assert (message["reason"], message["advice"]) == ("no photo", "Send a photo.")
    assert message["correlationId"] == "REQ"


def test_a_message_in_the_failure_queue_can_be_played_again() -> None:
    aws = Aws()
    report(outcome("rejected"), aws)
    [task] = unpack(json.loads(aws.calls[0][2]["MessageBody"])["requestPayload"]).tasks
    assert (task.bucket, task.key) == ("staging", "å b.jpg")


@pytest.mark.parametrize("status", ["published", "duplicate"])
def test_a_publication_is_announced_so_that_a_lost_announcement_is_made_up_for(status: OutcomeStatus) -> None:
    aws = Aws()
    report(outcome(status, sha256="ab12", captured_after="2024:06:15 10:30:45+02:00"), aws)
    [(_, _, arguments)] = aws.calls
    [entry] = arguments["Entries"]
    detail = json.loads(entry["Detail"])
    assert (entry["DetailType"], entry["EventBusName"]) == ("Photo Published", "news")
    assert (detail["bucket"], detail["key"], detail["outcome"]) == ("public", "å b.jpg", status)
    assert (detail["sha256"], detail["captured_after"]) == ("ab12", "2024:06:15 10:30:45+02:00")


@pytest.mark.parametrize("status", ["failed", "gone", "ignored"])
def test_nothing_is_reported_about_what_will_be_tried_again_or_is_not_a_photo(status: OutcomeStatus) -> None:
    aws = Aws()
    report(outcome(status), aws)
    assert aws.calls == []


@pytest.mark.parametrize("status", ["published", "rejected"])
def test_nothing_is_called_if_the_settings_name_no_receiver(status: OutcomeStatus) -> None:
    aws = Aws()
    report(outcome(status, replaced=True), aws, NOBODY)
    assert aws.calls == []


def test_the_cdn_forgets_a_replaced_photo_by_its_encoded_path() -> None:
    aws = Aws()
    report(outcome("published", replaced=True, fingerprint="1-ff"), aws)
    arguments = aws.calls[-1][2]
    assert aws.asked() == ["events", "cloudfront"]
    assert arguments["InvalidationBatch"]["Paths"] == {"Quantity": 1, "Items": ["/%C3%A5%20b.jpg"]}


def reference(aws: Aws) -> str:
    return str(aws.calls[-1][2]["InvalidationBatch"]["CallerReference"])


def test_a_retried_invalidation_is_the_same_invalidation_and_another_publication_another_one() -> None:
    first, retried, later = Aws(), Aws(), Aws()
    report(outcome("published", replaced=True, fingerprint="1-ff", run=RUN), first)
    report(outcome("duplicate", replaced=True, fingerprint="1-ff", run=RUN), retried)
    report(outcome("published", replaced=True, fingerprint="1-ff", run=f"{NOW}-another"), later)
    assert reference(first) == reference(retried) != reference(later)


@pytest.mark.parametrize(
    "fields", [{"replaced": False, "run": RUN}, {"replaced": True, "run": f"{NOW - 20 * DAY}-old"}]
)
def test_a_duplicate_of_what_replaced_nothing_or_long_ago_needs_no_invalidation(fields: dict[str, Any]) -> None:
    aws = Aws()
    report(outcome("duplicate", **fields), aws)
    assert aws.asked() == ["events"]


def test_a_copy_that_was_taken_away_is_announced_and_forgotten_by_the_cdn() -> None:
    aws = Aws()
    report(outcome("removed", run=RUN), aws)
    assert aws.asked() == ["events", "cloudfront"]
    assert aws.calls[0][2]["Entries"][0]["DetailType"] == "Photo Removed"


def test_a_removal_whose_report_was_lost_is_reported_as_the_same_removal() -> None:
    first, retried = Aws(), Aws()
    report(outcome("removed", run=RUN), first)
    report(outcome("removed"), retried)
    assert reference(first) == reference(retried)


def test_a_new_photo_needs_no_invalidation() -> None:
    aws = Aws()
    report(outcome("published"), aws)
    assert aws.asked() == ["events"]


@pytest.mark.parametrize(("service", "status"), [("sqs", "rejected"), ("events", "published")])
def test_a_service_that_refuses_is_an_error(service: str, status: OutcomeStatus) -> None:
    with pytest.raises(ProviderError, match=service):
        report(outcome(status), Aws(service))


def test_an_event_that_the_bus_did_not_take_is_an_error_although_it_answered_200() -> None:
    with pytest.raises(ProviderError, match="ThrottlingException"):
        report(outcome("published"), Aws(failed_entries=1))


@pytest.mark.parametrize("refusing", ["events", "cloudfront"])
def test_a_refusal_by_one_does_not_stop_the_report_to_the_other(refusing: str) -> None:
    aws = Aws(refusing)
    with pytest.raises(ProviderError, match=refusing):
        report(outcome("published", replaced=True, run=RUN), aws)
    assert aws.asked() == [{"events": "cloudfront", "cloudfront": "events"}[refusing]]
