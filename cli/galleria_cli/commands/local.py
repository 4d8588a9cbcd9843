"""`galleria-storage local`: the embedded system in the foreground, until Ctrl-C."""

from pathlib import Path

import click

from galleria_cli.options import PATH, reported
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand


@click.command("local", cls=Subcommand)
@click.option("--log", type=PATH, metavar="FILE", help="Where the functions' JSON log goes.")
@reported
def command(log: Path | None, report: Report) -> int:
    """Keep the embedded system running, and publish whatever is put into staging, until Ctrl-C.

    Default corrections come from the environment, for example TARGET_TIMEZONE=Europe/Stockholm.
    """
    from galleria_cli.demo.foreground import run  # noqa: PLC0415 # `--help` is quick

    return run(report, log)
