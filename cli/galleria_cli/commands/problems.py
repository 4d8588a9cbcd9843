"""`galleria-storage problems`: what was rejected or failed, why, and what to do."""

import click

from galleria_cli.options import queue, reported, retried, selected
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection


@click.command(
    "problems", cls=Subcommand, epilog="Exit status: 0 there are none, 1 there are some, 2 could not be checked."
)
@queue
@selected
@retried
@reported
def command(*, queue_url: str | None, stack: str | None, limit: int, selection: Selection, report: Report) -> int:
    """Show what was rejected or failed, why, and what to do about it.

    This changes nothing: the messages stay in the queue.
    """
    from galleria_cli.queue_work import show  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.stack import queue_of  # noqa: PLC0415
    from galleria_storage.aws.calls import call  # noqa: PLC0415

    return show(call, queue_of(queue_url, stack), limit, report, selection)
