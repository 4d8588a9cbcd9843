"""`galleria-storage status`: staging beside the public bucket, key by key."""

from collections import Counter
from contextlib import closing

import click

from galleria_cli.options import Command, told, transferred
from galleria_cli.reporting import Report


def compared(function: Command) -> Command:
    """Add --prefix and --settings-from."""
    function = click.option("--prefix", default="", help="Only keys that begin so.")(function)
    help_ = "Judge by the settings of the deployed function."
    return click.option("--settings-from", "stack", metavar="STACK", help=help_)(function)


@click.command("status", epilog="Exit status: 0 every copy is right, 1 one is not, 2 it could not be told.")
@compared
@transferred
@told
def command(
    *, prefix: str, stack: str | None, transfers: int, patience: float, dry_run: bool,
    as_json: bool, quiet: bool, verbose: bool,
) -> int:  # fmt: skip
    """Compare staging with the public bucket: missing, stale, orphan, wrong and rejected photos.

    Both buckets are listed side by side, and each pair is asked for. `missing` and `stale` photos are published by
    `publish`; an `orphan` has no original any more (`remove`); a `rejected` one says why. --verbose names also
    what is right. Nothing is ever written, with or without --dry-run.
    """
    del dry_run
    return compare(prefix, stack, transfers, patience, Report(as_json=as_json, quiet=quiet, verbose=verbose))


def compare(  # its two callers' options
    prefix: str, stack: str | None, transfers: int, patience: float, report: Report, *, reads_bytes: bool = False
) -> int:
    """Do the work of `status` and `verify`, and return the exit status."""
    from galleria_cli import places, reconciling  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.bulk.march import march  # noqa: PLC0415
    from galleria_storage.bulk.patience import Patience  # noqa: PLC0415
    from galleria_storage.bulk.run import as_they_finish  # noqa: PLC0415
    from galleria_storage.publishing.settings import publish_settings  # noqa: PLC0415
    from galleria_storage.s3.listing import list_objects  # noqa: PLC0415

    env = places.settings(stack)
    settings = publish_settings(env)
    staging = places.staging_store(settings.staging_bucket)
    public = places.public_store(env=env)
    run = reconciling.Reconciling(staging, public, settings, Patience(report.waiting, patience), reads_bytes)
    pairs = march(*(list_objects(store.client, store.bucket, prefix) for store in (staging, public)))
    counts: Counter[str] = Counter()
    with closing(as_they_finish(run.one, pairs, transfers)) as results:
        for found in results:
            counts[found.state] += 1
            well = found.state in reconciling.WELL
            report.file(found.state, found.key, wrong=not well, dull=well, reason=found.reason)
    words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "both buckets are empty"
    report.summary(words, counts)
    return 2 if counts["failed"] else int(any(counts[state] for state in counts if state not in reconciling.WELL))
