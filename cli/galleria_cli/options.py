"""The options that commands on many files share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

Command = Callable[..., Any]
TRANSFERS: Final = 8
PATH: Final = click.Path(path_type=Path)


def told(function: Command) -> Command:
    """Add --json, --quiet and --verbose."""
    function = click.option("-v", "--verbose", is_flag=True, help="Name also the files that need nothing.")(function)
    function = click.option("-q", "--quiet", is_flag=True, help="Only what is wrong, and the summary.")(function)
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")(function)


def selected(function: Command) -> Command:
    """Add --include and --exclude."""
    function = click.option(
        "--exclude", multiple=True, metavar="PATTERN", help="Leave such names; folder/ leaves a folder."
    )(function)
    return click.option("--include", multiple=True, metavar="PATTERN", help="Take only such names, as *.jpg.")(function)


def transferred(function: Command) -> Command:
    """Add --transfers, --wait-for-network and --dry-run."""
    function = click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and write nothing.")(
        function
    )
    function = click.option(
        "--patience",
        type=click.FloatRange(0),
        default=900,
        metavar="SECONDS",
        show_default=True,
        help="How long an outage of the network may last before files fail.",
    )(function)
    return click.option(
        "--transfers", type=click.IntRange(1, 64), default=TRANSFERS, show_default=True, help="Files at once."
    )(function)


def queue(function: Command) -> Command:
    """Add --queue-url and --stack."""
    help_ = "Failure queue (FAILURE_QUEUE_URL): the stack's output FailureQueueUrl."
    function = click.option("--queue-url", metavar="URL", help=help_)(function)
    return click.option("--stack", metavar="NAME", help="Take queue and function from this stack.")(function)
