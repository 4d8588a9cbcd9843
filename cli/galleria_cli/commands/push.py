"""`galleria-storage push FOLDER`: photos into staging, with what is asked of each."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from galleria_cli.files import files_of, size_of
from galleria_cli.options import PATH, selected, told, transferred
from galleria_cli.reporting import Report, size_text
from galleria_cli.rules.rulebook import NAME, Rulebook, book_of, read_rulebook
from galleria_cli.rules.short_forms import from_words
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.runtime.environment import completed, words

if TYPE_CHECKING:
    from galleria_cli.pushing import Pushed


@click.command("push", epilog="Exit status: 0 all is in staging, 1 a file is not, 2 could not be done, 130 Ctrl-C.")
@click.argument("paths", nargs=-1, required=True, metavar="FOLDER or PHOTO...", type=PATH)
@click.option("--correct", multiple=True, metavar="KEY=VALUE", help="Asked of every file, more than the rules ask.")
@click.option("--rules", type=PATH, metavar="FILE", help=f"Instead of the folder's {NAME}.")
@click.option(
    "--as",
    "how",
    type=click.Choice(["tags", "metadata"]),
    help="How corrections are written; default: as tags where the provider is known to keep them.",
)
@click.option("--rules-only", is_flag=True, help="Send nothing: change the tags of what is in staging.")
@click.option("--explain", is_flag=True, help="Say which rule counts for each file and why, and do nothing.")
@click.option("--wait", is_flag=True, help="Follow each photo until its outcome is known.")
@click.option("--wait-seconds", type=click.FloatRange(0), default=300, show_default=True, help="How long at most.")
@click.option("--prefix", default="", help="Put before each name, with one / between.")
@click.option("--bucket", help="Staging (STAGING_BUCKET).")
@click.option("--endpoint", help="Staging's provider (AWS_ENDPOINT_URL_S3); its keys are the AWS environment's.")
@click.option("--also", multiple=True, metavar="TYPE", help="Push such files too: video/mp4 (PASS_THROUGH_TYPES).")
@click.option("--checksum", is_flag=True, help="Read every file, also those that have not changed since last time.")
@selected
@transferred
@told
def command(  # one name for each option
    *,
    paths: tuple[Path, ...],
    correct: tuple[str, ...],
    rules: Path | None,
    how: str | None,
    rules_only: bool,
    explain: bool,
    wait: bool,
    wait_seconds: float,
    prefix: str,
    bucket: str | None,
    endpoint: str | None,
    also: tuple[str, ...],
    checksum: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    transfers: int,
    patience: float,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Put photos into the staging bucket, and say what is wrong with them.

    Only into staging, where the function finds them: STAGING_BUCKET, reached by the AWS environment. What is asked
    of each photo comes from galleria.toml in the folder and from --correct. What is there already is not sent
    again; only photos are sent. A photo that would be rejected is named, and not sent.
    """
    from galleria_cli import places, pushing  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.bulk.patience import Patience  # noqa: PLC0415
    from galleria_storage.bulk.remembered import RememberedFiles  # noqa: PLC0415
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415
    from galleria_storage.bulk.standing import look  # noqa: PLC0415

    given = from_words(correct, "--correct")
    found = files_of(paths, Selection(include, exclude))
    book = _book(paths, rules)
    if explain:
        return _explain(book, found, given)
    report = Report(as_json=as_json, quiet=quiet, verbose=verbose)
    store = places.staging_store(bucket, endpoint)
    chosen: pushing.How = "metadata" if how == "metadata" or (not how and not store.profile.object_tags) else "tags"
    folder = prefix.strip("/")
    remembered = RememberedFiles(None if checksum else places.cache_file("files.sqlite"))
    start, waiting = f"{folder}/" if folder else "", Patience(report.waiting, patience)
    types = frozenset(also) | frozenset(words(completed(os.environ), "PASS_THROUGH_TYPES"))
    standing = waiting.call(lambda: look(store, [start + file.name for file in found if file.problem is None]))
    run = pushing.Push(
        store, start, book, given, chosen, waiting, standing, types, remembered, rules_only=rules_only, dry_run=dry_run
    )
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    keys: list[str] = []
    started, began = time.monotonic(), time.time()
    try:
        with (
            report.progress(len(found), sum(size_of(file) for file in found)),
            closing(as_they_finish(run.one, found, transfers)) as outcomes,
        ):
            for pushed in outcomes:
                counts[pushed.status] += 1
                sizes[pushed.status] += pushed.size
                if pushed.status in {"pushed", "retagged", "unchanged"}:
                    keys.append(pushed.key)
                _tell(report, pushed, dry_run=dry_run)
                report.advance(pushed.size)
    finally:
        remembered.close()
    seconds = time.monotonic() - started
    report.summary(
        _summary(counts, sizes["pushed"], places.place_of(store), seconds, dry_run=dry_run),
        {**counts, "bytes": sizes["pushed"], "seconds": round(seconds, 3), "dry_run": dry_run},
    )
    wrong = any(counts[status] for status in pushing.WRONG)
    if wait and not dry_run:
        from galleria_cli.following import follow  # noqa: PLC0415 # only where it is asked for

        wrong = not follow(report, store, keys, began, wait_seconds) or wrong
    return int(wrong)


def _tell(report: Report, pushed: "Pushed", *, dry_run: bool) -> None:
    would = {"pushed": "would push", "retagged": "would tag"}
    status = would.get(pushed.status, pushed.status) if dry_run else pushed.status
    report.file(
        status,
        pushed.name,
        wrong=pushed.status in {"rejected", "failed", "missing"},
        dull=pushed.status in {"unchanged", "left out"},
        key=pushed.key,
        size=pushed.size,
        asked=pushed.asked,
        reason=pushed.reason,
    )


def _summary(counts: Counter[str], size: int, place: str, seconds: float, *, dry_run: bool) -> str:
    verb = "would be pushed" if dry_run else "pushed"
    parts = [f"{counts['pushed']} {verb} ({size_text(size)})", f"{counts['unchanged']} already there"]
    for status, name in (("retagged", "asked for other corrections"), ("left out", "left out"),
                         ("rejected", "rejected"), ("missing", "not in staging"), ("failed", "failed")):  # fmt: skip
        if counts[status]:
            parts.append(f"{counts[status]} {name}")
    return f"{', '.join(parts)}: {place} ({seconds:.1f} s)"


def _book(paths: Sequence[Path], rules: Path | None) -> Rulebook:
    if rules:
        return read_rulebook(rules)
    first = paths[0]
    return book_of(first if first.is_dir() else first.parent)


def _explain(book: Rulebook, found: Sequence[LocalFile], given: dict[str, str]) -> int:
    from galleria_cli.rules.facts import facts_of  # noqa: PLC0415 # only here
    from galleria_cli.table import printable  # noqa: PLC0415

    for file in found:
        for number, line in enumerate(book.explain(facts_of(file.name, file.path), given)):
            print(printable(f"{'  ' if number else ''}{line}"))
    return 0
