"""`make outage`: EVENTS=10000 through the built function in Lambda's runtime, with the provider away for a while.

In place of AWS: queues with the template's own attributes, the two buckets (SeaweedFS), the runtime
interface client under AWS's emulator, and a poller that does what Lambda's does: receive, invoke, delete what did not
fail. The provider of the public bucket answers 503 from the moment when a fifth is published.

Exit status 1 if a photo is missing or wrong, or anything is left in either queue.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

from galleria_storage.delivery.events import notification
from tests.support.fakes.fake_queues import FakeQueues, queues
from tests.support.functions.lambda_runtime import ExecutionEnvironment, environment
from tests.support.photos import jpegs
from tests.support.servers import S3Server, running
from tests.support.servers.wire import Fault, Wire, proxied
from tests.support.stack.template import Stack

STAGING: Final = Stack().environment("PublishPhotoFunction")["STAGING_BUCKET"]
PUBLIC: Final = "public"
CORRECTED: Final = "2024:06:15 10:30:45"
_QUIET: Final = Config(max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 5})


@dataclass(frozen=True)
class Report:
    """What happened.

    Attributes
    ----------
    seconds, away_seconds
        In all, and how long the provider was away.
    outcomes
        How often each is in the function's log.
    most_attempts
        That one photo took.
    missing, wrong
        Photos without a copy, and with one that is not right.
    waiting, failures
        What is left in the queue and in the failure queue.
    """

    seconds: float
    away_seconds: float
    outcomes: dict[str, int]
    most_attempts: int
    missing: int
    wrong: int
    waiting: int
    failures: int

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost and nothing is left."""
        return not (self.missing or self.wrong or self.waiting or self.failures)


class Provider:
    """The public bucket's provider, which goes away and comes back.

    Attributes
    ----------
    published
        How many copies it has taken.
    """

    def __init__(self, wire: Wire, leaves_after: int, away_seconds: float) -> None:
        self.published = 0
        self._leaves_after, self._away_seconds = leaves_after, away_seconds
        self._back_at = 0.0
        self._lock = threading.Lock()
        wire.fault = self._answer

    def _answer(self, exchange: Any) -> Fault | None:
        with self._lock:
            if not self._back_at and self.published >= self._leaves_after:
                self._back_at = time.monotonic() + self._away_seconds
            if time.monotonic() < self._back_at:
                return "refuse"
            self.published += exchange.method == "PUT"
        return None


def work_off(queue: FakeQueues, started: ExecutionEnvironment) -> None:
    """Do as Lambda's poller does, until nothing waits."""
    while len(queue):
        if not (record := queue.receive()):
            time.sleep(0.1)
        elif started.invoke({"Records": [record]}) == {"batchItemFailures": []}:
            queue.delete(record)


def run(events: int, away_seconds: float, environments: int, tell: Callable[[str], None]) -> Report:
    """Send events, take the provider away for a while, wait until nothing waits, and look at what came out."""
    with tempfile.TemporaryDirectory(prefix="outage-") as name, ExitStack() as stack:
        folder = Path(name)
        storage = stack.enter_context(running("seaweedfs", folder / "s3"))
        wire = stack.enter_context(proxied(storage.endpoint))
        wanted = Stack().properties("PublishQueue")
        queue = stack.enter_context(queues(wanted["VisibilityTimeout"], wanted["RedrivePolicy"]["maxReceiveCount"]))
        keys = [f"{number % 20:02}/{number}.jpg" for number in range(events)]
        tell(f"putting {events} photos into staging")
        fill(storage, queue, keys)
        provider = Provider(wire, events // 5, away_seconds)
        variables = {**Stack().environment("PublishPhotoFunction"), **reaching(storage, wire, queue)}
        running_ones = [
            stack.enter_context(environment("PublishPhotoFunction", folder / str(number), variables))
            for number in range(environments)
        ]
        began = time.monotonic()
        with ThreadPoolExecutor(environments) as workers:
            work = [workers.submit(work_off, queue, started) for started in running_ones]
            while not all(done.done() for done in work):
                passed, waiting = time.monotonic() - began, len(queue)
                tell(f"{passed:.0f} s: {provider.published} published, {waiting} wait")
                time.sleep(min(15, away_seconds))
            for done in work:
                done.result()
        seconds = time.monotonic() - began
        lines = [line for started in running_ones for line in started.lines() if "outcome" in line]
        missing, wrong = judged(storage, keys)
        outcomes = dict(Counter(line["outcome"] for line in lines))
        left = len(queue), len(queue.failures)
        return Report(seconds, away_seconds, outcomes, queue.most_received, missing, wrong, *left)


def fill(storage: S3Server, queue: FakeQueues, keys: list[str]) -> None:
    """Put the photos into staging, and send the events that S3 would."""
    s3 = client(storage)
    for bucket in (STAGING, PUBLIC):
        s3.create_bucket(Bucket=bucket)
    asked = {"timestamp-offset-hours": "-2"}
    bodies = [jpegs.photo(size=20_000, seed=seed) for seed in range(50)]
    with ThreadPoolExecutor(8) as workers:

        def put(numbered: tuple[int, str]) -> None:
            number, key = numbered
            s3.put_object(Bucket=STAGING, Key=key, Body=bodies[number % len(bodies)], Metadata=asked)

        list(workers.map(put, enumerate(keys)))
    for key in keys:
        queue.send(json.dumps(notification(STAGING, key)))


def judged(storage: S3Server, keys: list[str]) -> tuple[int, int]:
    """Return how many copies are missing, and how many of them are wrong."""
    s3 = client(storage)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=PUBLIC)
    there = {entry["Key"] for page in pages for entry in page.get("Contents", [])}

    def is_wrong(key: str) -> bool:
        return jpegs.capture(s3.get_object(Bucket=PUBLIC, Key=key)["Body"].read())[0] != CORRECTED

    with ThreadPoolExecutor(8) as workers:
        return len(set(keys) - there), sum(workers.map(is_wrong, sorted(there)))


def reaching(storage: S3Server, wire: Wire, queue: FakeQueues) -> dict[str, str]:
    """Return the variables that lead the function to the substitutes for AWS and the provider."""
    return {
        "AWS_ENDPOINT_URL": queue.endpoint,
        "AWS_ENDPOINT_URL_S3": storage.endpoint,
        "AWS_ACCESS_KEY_ID": storage.access_key,
        "AWS_SECRET_ACCESS_KEY": storage.secret_key,
        "S3_PUBLIC_BUCKET": PUBLIC,
        "S3_PUBLIC_ENDPOINT": wire.endpoint,
        "S3_PUBLIC_ACCESS_KEY": storage.access_key,
        "S3_PUBLIC_SECRET_KEY": storage.secret_key,
        "S3_PUBLIC_PROFILE": storage.profile,
        "FAILURE_QUEUE_URL": queue.failure_url,
        "PUBLISH_QUEUE_URL": queue.url,
    }


def client(server: S3Server) -> Any:
    """Return a client for the script's own use."""
    make: Any = boto3.client
    return make(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        config=_QUIET,
    )


def main() -> int:
    """Run, print what happened, and judge it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--away", type=float, default=300, metavar="SECONDS", help="how long the provider is away")
    parser.add_argument("--environments", type=int, default=4, help="execution environments at once")
    args = parser.parse_args()
    report = run(args.events, args.away, args.environments, lambda line: print(line, flush=True))
    print(
        f"{args.events} events, provider away for {report.away_seconds:.0f} s: worked off in {report.seconds:.0f} s; "
        f"outcomes {report.outcomes}; {report.most_attempts} attempts at most for one photo; {report.missing} missing, "
        f"{report.wrong} wrong; {report.waiting} left in the queue, {report.failures} in the failure queue"
    )
    return 0 if report.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
