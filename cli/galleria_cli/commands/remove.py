"""`galleria-storage remove KEY…`: removes a photo from staging, the public bucket and the CDN, in this order."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import click

from galleria_cli.options import Transfers, confirmed, judged, recursive, reported, selected, transferred
from galleria_cli.reporting import Report
from galleria_cli.subcommands import Subcommand
from galleria_cli.text_table import counted
from galleria_storage.bulk.selection import Selection

if TYPE_CHECKING:
    from galleria_cli.by_hand import ByHand


@click.command(
    "remove", cls=Subcommand, epilog="Exit status: 0 all are gone, 1 a copy or an original stays, 2 could not be done."
)
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@judged
@recursive(default=False, what="Each KEY is a folder:")
@selected
@transferred
@confirmed
@reported
def command(
    *,
    keys: tuple[str, ...],
    stack: str | None,
    recursive: bool,
    selection: Selection,
    transfers: Transfers,
    dry_run: bool,
    report: Report,
) -> int:
    """Remove photos from staging, from the public bucket and from the CDN.

    The original goes first; otherwise the next event would publish the copy again. Then the copy is removed, if this
    service wrote it, and invalidated in the CDN (CDN_DISTRIBUTION_ID). Without --yes nothing is removed. A KEY with *
    or ? is a pattern, unless there is such a key.
    """
    from galleria_cli.by_hand import ByHand  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.keys import keys_of  # noqa: PLC0415

    run = ByHand(report, stack, transfers, {"WHEN_REMOVED": "unpublish"})
    found = keys_of([run.staging, run.public], keys, selection, run.patience, recursive=recursive)
    if dry_run:
        return _say(run, found, report)
    return run.remove(found)


def _say(run: "ByHand", keys: Iterable[str], report: Report) -> int:
    from galleria_storage.publishing.fingerprint import is_ours  # noqa: PLC0415 # `--help` is quick

    count = 0
    for count, key in enumerate(keys, 1):  # noqa: B007 # it is reported at the end
        original, copy = (run.patience.call(partial(store.head, key)) for store in (run.staging, run.public))
        places = [name for name, there in (("staging", original), ("public", copy and is_ours(copy))) if there]
        kept = "; its older versions stay in staging" if original and original.version_id else ""
        other = "; what is public was not written by this service, and stays" if copy and not is_ours(copy) else ""
        reason = f"from {' and '.join(places)}{kept}{other}" if places else other.removeprefix("; ")
        report.file("would remove" if places else "absent", key, reason=reason)
    report.summary(f"{counted(count, 'key', 'keys')}; nothing was removed (no --yes)", {"keys": count, "removed": 0})
    return 0
