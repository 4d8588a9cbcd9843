"""`galleria-storage retry`: hand what is in the failure queue to the function again."""

from collections.abc import Sequence

import click

from galleria_cli.failures import Call, allowed, failures, foreign, try_again
from galleria_cli.options import confirmed, queue, retried, selected, told
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.aws.calls import call
from galleria_storage.bulk.selection import EVERYTHING, Selection


@click.command("retry", cls=Subcommand, epilog="Exit status: 0 nothing is left, 1 something is, 2 could not be done.")
@queue
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME or ARN",
    help="Publish function: the stack's output PublishFunction. May be given again; events of others are left.",
)
@click.option("--rejected", is_flag=True, help="Also photos that were rejected (change them first).")
@selected
@retried
@confirmed
@told
def command(
    *,
    queue_url: str | None,
    stack: str | None,
    limit: int,
    functions: tuple[str, ...],
    rejected: bool,
    selection: Selection,
    dry_run: bool,
    report: Report,
) -> int:
    """Hand the events in the failure queue to the function again. Without --yes nothing is changed."""
    from galleria_cli.stack import output_of, queue_of  # noqa: PLC0415 # `--help` is quick

    if not functions and not stack:
        raise click.UsageError("give --stack NAME, or --function and --queue-url")
    named = functions or (output_of(str(stack), "PublishFunction"),)
    url = queue_of(queue_url, stack)
    return retry(call, url, named, report, selection, rejected=rejected, limit=limit, yes=not dry_run)


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
            report.file(status, failure.what, wrong=not wanted, kind=failure.kind, reason=failure.reason)
            if not wanted:
                left += 1
            elif yes:
                try_again(call, failure, function)
                call("sqs", "delete_message", QueueUrl=queue_url, ReceiptHandle=failure.receipt)
            done += wanted
    report.summary(_summary(done, left, done_for_real=yes), {"tried_again": done, "left": left, "dry_run": not yes})
    return 1 if left else 0


def _summary(done: int, left: int, *, done_for_real: bool) -> str:
    verb = "handed to the function again" if done_for_real else "would be tried again (nothing was changed: no --yes)"
    return f"{done} {verb}, {left} left in the queue"
