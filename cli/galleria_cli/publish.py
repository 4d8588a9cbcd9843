"""`galleria-storage publish KEY…`: publish staging objects by hand, with the settings of the environment."""

import argparse
import os
from typing import TYPE_CHECKING

from galleria_cli.table import printable
from galleria_storage.errors import GalleriaError, SettingsError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from galleria_storage.publishing.outcome import Outcome
    from galleria_storage.publishing.publisher import Publisher


def add_parser(subparsers: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "publish",
        help="publish photos of the staging bucket by hand",
        description="Does what the function does for one event. The buckets come from the settings "
        "(STAGING_BUCKET, S3_PUBLIC_*); what is wrong is printed, and nobody else is told.",
        epilog="Exit status: 0 every copy is right, 1 one is not, 2 a setting is wrong.",
    )
    parser.add_argument("keys", nargs="+", metavar="KEY", help="key in the staging bucket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Publish each key, print one line for each, and return the exit status."""
    from galleria_storage.publishing.wiring import publisher_from_environment  # noqa: PLC0415 # `--help` is quick

    publisher = publisher_from_environment(os.environ)
    outcomes = [_publish(publisher, key) for key in args.keys]
    return 0 if all(outcome.status in {"published", "duplicate"} for outcome in outcomes) else 1


def _publish(publisher: "Publisher", key: str) -> "Outcome":
    from galleria_storage.publishing.outcome import Outcome  # noqa: PLC0415

    try:
        outcome = publisher.publish(key)
    except SettingsError:
        raise
    except GalleriaError as error:
        outcome = Outcome.from_error(key, error)
    taken = f"  {outcome.captured_before or '-'} → {outcome.captured_after}" if outcome.captured_after else ""
    why = f"  {outcome.reason}" if outcome.reason else ""
    print(f"{outcome.status:<10} {printable(key)}{taken}{printable(why)}")
    return outcome
