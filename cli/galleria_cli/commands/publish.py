"""`galleria-storage publish KEY…`: publish staging objects by hand, or without Lambda at all."""

import time

import click

from galleria_cli.options import told, transferred
from galleria_cli.reporting import Report


@click.command("publish", epilog="Exit status: 0 every copy is right, 1 one is not, 2 a setting is wrong.")
@click.argument("keys", nargs=-1, metavar="[KEY...]")
@click.option("--prefix", help="All keys that begin so.")
@click.option("--all", "everything", is_flag=True, help="All keys of the staging bucket.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C: what is new or changed is published.")
@click.option("--every", type=click.FloatRange(0.1), default=10, show_default=True, help="Seconds between two looks.")
@click.option("--settings-from", "stack", metavar="STACK", help="With the deployed function's settings.")
@transferred
@told
def command(
    *, keys: tuple[str, ...], prefix: str | None, everything: bool, watch: bool, every: float, stack: str | None,
    transfers: int, patience: float, dry_run: bool, as_json: bool, quiet: bool, verbose: bool,
) -> int:  # fmt: skip
    """Publish photos of the staging bucket by hand, or without Lambda at all.

    Does what the function does for one event. The buckets come from the settings (STAGING_BUCKET, S3_PUBLIC_*);
    what is wrong is printed, and nobody else is told. Settings decide on the result: give --settings-from where a
    function is deployed, or its copies are written anew as your shell's settings say.
    """
    if bool(keys) == (prefix is not None or everything or watch):
        raise click.UsageError("give either KEYs, or one of --prefix, --all and --watch")
    from galleria_cli.by_hand import ByHand  # noqa: PLC0415 # `--help` is quick

    run = ByHand(Report(as_json=as_json, quiet=quiet, verbose=verbose), stack, transfers, patience)
    if dry_run:
        return run.would_publish(keys or run.listed(prefix or ""))
    if not watch:
        return run.publish(keys) if keys else run.publish_listed(prefix or "")
    while True:
        run.publish_what_changed(prefix or "")
        time.sleep(every)
