"""`galleria-storage publish KEY…`: publish staging objects by hand, with the settings of the environment."""

import os
from dataclasses import replace

import click


@click.command("publish", epilog="Exit status: 0 every copy is right, 1 one is not, 2 a setting is wrong.")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def command(keys: tuple[str, ...]) -> int:
    """Publish photos of the staging bucket by hand.

    Does what the function does for one event. The buckets come from the settings (STAGING_BUCKET, S3_PUBLIC_*);
    what is wrong is printed, and nobody else is told.
    """
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
    for key in keys:
        outcome = carry_out(Task(settings.staging_bucket, key), service, nobody, settings.staging_bucket)
        print(line(summary(outcome)), flush=True)
        right = right and outcome.status in {"published", "duplicate"}
    return 0 if right else 1
