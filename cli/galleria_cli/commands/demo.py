"""`galleria-storage demo`: sample photos published on an embedded S3, and a check of every result."""

from pathlib import Path

import click

from galleria_cli.options import PATH, reported, selected
from galleria_cli.reporting import Report
from galleria_storage.bulk.selection import Selection


@click.command("demo")
@click.option("--photos", type=PATH, metavar="FOLDER", help="Your own photos (only read).")
@click.option("--correct", multiple=True, metavar="KEY=VALUE", help="Correction of your photos; default: none.")
@click.option("--log", type=PATH, metavar="FILE", help="Where the functions' JSON log goes.")
@selected
@reported
def command(
    *, photos: Path | None, correct: tuple[str, ...], log: Path | None, selection: Selection, report: Report
) -> int:
    """Publish photos on an embedded S3, and check every result; exit status 0 only if everything is right."""
    from galleria_cli.demo.showing import show  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.rules.short_forms import from_words  # noqa: PLC0415

    return show(photos, log, from_words(correct, "--correct"), selection, report)
