"""`galleria-storage status`: staging beside the public bucket, key by key."""

from collections import Counter
from contextlib import closing

import click

from galleria_cli.options import Command, Transfers, judged, reported, selected, transferred
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection


def compared(function: Command) -> Command:
    """Add --prefix and --settings-from."""
    return click.option("--prefix", default="", help="Only keys with this prefix.")(judged(function))


@click.command(
    "status", cls=Subcommand, epilog="Exit status: 0 every copy is right, 1 one is not, 2 could not be checked."
)
@compared
@selected
@transferred
@reported
def command(*, prefix: str, stack: str | None, selection: Selection, transfers: Transfers, report: Report) -> int:
    """Compare staging with the public bucket: missing, stale, orphan, wrong and rejected photos.

    Both buckets are listed side by side, and each pair is compared. `missing` and `stale` photos are published by
    `publish`; an `orphan` no longer has an original (`remove`); a `rejected` one says why. --verbose also names what is
    right. Nothing is ever written.
    """
    return compare(prefix, stack, selection, transfers, report)


def compare(  # the options of its two callers
    prefix: str,
    stack: str | None,
    selection: Selection,
    transfers: Transfers,
    report: Report,
    *,
    reads_bytes: bool = False,
) -> int:
    """Do the work of `status` and `verify`, and return the exit status."""
    from galleria_cli import places, reconciling  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.bulk.march import march  # noqa: PLC0415
    from galleria_storage.bulk.patience import Patience  # noqa: PLC0415
    from galleria_storage.bulk.patient_listing import listed  # noqa: PLC0415
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415
    from galleria_storage.publishing.publish_settings import publish_settings  # noqa: PLC0415

    env = places.settings(stack)
    settings = publish_settings(env)
    staging = places.staging_store(settings.staging_bucket, pace=transfers.pace)
    public = places.public_store(env=env, pace=transfers.pace)
    patience = Patience(report.waiting, transfers.patience)
    run = reconciling.Reconciling(staging, public, settings, patience, reads_bytes)
    listings = march(*(listed(store, prefix, patience) for store in (staging, public)))
    pairs = (pair for pair in listings if selection.takes(pair.key))
    counts: Counter[str] = Counter()
    with (
        report.counting(goes_on=False),
        closing(
            as_they_finish(run.one, pairs, transfers.at_once, stop=run.patience.give_up, idle=report.idle)
        ) as results,
    ):
        for found in results:
            counts[found.state] += 1
            well = found.state in reconciling.WELL
            report.file(found.state, found.key, wrong=not well, dull=well, reason=found.reason)
    words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "there is nothing to compare"
    report.summary(words, counts)
    return 2 if counts["failed"] else int(any(counts[state] for state in counts if state not in reconciling.WELL))
