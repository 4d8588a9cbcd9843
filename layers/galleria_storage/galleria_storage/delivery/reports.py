"""Reporting outcomes: to the caller and the log, the failure queue, the event bus and the CDN.

Messages
--------
A rejected photo becomes one SQS message, JSON: `bucket`, `key`, `outcome`,
`reason`, `advice`, `correlationId`, and in `requestPayload` the event that
publishes the photo again, in the place where Lambda's OnFailure record has it.

A published photo becomes the EventBridge event `Photo Published` from `galleria-storage`, and a copy that was taken
away `Photo Removed`; the README names the fields of their details. A duplicate is announced as well: the retry of a
publication whose event was lost looks like one. For the same reason the CDN is asked again to drop what a recent
publication replaced: the copy itself records that it replaced something, and in which run.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote

from galleria_storage.aws.calls import announce, call
from galleria_storage.delivery.events import Delivery, notification
from galleria_storage.delivery.notices import Task
from galleria_storage.errors import GalleriaError, ProviderError
from galleria_storage.publishing.fingerprint import is_recent
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.publish_settings import PublishSettings

_DETAIL_TYPES: Final = {"published": "Photo Published", "duplicate": "Photo Published", "removed": "Photo Removed"}
_RESULT_CODES: Final = {"rejected": "PermanentFailure", "failed": "TemporaryFailure"}
#: S3 puts the result string into the completion report; the report's line has to stay readable.
_RESULT_STRING_CHARACTERS: Final = 1000


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return the fields of an outcome that have a value, ready for JSON."""
    fields = asdict(outcome)
    named = {"key": fields.pop("key"), "outcome": fields.pop("status"), **fields}
    heirs = [summary(heir) for heir in outcome.heirs]
    return {name: value for name, value in {**named, "heirs": heirs or ""}.items() if value != ""}


def line(told: Mapping[str, Any]) -> str:
    """Return what `summary` says as one line for people, safe for a terminal."""
    before, after = told.get("captured_before", ""), told.get("captured_after", "")
    taken = f"{before or '-'} → {after}" if after else ""
    parts = (f"{told['outcome']:<9}", told.get("key") or "an event", taken, told.get("reason", ""))
    text = "  ".join(part for part in parts if part)
    return "".join(sign if sign.isprintable() else "·" for sign in text)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Reports outcomes to the receivers that the settings name.

    Parameters
    ----------
    settings
        Names the queue, the bus and the distribution; each may be empty.
    call
        Calls an AWS service: `call(service, operation, **arguments) -> response`.
    now
        Seconds since 1970.
    """

    settings: PublishSettings
    call: Callable[..., dict[str, Any]] = call
    now: Callable[[], float] = time.time

    def report(self, outcome: Outcome, task: Task) -> None:
        """Report one outcome; reporting it twice does no harm.

        Raises
        ------
        ProviderError
            The queue, the bus or the CDN did not take the message. The caller makes the outcome `failed`, so that the
            event is delivered again. If one of them refuses, the others still get theirs.
        """
        if outcome.status == "rejected":
            self._send_to_failure_queue(outcome, task)
            return
        errors = []
        for tell in (self._announce, self._invalidate):
            try:
                tell(outcome, task)
            except GalleriaError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _send_to_failure_queue(self, outcome: Outcome, task: Task) -> None:
        if not (url := self.settings.failure_queue_url):
            return
        message = {
            "bucket": task.bucket,
            "key": outcome.key,
            "outcome": outcome.status,
            "reason": outcome.reason,
            "advice": outcome.advice,
            "correlationId": task.correlation_id,
            "requestPayload": notification(task.bucket, outcome.key),
        }
        self.call("sqs", "send_message", QueueUrl=url, MessageBody=json.dumps(message))

    def _announce(self, outcome: Outcome, _task: Task) -> None:
        bus, detail_type = self.settings.event_bus_name, _DETAIL_TYPES.get(outcome.status)
        if bus and detail_type:
            announce(bus, detail_type, {"bucket": self.settings.public.bucket, **summary(outcome)}, self.call)

    def _invalidate(self, outcome: Outcome, task: Task) -> None:
        """Ask the CDN to drop the old copy.

        CloudFront carries out requests with the same reference only once (CloudFront API, InvalidationBatch). So the
        reference is that of the run which wrote the copy: a retry repeats it, and another publication, even of the same
        content, does not.
        """
        distribution = self.settings.cdn_distribution_id
        if not distribution or not self._is_stale_somewhere(outcome):
            return
        path = "/" + quote(outcome.key)
        occasion = task.correlation_id or outcome.run if outcome.status == "removed" else outcome.run
        reference = hashlib.sha256(f"{outcome.status == 'removed'} {occasion} {path}".encode()).hexdigest()
        batch = {"Paths": {"Quantity": 1, "Items": [path]}, "CallerReference": reference}
        self.call("cloudfront", "create_invalidation", DistributionId=distribution, InvalidationBatch=batch)

    def _is_stale_somewhere(self, outcome: Outcome) -> bool:
        if outcome.status == "duplicate":
            return outcome.replaced and is_recent(outcome.run, self.now())
        return outcome.status == "removed" or (outcome.status == "published" and outcome.replaced)


def answer(delivery: Delivery, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Build the function's answer, in the form of its caller.

    Parameters
    ----------
    delivery
        What `events.unpack` found.
    outcomes
        One for each of its tasks, in the same order.

    Returns
    -------
    dict
        For SQS `batchItemFailures` with the messages to deliver again; for S3
        Batch Operations one result per task; else `outcomes`, for a person
        or a test that called the function by hand.

    Raises
    ------
    ProviderError
        A photo failed and the caller has no other way to learn that: Lambda
        then tries the event again, and finally puts it into the failure queue.
        Photos of the same event that were published are duplicates then.
    """
    if delivery.form == "queue":
        return {"batchItemFailures": [{"itemIdentifier": reference} for reference in _failed(delivery, outcomes)]}
    if delivery.form == "batch":
        return _batch_answer(delivery, outcomes)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if failed:
        reasons = "; ".join(f"{outcome.key or 'an event'}: {outcome.reason}" for outcome in failed)
        raise ProviderError(f"{len(failed)} of {len(outcomes)} photos failed: {reasons}", key=failed[0].key)
    return {"outcomes": [summary(outcome) for outcome in outcomes]}


def _failed(delivery: Delivery, outcomes: Sequence[Outcome]) -> list[str]:
    """Return each message with a failed photo once, in order."""
    pairs = zip(delivery.tasks, outcomes, strict=True)
    return list(dict.fromkeys(task.reference for task, outcome in pairs if outcome.status == "failed"))


def _batch_answer(delivery: Delivery, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    results = [
        {
            "taskId": task.reference,
            "resultCode": _RESULT_CODES.get(outcome.status, "Succeeded"),
            "resultString": (f"{outcome.status}: {outcome.reason}" if outcome.reason else outcome.status)[
                :_RESULT_STRING_CHARACTERS
            ],
        }
        for task, outcome in zip(delivery.tasks, outcomes, strict=True)
    ]
    return {
        "invocationSchemaVersion": delivery.schema_version,
        "treatMissingKeysAs": "TemporaryFailure",
        "invocationId": delivery.invocation_id,
        "results": results,
    }
