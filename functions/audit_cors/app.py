"""Handler of the function `audit_cors`: audit all buckets, log, count and announce, and fail where one failed.

Logs one JSON line per bucket and counts in CloudWatch metrics: CorsDrift,
CorsRepaired and CorsFailed, each 0 or 1 for a bucket (dimensions `service` and
`Bucket`); their sums over all buckets have the dimension `service` alone.
"""

import os
from collections.abc import Sequence
from typing import Any, Final

from galleria_storage.aws import custom_resource
from galleria_storage.corrections.near_misses import near_settings
from galleria_storage.cors.all_buckets import announce_drift, audit_buckets, summary
from galleria_storage.cors.bucket_verdict import BucketVerdict
from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.errors import ProviderError
from galleria_storage.runtime.environment import RememberedNames, completed
from galleria_storage.runtime.observability import MetricUnit, flush, observe, segment

logger, metrics = observe("audit_cors")
_SECONDS_TO_TELL: Final = 10
_LOG: Final = {"ok": logger.info, "failed": logger.error}


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Examine every configured bucket, repair it if allowed, and return a verdict for each.

    A schedule calls it, and CloudFormation when the stack was created or its
    settings changed. Invalid settings roll the deployment back; a provider that
    does not answer does not, since it may be available again at the next audit.
    """
    logger.append_keys(function_request_id=getattr(context, "aws_request_id", None))
    if custom_resource.is_request(event):
        custom_resource.fulfil(
            event, lambda: ", ".join(f"{b['bucket']}: {b['status']}" for b in _audit(context)["buckets"])
        )
        return {}
    return _audit(context)


def _audit(context: Any) -> dict[str, Any]:
    env = RememberedNames(completed(os.environ))
    settings = cors_settings(env)
    for note in near_settings(env, env.names):
        logger.warning(note)
    with segment("audit_cors"):
        verdicts = audit_buckets(settings, seconds=_seconds_left(context), log=logger.warning)
    for verdict in verdicts:
        _LOG.get(verdict.status, logger.warning)(verdict.status, **verdict.as_document())
    _count(verdicts)
    announce_drift(settings.event_bus_name, verdicts)
    if failed := [f"{verdict.bucket}: {verdict.reason}" for verdict in verdicts if verdict.status == "failed"]:
        raise ProviderError(f"{len(failed)} of {len(verdicts)} buckets failed: {'; '.join(failed)}")
    return summary(verdicts)


def _seconds_left(context: Any) -> float | None:
    """Return how long the audit may take, so that its verdicts can still be reported; None without a real context."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return max(1.0, remaining() / 1000 - _SECONDS_TO_TELL) if remaining else None


def _count(verdicts: Sequence[BucketVerdict]) -> None:
    for verdict in verdicts:
        metrics.add_dimension("Bucket", verdict.bucket)
        _add_metrics([verdict])
    _add_metrics(verdicts)


def _add_metrics(verdicts: Sequence[BucketVerdict]) -> None:
    metrics.add_metric("CorsDrift", MetricUnit.Count, sum(verdict.drift for verdict in verdicts))
    metrics.add_metric("CorsRepaired", MetricUnit.Count, sum(verdict.repaired for verdict in verdicts))
    metrics.add_metric("CorsFailed", MetricUnit.Count, sum(verdict.status == "failed" for verdict in verdicts))
    flush(metrics)
