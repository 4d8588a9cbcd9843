"""`galleria-storage correct --into FOLDER KEY=VALUE… PHOTO…`: correct photos on this computer, or try a correction."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from galleria_cli.files import expanded
from galleria_cli.options import PATH, at_once, dry, recursive, selected, told
from galleria_cli.reporting import Report
from galleria_cli.rules.rulebook import NAME, Rulebook, book_of, read_rulebook
from galleria_cli.rules.short_forms import ASKING_KEYS, correction_values
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.walk import LocalFile, list_files
from galleria_storage.corrections.near_misses import near_keys
from galleria_storage.errors import CorrectionError, LocalFileError


@click.command(
    "correct", cls=Subcommand, epilog="Exit status: 0 all corrected, 1 a photo was rejected, 2 the correction is wrong."
)
@click.argument("words", nargs=-1, required=True, metavar="[KEY=VALUE...] PHOTO or FOLDER...")
@click.option("--into", type=PATH, metavar="FOLDER", help="Where the corrected copies go; made if missing.")
@click.option("--others", is_flag=True, help="Carry over files that are not photos, too.")
@click.option("--rules", type=PATH, metavar="FILE", help=f"Instead of the folder's {NAME}.")
@recursive(default=False, what="Folders")
@selected
@at_once
@dry
@told
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

    Writes a corrected copy of each photo into a folder. The photos themselves are only read, and no copy that is
    there already is replaced. With -r, photos in folders, as galleria.toml in them asks; a run that was stopped
    goes on where it was. Sidecars (.xmp) follow their photos.
    """
    from galleria_cli.correcting import Corrected, Correcting  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415

    if bool(into) == dry_run:
        raise click.UsageError("give either --into FOLDER or --dry-run")
    given, named = _understand(words)
    paths = list(expanded(named))
    book = _book(paths, rules, recursive=recursive)
    if not (given or book.asked or book.rules):
        raise CorrectionError(f"no correction is given; allowed are {', '.join(ASKING_KEYS)}, as KEY=VALUE")
    if not paths:
        raise CorrectionError("no photo is given", advice="Name photos, or with -r folders.")
    if into:
        try:
            into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LocalFileError(f"{into} cannot be used as a folder: {error.strerror or error}") from error
    counts: Counter[str] = Counter()
    files = _files(paths, selection, recursive=recursive, into=into)

    def tell(done: Corrected) -> None:
        counts[done.status] += 1
        would = {"corrected": "would correct", "copied": "would copy"}
        status = would.get(done.status, done.status) if dry_run else done.status
        dull = done.status in {"already there", "left out"}
        report.file(status, done.name, wrong=done.status == "rejected", dull=dull, asked=done.times, reason=done.reason)

    one = Correcting(book, given, into, others).one
    with report.interruptible(len(files)), closing(as_they_finish(one, files, transfers)) as results:
        for done in results:
            tell(done)
    report.summary(", ".join(f"{count} {status}" for status, count in sorted(counts.items())), counts)
    return int(counts["rejected"] > 0)


def _understand(words: Sequence[str]) -> tuple[dict[str, str], list[Path]]:
    asked: dict[str, object] = {}
    paths = []
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or key.lower() not in ASKING_KEYS:
            if (notes := near_keys({key: value}, {})) and not Path(word).exists():
                raise CorrectionError(f"{key!r} is not a correction; {notes[0].rpartition('; ')[2]}")
            paths.append(Path(word))
        elif asked.setdefault(key.lower(), value) != value:
            raise CorrectionError(f"{key} is given twice, as {asked[key.lower()]!r} and as {value!r}; once is allowed")
    return correction_values(asked, "the correction"), paths


def _book(paths: Sequence[Path], rules: Path | None, *, recursive: bool) -> Rulebook:
    if rules:
        return read_rulebook(rules)
    return next((book_of(path) for path in paths if recursive and path.is_dir()), Rulebook())


def _files(paths: Sequence[Path], selection: Selection, *, recursive: bool, into: Path | None) -> list[LocalFile]:
    """Return the files that are meant; those of the folder that the copies go into are not, if it lies in another."""
    found = []
    copies = into.resolve() if into else None
    for path in paths:
        if not (recursive and path.is_dir()):
            found.append(LocalFile(path.name, path))
            continue
        inside = (file for file in list_files(path) if selection.takes(file.name) and file.name != NAME)
        found += [file for file in inside if copies is None or copies not in file.path.resolve().parents]
    return found
