"""`galleria-storage push FOLDER`: photos into staging, each with its correction."""

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from galleria_cli.options import PATH, Transfers, dry, placed, recursive, reported, selected, transferred
from galleria_cli.reporting import Report
from galleria_cli.rules.filename import NAME
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import GalleriaError

if TYPE_CHECKING:
    from galleria_cli.rules.rulebook import Rulebook
    from galleria_storage.bulk.walk import LocalFile


@click.command(
    "push", cls=Subcommand, epilog="Exit status: 0 all is in staging, 1 a file is not, 2 could not be done, 130 Ctrl-C."
)
@click.argument("paths", nargs=-1, required=True, metavar="FOLDER or PHOTO...", type=PATH)
@click.option("--correct", multiple=True, metavar="KEY=VALUE", help="A correction for every file; overrides the rules.")
@click.option("--rules", type=PATH, metavar="FILE", help=f"Rules to use instead of the folder's {NAME}.")
@click.option(
    "--as",
    "how",
    type=click.Choice(["tags", "metadata"]),
    help="How corrections are written; default: as tags if the provider is known to support them.",
)
@click.option("--rules-only", is_flag=True, help="Send nothing; change the tags of photos that are in staging.")
@click.option("--explain", is_flag=True, help="Say which rule counts for each file and why, and do nothing.")
@click.option("--wait", is_flag=True, help="Follow each photo until its outcome is known.")
@click.option("--wait-seconds", type=click.FloatRange(0), default=300, show_default=True, help="How long at most.")
@click.option("--bucket", help="Staging (STAGING_BUCKET).")
@click.option("--endpoint", help="Staging's provider (AWS_ENDPOINT_URL_S3); its keys are the AWS environment's.")
@click.option("--also", multiple=True, metavar="TYPE", help="Push such files too: video/mp4 (PASS_THROUGH_TYPES).")
@placed
@recursive(default=True, what="Folders")
@selected
@transferred
@dry
@reported
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
    bucket: str | None,
    endpoint: str | None,
    also: tuple[str, ...],
    prefix: str,
    checksum: bool,
    recursive: bool,
    selection: Selection,
    transfers: Transfers,
    dry_run: bool,
    report: Report,
) -> int:
    """Put photos into the staging bucket, each with its correction.

    Writes only into staging, where the function finds them: STAGING_BUCKET, reached by the AWS environment. Corrections
    come from galleria.toml in the folder and from --correct. Only photos are sent, and only those not yet there. A
    photo that would be rejected is reported, and not sent.

    A correction is KEY=VALUE: shift=+1h, zone=Europe/Stockholm, camera-zone=Asia/Tokyo, time=2024-06-15T10:30:45,
    dates=all or remove=location.
    """
    from galleria_cli import places, pushing, sending  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.files import Chosen  # noqa: PLC0415
    from galleria_cli.rules.short_forms import from_words  # noqa: PLC0415
    from galleria_storage.bulk.standing import folder_of  # noqa: PLC0415
    from galleria_storage.runtime.environment import completed, words  # noqa: PLC0415

    given = from_words(correct, "--correct")
    found = Chosen(paths, selection, recursive=recursive)
    book = _book(paths, rules, report)
    if explain:
        return _explain(report, book, found, given)
    store = places.staging_store(bucket, endpoint, transfers.pace)
    chosen: pushing.How = "metadata" if how == "metadata" or (not how and not store.profile.object_tags) else "tags"
    types = frozenset(also) | frozenset(words(completed(os.environ), "PASS_THROUGH_TYPES"))
    start, began = folder_of(prefix), time.time()
    keys: list[str] = []

    def heard(sent: sending.Sent) -> None:
        if wait and sent.status in {"pushed", "retagged", "unchanged"}:
            keys.append(sent.key)

    run = sending.Sending(store, start, report, transfers, pushing.WORDS, checksum=checksum, dry_run=dry_run)
    right = run.run(
        [found],
        lambda known: sending.Work(
            pushing.Push(store, start, book, given, chosen, known, types, rules_only=rules_only, dry_run=dry_run).one
        ),
        heard,
    )
    if wait and not dry_run:
        from galleria_cli.following import follow  # noqa: PLC0415 # only where it is asked for

        right = follow(report, store, keys, began, wait_seconds) and right
    return int(not right)


def _book(paths: Sequence[Path], rules: Path | None, report: Report) -> "Rulebook":
    from galleria_cli.files import expanded, other_rules  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.rules.rulebook import book_of, read_rulebook  # noqa: PLC0415

    if rules:
        return read_rulebook(rules)
    given = list(expanded(paths))
    folder = given[0] if given[0].is_dir() else given[0].parent
    for note in other_rules(given, folder / NAME):
        report.note(note)
    return book_of(folder)


def _explain(report: Report, book: "Rulebook", found: "Iterable[LocalFile]", given: dict[str, str]) -> int:
    from galleria_cli.rules.facts import facts_of  # noqa: PLC0415 # only here

    status = 0
    for file in found:
        try:
            facts = facts_of(file.name, file.path)
        except GalleriaError as error:
            status = 1
            report.explained(file.name, [f"{file.name}: {file.problem or error.message}"])
        else:
            report.explained(file.name, book.explain(facts, given))
    return status
