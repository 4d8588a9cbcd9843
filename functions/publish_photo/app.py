"""Handler of the function `publish_photo`: unpack the event, call the layer, report.

Logs one JSON line per photo and counts in CloudWatch metrics: Published,
Duplicate, Rejected, Failed, BytesIn, BytesOut, Milliseconds. A rejected photo
is reported and not tried again; a failed one makes the invocation fail, after
all other photos of the event were done.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from galleria_storage.delivery.events import Task, unpack
from galleria_storage.delivery.replies import answer, summary
from galleria_storage.delivery.reports import Reporter
from galleria_storage.delivery.tasks import carry_out
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.settings import publish_settings
from galleria_storage.publishing.wiring import close_connections, publisher_from_environment
from galleria_storage.runtime import init_phase, snapshot
from galleria_storage.runtime.tracing import segment

_COUNTERS: Final = {"published": "Published", "duplicate": "Duplicate", "rejected": "Rejected", "failed": "Failed"}

_SERVICE: Final = os.environ.get("POWERTOOLS_SERVICE_NAME", "publish_photo")  # the template gives the stack's name

logger = Logger(service=_SERVICE)
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Galleria"), service=_SERVICE)
_LOG: Final = {"rejected": logger.warning, "failed": logger.error}

if "AWS_LAMBDA_RUNTIME_API" in os.environ:  # clients are made in the init phase, which has a whole CPU
    with suppress(GalleriaError):  # an init phase must not fail; the first photo meets the same error and reports it
        publisher_from_environment(os.environ)
    snapshot.register(close_connections)
init_phase.done()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Publish every photo that the event names, and answer in the form that the caller wants."""
    logger.append_keys(function_request_id=getattr(context, "aws_request_id", None))
    settings = publish_settings(os.environ)
    publisher = publisher_from_environment(os.environ)
    publish = partial(
        carry_out, publisher=publisher, reporter=Reporter(settings), staging_bucket=settings.staging_bucket
    )
    delivery = unpack(event)
    outcomes = [_timed(publish, task) for task in delivery.tasks]
    if outcomes:
        metrics.flush_metrics()
    return answer(delivery, outcomes)


def _timed(publish: Callable[[Task], Outcome], task: Task) -> Outcome:
    """Publish one photo, log and count it."""
    logger.set_correlation_id(task.correlation_id)
    started = time.perf_counter()
    try:
        with segment("publish", key=task.key):
            outcome = publish(task)
    except Exception as error:  # a defect that one photo meets must not keep the others back; `answer` raises
        logger.exception("defect", key=task.key)
        outcome = Outcome(key=task.key, status="failed", reason=f"{type(error).__name__}: {error}")
    milliseconds = (time.perf_counter() - started) * 1000
    _LOG.get(outcome.status, logger.info)(outcome.status, **summary(outcome), milliseconds=round(milliseconds, 1))
    if outcome.status in _COUNTERS:
        metrics.add_metric(_COUNTERS[outcome.status], MetricUnit.Count, 1)
    metrics.add_metric("BytesIn", MetricUnit.Bytes, outcome.bytes_in)
    metrics.add_metric("BytesOut", MetricUnit.Bytes, outcome.bytes_out)
    metrics.add_metric("Milliseconds", MetricUnit.Milliseconds, milliseconds)
    return outcome
