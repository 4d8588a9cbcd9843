"""The work of `problems`, which shows the failure queue, and of `retry`, which tries its events again."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from galleria_cli.failures import Call, Failure, allowed, failures, foreign, try_again
from galleria_cli.reporting import Report
from galleria_cli.text_table import sentences
from galleria_storage.bulk.selection import EVERYTHING, Selection

_WHAT_TO_DO: Final = {
    "rejected": "Change the photo or its correction: that publishes it again.",
    "failed": "Try again: galleria-storage retry.",
    "unknown": "Find out who writes into this queue.",
}


def show(call: Call, queue_url: str, limit: int, report: Report, selection: Selection = EVERYTHING) -> int:
    """Do the work of the command; `call(service, operation, **arguments)` calls an AWS service."""
    counts: Counter[str] = Counter()
    with failures(call, queue_url, limit) as messages:
        for failure in filter(lambda failure: failure.is_meant(selection), messages):
            counts[failure.kind] += 1
            _tell(report, failure)
    words = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    report.summary(words or "there are no problems", counts)
    return int(counts.total() > 0)


def _tell(report: Report, failure: Failure) -> None:
    advice = failure.advice or _WHAT_TO_DO.get(failure.kind, "")
    reason = sentences(failure.reason, advice)
    report.file(failure.kind, failure.what, wrong=True, reason=reason)


def retry(
    call: Call,
    queue_url: str,
    functions: Sequence[str],
    report: Report,
    selection: Selection = EVERYTHING,
    *,
    rejected: bool = False,
    limit: int = 0,
    yes: bool = False,
) -> int:
    """Do the work of the command; `call(service, operation, **arguments)` calls an AWS service."""
    done, left = 0, 0
    with failures(call, queue_url, limit) as messages:
        for found in filter(lambda failure: failure.is_meant(selection), messages):
            function = allowed(found, functions)
            failure = found if function or found.event is None else foreign(found)
            wanted = bool(function) and failure.event is not None and (failure.kind == "failed" or rejected)
            status = ("tried again" if yes else "would try again") if wanted else "left"
            if wanted and yes:
                try_again(call, failure, function)
                call("sqs", "delete_message", QueueUrl=queue_url, ReceiptHandle=failure.receipt)
            report.file(status, failure.what, wrong=not wanted, kind=failure.kind, reason=failure.reason)
            left += not wanted
            done += wanted
    report.summary(_summary(done, left, done_for_real=yes), {"tried_again": done, "left": left, "dry_run": not yes})
    return 1 if left else 0


def _summary(done: int, left: int, *, done_for_real: bool) -> str:
    verb = "handed to the function again" if done_for_real else "would be tried again (nothing was changed: no --yes)"
    return f"{done} {verb}, {left} left in the queue"
