"""`galleria-storage correct --into FOLDER KEY=VALUE… PHOTO…`: correct photos on this computer, or try a correction."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import click

from galleria_cli.options import PATH, at_once, dry, recursive, reported, selected
from galleria_cli.reporting import Report
from galleria_cli.rules.filename import NAME
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import CorrectionError, LocalFileError


@click.command(
    "correct", cls=Subcommand, epilog="Exit status: 0 all corrected, 1 a photo was rejected, 2 the correction is wrong."
)
@click.argument("words", nargs=-1, required=True, metavar="[KEY=VALUE...] PHOTO or FOLDER...")
@click.option("--into", type=PATH, metavar="FOLDER", help="Where the corrected copies go; made if missing.")
@click.option("--others", is_flag=True, help="Copy files that are not photos, too.")
@click.option("--rules", type=PATH, metavar="FILE", help=f"Rules to use instead of the folder's {NAME}.")
@recursive(default=False, what="Folders")
@selected
@at_once
@dry
@reported
def command(
    *,
    words: tuple[str, ...],
    into: Path | None,
    others: bool,
    rules: Path | None,
    recursive: bool,
    selection: Selection,
    transfers: int,
    dry_run: bool,
    report: Report,
) -> int:
    """Correct photos on this computer, or try what a correction would do.

    Writes a corrected copy of each photo into a folder. The photos themselves are only read, and no copy that is there
    already is replaced. With -r, whole folders are corrected by the rules in their galleria.toml; a stopped run
    continues where it was. Sidecars (.xmp) follow their photos.

    A correction is KEY=VALUE: shift=+1h, zone=Europe/Stockholm, camera-zone=Asia/Tokyo, time=2024-06-15T10:30:45,
    dates=all or remove=location.
    """
    from galleria_cli import asked  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.correcting import Corrected, Correcting  # noqa: PLC0415
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415

    if bool(into) == dry_run:
        raise click.UsageError("give either --into FOLDER or --dry-run")
    given, paths = asked.understand(words)
    book = asked.rules_for(paths, rules, report, recursive=recursive)
    if not (given or book.asked or book.rules):
        raise asked.nothing_asked(paths, rules, recursive=recursive)
    if not paths:
        raise CorrectionError("no photo is given", advice="Name photos, or with -r folders.")
    if into:
        try:
            into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LocalFileError(f"{into} cannot be used as a folder: {error.strerror or error}") from error
    counts: Counter[str] = Counter()
    files = asked.photos_of(paths, selection, recursive=recursive, into=into)

    would = {"corrected": "would correct", "copied": "would copy"} if dry_run else {}

    def tell(done: Corrected) -> None:
        counts[done.status] += 1
        dull = done.status in {"already there", "left out"}
        status = would.get(done.status, done.status)
        report.file(status, done.name, wrong=done.status == "rejected", dull=dull, asked=done.times, reason=done.reason)

    one = Correcting(book, given, into, others).one
    with report.interruptible(lambda: len(files)), closing(as_they_finish(one, files, transfers)) as results:
        for done in results:
            tell(done)
    hints = {} if report.verbose else {"left out": " (--verbose names them)"}
    counted = [f"{count} {would.get(one, one)}{hints.get(one, '')}" for one, count in sorted(counts.items())]
    summary = f"{', '.join(counted) or 'there are no files'}{'; nothing was written' if dry_run else ''}"
    report.summary(summary, {**counts, "dry_run": dry_run})
    return int(counts["rejected"] > 0)
