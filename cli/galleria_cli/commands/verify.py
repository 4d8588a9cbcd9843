"""`galleria-storage verify`: like `status`, but every byte of originals and copies is read."""

import click

from galleria_cli.commands.status import compare, compared
from galleria_cli.options import Transfers, reported, selected, transferred
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection


@click.command(
    "verify", cls=Subcommand, epilog="Exit status: 0 every copy is right, 1 one is not, 2 could not be checked."
)
@compared
@selected
@transferred
@reported
def command(*, prefix: str, stack: str | None, selection: Selection, transfers: Transfers, report: Report) -> int:
    """Read every original and every copy, and compare each copy's bytes with what they should be.

    This downloads both buckets. The results are printed as by `status`.
    """
    return compare(prefix, stack, selection, transfers, report, reads_bytes=True)
