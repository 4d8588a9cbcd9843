"""Who hears of an outcome: the failure queue, the event bus, the CDN.

Messages
--------
A rejected photo becomes one SQS message, JSON: `bucket`, `key`, `outcome`,
`reason`, `advice`, `correlationId`, and in `requestPayload` the event that
publishes the photo again, in the place where Lambda's OnFailure record has it.

A published photo becomes the EventBridge event `Photo Published` from
`galleria-storage`, and a copy that was taken away `Photo Removed`; the README
names the fields of their details. A duplicate is announced as well: the retry
of a publication whose event was lost looks like one. For the same reason the
CDN is asked again to forget what a recent publication replaced: the copy
itself says that it replaced something, and in which run.
"""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from galleria_storage.aws.calls import announce, call
from galleria_storage.delivery.events import notification
from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.replies import summary
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.fingerprint import is_recent
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.publish_settings import PublishSettings

_DETAIL_TYPES: Final = {"published": "Photo Published", "duplicate": "Photo Published", "removed": "Photo Removed"}


class Reporter:
    """Tells of outcomes, as far as the settings name somebody to tell.

    Parameters
    ----------
    settings
        Names the queue, the bus and the distribution; each may be empty.
    call
        Calls an AWS service: `call(service, operation, **arguments) -> response`.
    now
        Seconds since 1970.
    """

    def __init__(
        self,
        settings: PublishSettings,
        call: Callable[..., dict[str, Any]] = call,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._call = call
        self._now = now

    def report(self, outcome: Outcome, task: Task) -> None:
        """Tell of one outcome; the same again for the same outcome does no harm.

        Raises
        ------
        ProviderError
            The queue, the bus or the CDN did not take the message. The caller
            makes the outcome `failed`, so that the event is delivered again.
            One that refuses does not keep the others from being told.
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
        if not (url := self._settings.failure_queue_url):
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
        self._call("sqs", "send_message", QueueUrl=url, MessageBody=json.dumps(message))

    def _announce(self, outcome: Outcome, _task: Task) -> None:
        bus, detail_type = self._settings.event_bus_name, _DETAIL_TYPES.get(outcome.status)
        if bus and detail_type:
            announce(bus, detail_type, {"bucket": self._settings.public.bucket, **summary(outcome)}, self._call)

    def _invalidate(self, outcome: Outcome, task: Task) -> None:
        """Ask the CDN to forget the old copy.

        CloudFront takes a repeated reference for the same request and does it
        once (CloudFront API, InvalidationBatch). So the reference is that of
        the run which wrote the copy: a retry repeats it, and another
        publication, even of the same content, does not.
        """
        distribution = self._settings.cdn_distribution_id
        if not distribution or not self._is_stale_somewhere(outcome):
            return
        path = "/" + quote(outcome.key)
        occasion = task.correlation_id or outcome.run if outcome.status == "removed" else outcome.run
        reference = hashlib.sha256(f"{outcome.status == 'removed'} {occasion} {path}".encode()).hexdigest()
        batch = {"Paths": {"Quantity": 1, "Items": [path]}, "CallerReference": reference}
        self._call("cloudfront", "create_invalidation", DistributionId=distribution, InvalidationBatch=batch)

    def _is_stale_somewhere(self, outcome: Outcome) -> bool:
        if outcome.status == "duplicate":
            return outcome.replaced and is_recent(outcome.run, self._now())
        return outcome.status == "removed" or (outcome.status == "published" and outcome.replaced)
