"""All configured buckets: each is audited, whatever happens to the others, and drift is announced on the event bus."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from traceback import format_exception
from typing import Any, Final

from galleria_storage.aws.calls import announce
from galleria_storage.cors.audit import Log, audit_bucket
from galleria_storage.cors.bucket_verdict import BucketVerdict
from galleria_storage.cors.cors_settings import CorsSettings, CorsTarget
from galleria_storage.cors.expected import rules_from_settings
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection, connect

#: `detail-type` of the events.
DRIFTED: Final = "CORS Drifted"
REPAIRED: Final = "CORS Repaired"
#: A bucket that answers slowly must not use up the others' time.
_AT_ONCE: Final = 8
_LOG: Final = logging.getLogger(__name__)


def audit_buckets(
    settings: CorsSettings,
    *,
    read_only: bool = False,
    seconds: float | None = None,
    log: Log = _LOG.warning,
    connect: Callable[[BucketAccess], Connection] = connect,
) -> list[BucketVerdict]:
    """Examine every configured bucket, and repair it if the mode allows.

    Parameters
    ----------
    settings
        Names the buckets, the mode and the expected rules.
    read_only
        Judge as the mode says, but never write.
    seconds
        After this time, a bucket that has not answered is `failed`, since
        Lambda would otherwise end the function before it could report the
        others. None: wait for all.
    log
        Gets the old rules of a bucket before they are replaced, and unexpected errors.
    connect
        Connects to one bucket.

    Returns
    -------
    list of BucketVerdict
        One for each bucket, in the order of the settings.

    Raises
    ------
    SettingsError
        S3 would reject the expected rules.
    """
    expected = rules_from_settings(settings)

    def audit(target: CorsTarget) -> BucketVerdict:
        return audit_bucket(
            target.access,
            expected,
            settings.mode,
            probe_url=target.probe_url,
            connect=connect,
            read_only=read_only,
            log=log,
        )

    pool = ThreadPoolExecutor(min(_AT_ONCE, len(settings.buckets)))
    audits = [(target.access, pool.submit(audit, target)) for target in settings.buckets]
    wait([running for _, running in audits], timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    return [_verdict(access, running, settings, log) for access, running in audits]


def _verdict(access: BucketAccess, running: "Future[BucketVerdict]", settings: CorsSettings, log: Log) -> BucketVerdict:
    """Return the verdict, or one that says why there is none: no time left, or an unexpected error, which is logged."""
    if not running.done() or running.cancelled():
        reason = "there was no answer in time"
    elif defect := running.exception():
        log("defect", extra={"bucket": access.bucket, "traceback": "".join(format_exception(defect))})
        reason = f"{type(defect).__name__}: {defect}"
    else:
        return running.result()
    return BucketVerdict(
        bucket=access.bucket,
        endpoint=access.provider.endpoint,
        mode=settings.mode,
        status="failed",
        reason=reason,
        error="ProviderError",
    )


def announce_drift(
    bus: str,
    verdicts: Sequence[BucketVerdict],
    *,
    announce: Callable[[str, str, Mapping[str, Any]], None] = announce,
) -> None:
    """Put one event on the bus for each bucket that was out of order; do nothing if the name is empty.

    The rules themselves are in the log and in the result; an EventBridge event
    holds at most 256 KB, and 100 rules may be longer.

    Raises
    ------
    ProviderError
        The bus did not take an event.
    """
    for verdict in verdicts:
        if bus and verdict.drift:
            document = verdict.as_document()
            detail = {name: value for name, value in document.items() if name not in {"rules_before", "rules_after"}}
            announce(bus, REPAIRED if verdict.status == "repaired" else DRIFTED, detail)


def summary(verdicts: Sequence[BucketVerdict]) -> dict[str, Any]:
    """Return the function's result: the number of buckets by status, and each verdict."""
    counts = {status: sum(verdict.status == status for verdict in verdicts) for status in _STATUSES}
    return {"counts": counts, "buckets": [verdict.as_document() for verdict in verdicts]}


_STATUSES: Final = ("ok", "drifted", "repaired", "unsupported", "failed")
