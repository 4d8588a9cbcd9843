"""`galleria-storage retry`: hand what is in the failure queue to the function again."""

from collections.abc import Sequence

import click

from galleria_cli.failures import Call, allowed, failures, foreign, try_again
from galleria_cli.options import queue
from galleria_cli.table import printable
from galleria_storage.aws.calls import call


@click.command("retry", epilog="Exit status: 0 nothing is left, 1 something is, 2 could not be done.")
@queue
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME or ARN",
    help="Publish function: the stack's output PublishFunction. May be given again; events of others are left.",
)
@click.option("--rejected", is_flag=True, help="Also photos that were rejected (change them first).")
@click.option("--limit", type=int, default=0, metavar="N", help="At most N messages; 0, the default: all.")
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would be done.")
def command(
    *, queue_url: str | None, stack: str | None, functions: tuple[str, ...], rejected: bool, limit: int, yes: bool
) -> int:
    """Hand the events in the failure queue to the function again. Without --yes nothing is changed."""
    from galleria_cli.stack import output_of, queue_of  # noqa: PLC0415 # `--help` is quick

    if not functions and not stack:
        raise click.UsageError("give --stack NAME, or --function and --queue-url")
    named = functions or (output_of(str(stack), "PublishFunction"),)
    return retry(call, queue_of(queue_url, stack), named, rejected=rejected, limit=limit, yes=yes)


def retry(
    call: Call, queue_url: str, functions: Sequence[str], *, rejected: bool = False, limit: int = 0, yes: bool = False
) -> int:
    """Do the work of the command; `call(service, operation, **arguments)` calls an AWS service."""
    done, left = 0, 0
    with failures(call, queue_url, limit) as messages:
        for found in messages:
            function = allowed(found, functions)
            failure = found if function or found.event is None else foreign(found)
            wanted = bool(function) and failure.event is not None and (failure.kind == "failed" or rejected)
            line = f"{'try again' if wanted else 'leave':9}  {failure.kind:8}  {failure.what}: {failure.reason}"
            print(printable(line))
            if not wanted:
                left += 1
            elif yes:
                try_again(call, failure, function)
                call("sqs", "delete_message", QueueUrl=queue_url, ReceiptHandle=failure.receipt)
            done += wanted
    print(_summary(done, left, done_for_real=yes))
    return 1 if left else 0


def _summary(done: int, left: int, *, done_for_real: bool) -> str:
    verb = "handed to the function again" if done_for_real else "would be tried again (nothing was changed: no --yes)"
    return f"{done} {verb}, {left} left in the queue"
