"""`galleria-storage manifest`: what is public, for a site generator."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from galleria_cli.options import PATH, Transfers, judged, reported, selected, transferred
from galleria_cli.replacing import replace_text
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_cli.text_table import counted
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import LocalFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from galleria_cli.manifest import Described, Entry


@click.command("manifest", cls=Subcommand, epilog="Exit status: 0 written, 2 could not be read.")
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Write to this file, and reuse its unchanged entries.")
@click.option("--previous", type=PATH, metavar="FILE", help="An older manifest, whose unchanged entries are reused.")
@click.option("--prefix", default="", help="Only keys with this prefix.")
@click.option("--base-url", metavar="URL", help="Where the photos are read: https://photos.example.com")
@click.option("--csv", "as_csv", is_flag=True, help="A table instead of JSON.")
@click.option("--sha256", is_flag=True, help="Read photos whose SHA-256 is not recorded.")
@judged
@selected
@transferred
@reported
def command(
    *,
    output: Path | None,
    previous: Path | None,
    prefix: str,
    base_url: str | None,
    as_csv: bool,
    sha256: bool,
    stack: str | None,
    selection: Selection,
    transfers: Transfers,
    report: Report,
) -> int:
    """List what is public for a site generator: JSON, sorted by the moment at which photos were taken.

    For each photo: key, url, captured (with its offset), moment (UTC), subsecond, size, width, height, camera,
    media_type, sha256 and etag. Unknown values are null. Only photos that this service published are listed.
    """
    from galleria_cli import manifest, places  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.bulk.patience import Patience  # noqa: PLC0415
    from galleria_storage.bulk.patient_listing import listed  # noqa: PLC0415
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415

    if output and not output.parent.is_dir():  # before hours of work
        raise LocalFileError(f"{output} cannot be written: there is no such folder")
    public = places.public_store(env=places.settings(stack), pace=transfers.pace)
    before = previous or (output if output and not as_csv and output.is_file() else None)
    known = manifest.older(_text(before)) if before else manifest.NOTHING
    url = base_url or manifest.base_url_of(public)
    run = manifest.Describing(public, url, known, Patience(report.waiting, transfers.patience), sha256)
    meant = (one for one in listed(public, prefix, run.patience) if selection.takes(one.key))
    results = as_they_finish(run.one, meant, transfers.at_once, stop=run.patience.give_up, idle=report.idle)
    with report.counting(goes_on=False), closing(results) as found:
        others: dict[str, str] = {}
        entries = manifest.in_order(_photos(found, others, report))
    text = manifest.as_csv(entries) if as_csv else f"{manifest.as_json(entries, others, public.bucket)}\n"
    if output:
        replace_text(output, text)
        report.summary(
            f"{counted(len(entries), 'photo', 'photos')}: {output}", {"photos": len(entries), "output": str(output)}
        )
    else:
        print(text, end="")
    return 0


def _photos(found: "Iterable[Described]", others: dict[str, str], report: Report) -> "Iterator[Entry]":
    """Yield the entries of photos, and remember the other objects."""
    for one in found:
        report.passed(one.entry["size"] if one.entry else 0)
        if one.entry is None:
            others[one.key] = one.etag
        else:
            yield one.entry


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise LocalFileError(f"{path} cannot be read: {why}") from error
