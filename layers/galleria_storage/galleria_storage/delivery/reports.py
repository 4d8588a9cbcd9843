"""Who hears of an outcome: the failure queue, the event bus, the CDN.

Messages
--------
A rejected photo becomes one SQS message, JSON: `bucket`, `key`, `outcome`,
`reason`, `advice`, `correlationId`, and in `requestPayload` the event that
publishes the photo again, in the place where Lambda's OnFailure record has it.

A published photo, and a duplicate (the retry of a publication whose event was
lost looks like one), becomes the EventBridge event `Photo Published` from
`galleria-storage`; the README names the fields of its detail.
"""

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from galleria_storage.aws.calls import announce, call
from galleria_storage.delivery.events import Task, notification
from galleria_storage.delivery.replies import summary
from galleria_storage.errors import ProviderError
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.settings import PublishSettings

EVENT_DETAIL_TYPE: Final = "Photo Published"


class Reporter:
    """Tells of outcomes, as far as the settings name somebody to tell.

    Parameters
    ----------
    settings
        Names the queue, the bus and the distribution; each may be empty.
    call
        Calls an AWS service: `call(service, operation, **arguments) -> response`.
    """

    def __init__(self, settings: PublishSettings, call: Callable[..., dict[str, Any]] = call) -> None:
        self._settings = settings
        self._call = call

    def report(self, outcome: Outcome, task: Task) -> None:
        """Tell of one outcome.

        Raises
        ------
        ProviderError
            The queue or the bus did not take the message. The caller makes
            the outcome `failed`, so that the event is delivered again.
        """
        if outcome.status == "rejected":
            self._send_to_failure_queue(outcome, task, outcome.reason, outcome.advice)
        elif outcome.status in {"published", "duplicate"}:
            self._announce(outcome)
            if outcome.replaced:
                self._invalidate(outcome, task)

    def _send_to_failure_queue(self, outcome: Outcome, task: Task, reason: str, advice: str) -> None:
        if not (url := self._settings.failure_queue_url):
            return
        message = {
            "bucket": task.bucket,
            "key": outcome.key,
            "outcome": outcome.status,
            "reason": reason,
            "advice": advice,
            "correlationId": task.correlation_id,
            "requestPayload": notification(task.bucket, outcome.key),
        }
        self._call("sqs", "send_message", QueueUrl=url, MessageBody=json.dumps(message))

    def _announce(self, outcome: Outcome) -> None:
        if bus := self._settings.event_bus_name:
            announce(bus, EVENT_DETAIL_TYPE, {"bucket": self._settings.public.bucket, **summary(outcome)}, self._call)

    def _invalidate(self, outcome: Outcome, task: Task) -> None:
        """Ask the CDN to forget the old copy; a refusal goes to the failure queue.

        Raising would not help: tried again, the photo is a duplicate and no
        longer replaces anything.
        """
        if not (distribution := self._settings.cdn_distribution_id):
            return
        path = "/" + quote(outcome.key)
        batch = {"Paths": {"Quantity": 1, "Items": [path]}, "CallerReference": f"{outcome.fingerprint} {path}"}
        try:
            self._call("cloudfront", "create_invalidation", DistributionId=distribution, InvalidationBatch=batch)
        except ProviderError as error:
            reason = f"published, but visitors may see the old copy for a while: {error.message}"
            advice = f"Invalidate {path} in the distribution {distribution}, or wait until the old copy expires."
            self._send_to_failure_queue(outcome, task, reason, advice)
