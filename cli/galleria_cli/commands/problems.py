"""`galleria-storage problems`: what was rejected or failed, why, and what to do."""

from collections import Counter

import click

from galleria_cli.failures import Call, Failure, failures
from galleria_cli.options import queue, retried, selected, told
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.aws.calls import call
from galleria_storage.bulk.selection import EVERYTHING, Selection

_WHAT_TO_DO = {
    "rejected": "Change the photo or its correction: it is then published by itself.",
    "failed": "Try again: galleria-storage retry.",
    "unknown": "Find out who writes into this queue.",
}


@click.command(
    "problems", cls=Subcommand, epilog="Exit status: 0 there are none, 1 there are some, 2 it could not be found out."
)
@queue
@selected
@retried
@told
def command(*, queue_url: str | None, stack: str | None, limit: int, selection: Selection, report: Report) -> int:
    """Say what was rejected or failed, why, and what to do about it.

    Looking changes nothing: whoever looks next sees the same.
    """
    from galleria_cli.stack import queue_of  # noqa: PLC0415 # `--help` is quick

    return show(call, queue_of(queue_url, stack), limit, report, selection)


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
    reason = f"{failure.reason.rstrip('.')}. {advice}".strip()
    report.file(failure.kind, failure.what, wrong=True, reason=reason)
