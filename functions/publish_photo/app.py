"""Handler of the function `publish_photo`: unpack the event, call the layer, report.

Logs one JSON line per photo and counts in CloudWatch metrics: Published,
Duplicate, Rejected, Failed, Gone, Ignored, Removed, BytesIn, BytesOut,
Milliseconds. A rejected photo is reported and not tried again; a failed one
makes the invocation fail after all other photos of the event are done.
"""

from galleria_storage.runtime import init_phase  # first: it keeps the garbage collector out of what follows

# isort: split
import os
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Any, Final

from galleria_storage.aws import custom_resource
from galleria_storage.delivery.events import Delivery, unpack
from galleria_storage.delivery.notices import Task
from galleria_storage.delivery.reports import Reporter, answer, line, summary
from galleria_storage.delivery.retry_delay import put_off
from galleria_storage.delivery.tasks import carry_out
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.wiring import PublishService
from galleria_storage.runtime.observability import MetricUnit, flush, observe, segment

logger, metrics = observe("publish_photo")
service = PublishService(os.environ)
_COUNTERS: Final = {
    "published": "Published",
    "duplicate": "Duplicate",
    "rejected": "Rejected",
    "failed": "Failed",
    "gone": "Gone",
    "ignored": "Ignored",
    "removed": "Removed",
}
_LOG: Final = {"rejected": logger.warning, "failed": logger.error}

if "AWS_LAMBDA_RUNTIME_API" in os.environ:  # clients are made in the init phase, which has a whole CPU
    with suppress(GalleriaError):  # an init phase must not fail; the first photo meets the same error and reports it
        service.publisher()
init_phase.done()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Publish every photo that the event names, and answer in the form that the caller wants.

    CloudFormation calls it, too, when the stack was created or its settings changed: invalid ones roll it back.
    """
    logger.append_keys(function_request_id=getattr(context, "aws_request_id", None))
    delivery = unpack(event)
    if delivery.form == "deployment":
        custom_resource.fulfil(event, _check_settings)
        return {}
    try:
        reply = _publish_all(delivery)
    except Exception:
        _put_off(event)
        raise
    if failures := reply.get("batchItemFailures"):
        _put_off(event, {failure["itemIdentifier"] for failure in failures})
    return reply


def _publish_all(delivery: Delivery) -> dict[str, Any]:
    """Carry out all tasks with the same settings, and return the answer."""
    settings = service.read_settings()
    act = partial(
        carry_out,
        publisher=service,
        reporter=Reporter(settings),
        staging_bucket=settings.staging_bucket,
        on_defect=lambda error: logger.error("defect", exc_info=error),
    )
    outcomes = [_timed(act, task) for task in delivery.tasks]
    if outcomes:
        flush(metrics)
    return answer(delivery, outcomes)


def _check_settings() -> str:
    """Make the publisher, which raises if a setting is wrong."""
    service.read_settings()
    service.publisher()
    return "the settings are right"


def _timed(act: Callable[[Task], Outcome], task: Task) -> Outcome:
    """Carry out one task, log and count it."""
    logger.set_correlation_id(task.correlation_id)
    started = time.perf_counter()
    with segment("publish", key=task.key):
        outcome = act(task)
    milliseconds = (time.perf_counter() - started) * 1000
    fields = summary(outcome)
    _LOG.get(outcome.status, logger.info)(line(fields), **fields, milliseconds=round(milliseconds, 1))
    metrics.add_metric(_COUNTERS[outcome.status], MetricUnit.Count, 1)
    metrics.add_metric("BytesIn", MetricUnit.Bytes, outcome.bytes_in)
    metrics.add_metric("BytesOut", MetricUnit.Bytes, outcome.bytes_out)
    metrics.add_metric("Milliseconds", MetricUnit.Milliseconds, milliseconds)
    return outcome


def _put_off(event: Any, only: Collection[str] | None = None) -> None:
    """Postpone the messages with these ids, or all of them."""
    queue_url = os.environ.get("PUBLISH_QUEUE_URL", "")
    put_off(event, queue_url, lambda error: logger.warning("not put off", reason=error.message), only)
