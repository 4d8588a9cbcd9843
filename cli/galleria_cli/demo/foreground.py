"""The embedded system in the foreground, until Ctrl-C: the work of `local`."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from galleria_cli.demo.embedded import (
    CREDENTIAL,
    PUBLIC_BUCKET,
    REGION,
    STAGING_BUCKET,
    EmbeddedSystem,
    embedded_system,
)
from galleria_cli.reporting import Report
from galleria_storage.delivery.reports import line
from galleria_storage.errors import GalleriaError

_WAIT_SECONDS = 1


def run(report: Report, log_file: Path | None = None) -> int:
    """Serve until Ctrl-C or a termination signal."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a supervisor's Ctrl-C
    printed: dict[str, str] = {}
    with (log_file or Path(os.devnull)).open("w", encoding="utf-8") as log, embedded_system(log, {}) as system:
        if report.as_json:
            print(
                json.dumps({"endpoint": system.endpoint, "staging": STAGING_BUCKET, "public": PUBLIC_BUCKET}),
                flush=True,
            )
        elif not report.quiet:
            print(_welcome(system), flush=True)
        try:
            while True:
                for event in system.events(wait_seconds=_WAIT_SECONDS):
                    _publish(system, event, printed, report)
        except KeyboardInterrupt:
            if not report.as_json:
                print("\nStopped. Everything was in memory and is gone.")
    return 0


def _publish(system: EmbeddedSystem, event: object, printed: dict[str, str], report: Report) -> None:
    """Publish, and print each outcome once: the server sends two notifications for one upload."""
    try:
        outcomes = system.publish_photo(event, None)["outcomes"]
    except GalleriaError as error:
        outcomes = [{"outcome": "failed", "key": error.key, "reason": error.message}]
    for outcome in outcomes:
        key, state = str(outcome.get("key")), f"{outcome.get('captured_after')} {outcome.get('reason')}"
        if outcome["outcome"] == "duplicate" and key in printed:
            continue
        if outcome["outcome"] == "published" or printed.get(key) != state:
            _tell(report, outcome)
        printed[key] = state


def _tell(report: Report, outcome: dict[str, Any]) -> None:
    if report.as_json:
        print(json.dumps(outcome, ensure_ascii=False), flush=True)
    elif not report.quiet or outcome["outcome"] in {"rejected", "failed"}:
        print(line(outcome), flush=True)


def _welcome(system: EmbeddedSystem) -> str:
    environment = f"AWS_ACCESS_KEY_ID={CREDENTIAL} AWS_SECRET_ACCESS_KEY={CREDENTIAL} AWS_DEFAULT_REGION={REGION}"
    aws = f"{environment} aws --endpoint-url {system.endpoint}"
    return f"""S3 at {system.endpoint}, buckets {STAGING_BUCKET} and {PUBLIC_BUCKET}.
Put a photo in, from another terminal:

{environment} AWS_ENDPOINT_URL_S3={system.endpoint} \\
  galleria-storage push photo.jpg --bucket {STAGING_BUCKET} --correct zone=Europe/Stockholm

or, with the AWS command line (pip install awscli):

{aws} s3 cp photo.jpg s3://{STAGING_BUCKET}/ \\
  --metadata corrected-timestamp=2024-06-15T10:30:45,target-timezone=Europe/Stockholm

and fetch the corrected copy:

{aws} s3 cp s3://{PUBLIC_BUCKET}/photo.jpg corrected.jpg

Ctrl-C stops.
"""
