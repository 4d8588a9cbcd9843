"""`galleria-storage local`: the embedded system in the foreground, until Ctrl-C."""

import signal
import sys

import click

from galleria_cli.demo.embedded import (
    CREDENTIAL,
    PUBLIC_BUCKET,
    REGION,
    STAGING_BUCKET,
    EmbeddedSystem,
    embedded_system,
)
from galleria_storage.delivery.replies import line
from galleria_storage.errors import GalleriaError

_WAIT_SECONDS = 1


@click.command("local")
def command() -> int:
    """Keep the embedded system running, and publish whatever is put into staging, until Ctrl-C.

    Default corrections are taken from the environment, TARGET_TIMEZONE=Europe/Stockholm for example. The
    functions' JSON log goes to the standard error output.
    """
    return run()


def run() -> int:
    """Serve until Ctrl-C or a termination signal."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a supervisor's Ctrl-C
    with embedded_system(sys.stderr, {}) as system:
        print(_welcome(system), flush=True)
        try:
            while True:
                for event in system.events(wait_seconds=_WAIT_SECONDS):
                    _publish(system, event)
        except KeyboardInterrupt:
            print("\nStopped. Everything was in memory and is gone.")
    return 0


def _publish(system: EmbeddedSystem, event: object) -> None:
    try:
        for outcome in system.publish_photo(event, None)["outcomes"]:
            print(line(outcome), flush=True)
    except GalleriaError as error:
        print(line({"outcome": "failed", "key": error.key, "reason": error.message}), flush=True)


def _welcome(system: EmbeddedSystem) -> str:
    environment = f"AWS_ACCESS_KEY_ID={CREDENTIAL} AWS_SECRET_ACCESS_KEY={CREDENTIAL} AWS_DEFAULT_REGION={REGION}"
    aws = f"{environment} aws --endpoint-url {system.endpoint}"
    return f"""S3 at {system.endpoint}, buckets {STAGING_BUCKET} and {PUBLIC_BUCKET}.
Put a photo in, from another terminal:

{aws} s3 cp photo.jpg s3://{STAGING_BUCKET}/ \\
  --metadata corrected-timestamp=2024-06-15T10:30:45,target-timezone=Europe/Stockholm

and fetch the corrected copy:

{aws} s3 cp s3://{PUBLIC_BUCKET}/photo.jpg corrected.jpg

Ctrl-C stops.
"""
