"""The options that commands share, each defined once; docs/command.md says which command has which.

Each decorator adds options and passes one argument for them to the command: `report`, `selection`, `transfers`.
"""

import os
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from galleria_cli.reporting import Report
from galleria_storage.bulk.selection import Selection
from galleria_storage.s3.pace import Pace

Command = Callable[..., Any]
PATH: Final = click.Path(path_type=Path)
_AT_ONCE: Final = 8
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgKMG]?)(i?)(?:[bB](?:ytes)?)?(?:/s)?")
_POWERS: Final = {"": 0, "k": 1, "m": 2, "g": 3}


class Transfers(NamedTuple):
    """How much may happen at once.

    Attributes
    ----------
    at_once
        Files.
    patience
        Seconds that an outage of the network may last.
    pace
        How fast bytes may go, of all threads together; None: as fast as they can.
    """

    at_once: int = _AT_ONCE
    patience: float = 900
    pace: Pace | None = None


def rate_of(text: str | None) -> float | None:
    """Read bytes per second: ``500K``, ``2M``, ``1.5 MB/s``; ``Mi`` is 1,024²; ``off``: None, no limit.

    Raises
    ------
    BadParameter
        It is none of these.
    """
    if text is None or text.strip().lower() in {"off", "0"}:
        return None
    if match := _RATE.fullmatch(text.strip()):
        number, power, binary = match.groups()
        rate = float(number) * float((1024 if binary else 1000) ** _POWERS[power.lower()])
        if rate >= 1:
            return rate
    raise click.BadParameter(f"{text!r} is not a rate; allowed are bytes per second such as 500K, 2M, 1.5MiB, or off")


def reported(function: Command) -> Command:
    """Add --json, --quiet and --verbose; the command gets `report`."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
    @click.option("-q", "--quiet", is_flag=True, help="Print only problems and the summary.")
    @click.option("-v", "--verbose", is_flag=True, help="Also list what needs nothing.")
    @wraps(function)
    def command(*, as_json: bool, quiet: bool, verbose: bool, **others: Any) -> Any:
        return function(report=Report(as_json=as_json, quiet=quiet, verbose=verbose), **others)

    return command


def selected(function: Command) -> Command:
    """Add --include and --exclude; the command gets `selection`."""

    @click.option("--include", multiple=True, metavar="PATTERN", help="Only names that match, such as '*.jpg'.")
    @click.option("--exclude", multiple=True, metavar="PATTERN", help="Skip names that match; folder/ skips a folder.")
    @wraps(function)
    def command(*, include: tuple[str, ...], exclude: tuple[str, ...], **others: Any) -> Any:
        return function(selection=Selection(include, exclude), **others)

    return command


def recursive(*, default: bool, what: str) -> Callable[[Command], Command]:
    """Add -r, and -R where it is the default; the command gets `recursive`."""
    help_ = f"{what} with everything inside."
    if default:
        help_ = f"{what} with everything inside, which is the default; or only with the files at the top."
        return click.option("-r/-R", "--recursive/--no-recursive", default=True, help=help_)
    return click.option("-r", "--recursive", is_flag=True, help=help_)


def at_once(function: Command) -> Command:
    """Add --transfers; the command gets `transfers` as a number."""
    return click.option(
        "--transfers", type=click.IntRange(1, 64), default=_AT_ONCE, show_default=True, help="How many files at once."
    )(function)


def transferred(function: Command) -> Command:
    """Add --transfers, --bwlimit, --retries and --patience; the command gets `transfers`."""

    @at_once
    @click.option(
        "--bwlimit",
        metavar="RATE",
        callback=lambda _ctx, _param, text: rate_of(text),
        help="Limit for all files together, in bytes per second: 500K, 2M.",
    )
    @retried
    @click.option(
        "--patience",
        type=click.FloatRange(0),
        default=900,
        metavar="SECONDS",
        show_default=True,
        help="How long an outage of the network may last before files fail.",
    )
    @wraps(function)
    def command(*, transfers: int, bwlimit: float | None, patience: float, **others: Any) -> Any:
        pace = None if bwlimit is None else Pace(bwlimit)
        return function(transfers=Transfers(transfers, patience, pace), **others)

    return command


def retried(function: Command) -> Command:
    """Add --retries, which sets the AWS SDK's own AWS_MAX_ATTEMPTS for this process."""

    @click.option(
        "--retries",
        type=click.IntRange(0, 99),
        metavar="N",
        help="How often to repeat a failed request (3, or AWS_MAX_ATTEMPTS less 1).",
    )
    @wraps(function)
    def command(*, retries: int | None, **others: Any) -> Any:
        if retries is not None:
            os.environ["AWS_MAX_ATTEMPTS"] = str(retries + 1)
        return function(**others)

    return command


def dry(function: Command) -> Command:
    """Add --dry-run; the command gets `dry_run`."""
    return click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, but write nothing.")(function)


def confirmed(function: Command) -> Command:
    """Add --yes and --dry-run for what cannot be undone; the command gets `dry_run`, True unless confirmed."""

    @dry
    @click.option("--yes", is_flag=True, help="Do it; without this, only say what would be done.")
    @wraps(function)
    def command(*, yes: bool, dry_run: bool, **others: Any) -> Any:
        return function(dry_run=dry_run or not yes, **others)

    return command


def placed(function: Command) -> Command:
    """Add --prefix and --checksum of files on their way into a bucket; the command gets `prefix` and `checksum`."""
    function = click.option(
        "--checksum", is_flag=True, help="Read every file, even if it has not changed since last time."
    )(function)
    return click.option("--prefix", default="", help="Put before each name, separated by one /.")(function)


def judged(function: Command) -> Command:
    """Add --settings-from; the command gets `stack`."""
    return click.option("--settings-from", "stack", metavar="STACK", help="Use the settings of the deployed function.")(
        function
    )


def queue(function: Command) -> Command:
    """Add --queue-url and --stack."""
    help_ = "Failure queue (FAILURE_QUEUE_URL): the stack's output FailureQueueUrl."
    function = click.option("--queue-url", metavar="URL", help=help_)(function)
    function = click.option(
        "--limit", type=click.IntRange(0), default=0, metavar="N", help="At most N messages; 0, the default: all."
    )(function)
    return click.option("--stack", metavar="NAME", help="Take queue and function from this stack.")(function)
