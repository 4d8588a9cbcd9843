"""`galleria-storage remove KEY…`: a photo from staging, the public bucket and the CDN, in the right order."""

import click

from galleria_cli.options import told, transferred
from galleria_cli.reporting import Report


@click.command("remove", epilog="Exit status: 0 all are gone, 1 a copy or an original stays, 2 could not be done.")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--settings-from", "stack", metavar="STACK", help="With the deployed function's settings.")
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would be removed.")
@transferred
@told
def command(
    *, keys: tuple[str, ...], stack: str | None, yes: bool, transfers: int, patience: float, dry_run: bool,
    as_json: bool, quiet: bool, verbose: bool,
) -> int:  # fmt: skip
    """Remove photos from staging, from the public bucket and from the CDN.

    The original goes first: a copy whose original is there would be published again by the next event. Then the
    copy goes, if this service wrote it, and the CDN forgets it (CDN_DISTRIBUTION_ID). Without --yes nothing is
    removed.
    """
    from galleria_cli.by_hand import ByHand  # noqa: PLC0415 # `--help` is quick

    report = Report(as_json=as_json, quiet=quiet, verbose=verbose)
    run = ByHand(report, stack, transfers, patience, {"WHEN_REMOVED": "unpublish"})
    if dry_run or not yes:
        for key in keys:
            places = {"staging": run.staging, "public": run.public}
            found = {place: store.head(key) for place, store in places.items()}
            where = " and ".join(place for place, info in found.items() if info)
            original = found["staging"]
            kept = "; its older versions stay in staging" if original and original.version_id else ""
            report.file("would remove" if where else "absent", key, reason=f"from {where}{kept}" if where else "")
        report.summary(f"{len(keys)} keys; nothing was removed (no --yes)", {"keys": len(keys), "removed": 0})
        return 0
    for key in keys:
        run.patience.call(lambda key=key: run.staging.delete(key, None))  # type: ignore[misc]
    return run.unpublish(keys)
