"""`galleria-storage cors check|repair`: the guard before a deployment, and the repair by hand."""

import click

from galleria_cli.options import dry, reported, retried
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand


@click.group("cors", epilog="Exit status: 0 in order, 1 drifted, 2 could not be checked or repaired.")
def command() -> None:
    """Check or repair the public bucket's CORS rules.

    The buckets and the expected rules come from the settings (S3_PUBLIC_*, CORS_*).
    """


_merge = click.option("--merge", is_flag=True, help="Keep the rules of others (CORS_MODE=merge).")


@command.command(cls=Subcommand, short_help="Compare, and write nothing.")
@click.option("--setup-cors", is_flag=True, help="Repair the rules if they have drifted.")
@_merge
@retried
@dry
@reported
def check(*, setup_cors: bool, merge: bool, dry_run: bool, report: Report) -> int:
    """Compare the rules, and write nothing unless --setup-cors is given; --json prints all verdicts as one document."""
    from galleria_cli.auditing import audit  # noqa: PLC0415 # `--help` is quick

    return audit(setup_cors=setup_cors and not dry_run, merge=merge, report=report)


@command.command(cls=Subcommand, short_help="Compare, and repair.")
@_merge
@retried
@dry
@reported
def repair(*, merge: bool, dry_run: bool, report: Report) -> int:
    """Compare the rules, and repair them if they have drifted; --json prints all verdicts as one document."""
    from galleria_cli.auditing import audit  # noqa: PLC0415 # `--help` is quick

    return audit(setup_cors=not dry_run, merge=merge, report=report)
