"""`galleria-storage verify`: as `status`, with every byte of originals and copies read."""

import click

from galleria_cli.commands.status import compare, compared
from galleria_cli.options import told, transferred
from galleria_cli.reporting import Report


@click.command("verify", epilog="Exit status: 0 every copy is right, 1 one is not, 2 it could not be told.")
@compared
@transferred
@told
def command(
    *, prefix: str, stack: str | None, transfers: int, patience: float, dry_run: bool,
    as_json: bool, quiet: bool, verbose: bool,
) -> int:  # fmt: skip
    """Read every original and every copy, and compare each copy's bytes with what it should be.

    This downloads both buckets. What is found is told as by `status`.
    """
    del dry_run
    report = Report(as_json=as_json, quiet=quiet, verbose=verbose)
    return compare(prefix, stack, transfers, patience, report, reads_bytes=True)
