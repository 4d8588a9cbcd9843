"""`galleria-storage retry`: send the events in the failure queue to the function again."""

import click

from galleria_cli.options import confirmed, queue, reported, retried, selected
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection


@click.command("retry", cls=Subcommand, epilog="Exit status: 0 nothing is left, 1 something is, 2 could not be done.")
@queue
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME or ARN",
    help="Publish function: the stack's output PublishFunction. May be repeated; events of other functions are left.",
)
@click.option("--rejected", is_flag=True, help="Also photos that were rejected (change them first).")
@selected
@retried
@confirmed
@reported
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
    """Send the events in the failure queue to the function again. Without --yes nothing is changed."""
    from galleria_cli.queue_work import retry  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.stack import output_of, queue_of  # noqa: PLC0415
    from galleria_storage.aws.calls import call  # noqa: PLC0415

    if not functions and not stack:
        raise click.UsageError("give --stack NAME, or --function and --queue-url")
    named = functions or (output_of(str(stack), "PublishFunction"),)
    url = queue_of(queue_url, stack)
    return retry(call, url, named, report, selection, rejected=rejected, limit=limit, yes=not dry_run)
