"""`galleria-storage publish KEY…`: publish staging objects by hand, with the settings of the environment."""

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction


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
    from galleria_storage.delivery.notices import Task  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.delivery.replies import line, summary  # noqa: PLC0415 # the same
    from galleria_storage.delivery.reports import Reporter  # noqa: PLC0415
    from galleria_storage.delivery.tasks import carry_out  # noqa: PLC0415
    from galleria_storage.publishing.wiring import PublishService  # noqa: PLC0415

    service = PublishService(os.environ)
    settings = service.read_settings()
    service.publisher()  # a wrong setting ends the command before the first photo
    nobody = Reporter(replace(settings, failure_queue_url="", event_bus_name="", cdn_distribution_id=""))
    right = True
    for key in args.keys:
        outcome = carry_out(Task(settings.staging_bucket, key), service, nobody, settings.staging_bucket)
        print(line(summary(outcome)), flush=True)
        right = right and outcome.status in {"published", "duplicate"}
    return 0 if right else 1
