"""`galleria-storage publish KEY…`: publish staging objects by hand, or without Lambda at all."""

import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from galleria_cli.options import Transfers, dry, judged, recursive, reported, selected, transferred
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection

if TYPE_CHECKING:
    from galleria_cli.by_hand import ByHand


@click.command(
    "publish", cls=Subcommand, epilog="Exit status: 0 every copy is right, 1 one is not, 2 a setting is wrong."
)
@click.argument("keys", nargs=-1, metavar="[KEY...]")
@click.option("--prefix", help="All keys with this prefix.")
@click.option("--all", "everything", is_flag=True, help="All keys of the staging bucket.")
@click.option("--force", is_flag=True, help="Write copies again, even if the right ones are there.")
@click.option("--watch", is_flag=True, help="Keep going until Ctrl-C, and publish what is new or changed.")
@click.option("--every", type=click.FloatRange(0.1), default=10, show_default=True, help="Seconds between two looks.")
@click.option(
    "--tags-every",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    help="Seconds between two looks at tags, one request for each photo; 0: never.",
)
@judged
@recursive(default=False, what="Each KEY is a folder:")
@selected
@transferred
@dry
@reported
def command(
    *,
    keys: tuple[str, ...],
    prefix: str | None,
    everything: bool,
    force: bool,
    watch: bool,
    every: float,
    tags_every: float,
    stack: str | None,
    recursive: bool,
    selection: Selection,
    transfers: Transfers,
    dry_run: bool,
    report: Report,
) -> int:
    """Publish photos of the staging bucket by hand, or without Lambda at all.

    Does what the function does for one event. The buckets come from the settings (STAGING_BUCKET, S3_PUBLIC_*).
    Problems are printed, but not reported to the failure queue. If a function is deployed, give --settings-from;
    otherwise its copies are written again with your shell's settings. A KEY with * or ? is a pattern, unless there is
    such a key.
    """
    if bool(keys) == (prefix is not None or everything or watch):
        raise click.UsageError("give either KEYs, or one of --prefix, --all and --watch")
    from galleria_cli.by_hand import ByHand  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.keys import keys_of, keys_under  # noqa: PLC0415

    run = ByHand(report, stack, transfers, force=force)
    if watch and not dry_run:
        return _watch(run, prefix or "", selection, (every, tags_every), transfers.at_once)
    if keys:
        found = keys_of([run.staging], keys, selection, run.patience, recursive=recursive)
    else:
        found = keys_under([run.staging], prefix or "", selection, run.patience)
    return run.would_publish(found) if dry_run else run.publish(found, named=bool(keys) and not recursive)


def _watch(run: "ByHand", prefix: str, selection: Selection, seconds: tuple[float, float], at_once: int) -> int:
    """Publish what changes until Ctrl-C."""
    from galleria_cli.watching import Watch  # noqa: PLC0415 # only here

    every, tags_every = seconds
    with closing(Watch(run.staging, selection, tags_every, at_once)) as watch:
        while True:
            changes = run.patience.call(lambda: watch.look(prefix))
            if changes.written:
                run.publish(changes.written, named=False)
            if changes.removed and run.settings.when_removed == "unpublish":
                run.unpublish(changes.removed)
            time.sleep(every)
