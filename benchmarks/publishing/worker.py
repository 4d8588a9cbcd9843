"""One measurement in a process of its own: `python -m benchmarks.publishing.worker` reads a job, prints a result."""

import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3

from benchmarks.publishing.handlers import HANDLERS, Buckets
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import connect


@dataclass(frozen=True)
class Job:
    """What to measure: a handler on a key, `repeat` times; `again` keeps the copy, so that it meets a duplicate."""

    handler: str
    staging: dict[str, Any]
    public: dict[str, Any]
    warm_up: str
    key: str
    repeat: int
    again: bool = False


@dataclass(frozen=True)
class Result:
    """The cheapest of the repetitions (the least disturbed one), and the highest memory of all.

    Attributes
    ----------
    cpu_ms, wall_ms
        Of one call of the handler.
    idle_mb, peak_mb
        Resident memory of the warm process before, and at its highest.
    requests, sent_mb
        HTTP requests and body bytes sent by one call.
    """

    cpu_ms: float
    wall_ms: float
    idle_mb: float
    peak_mb: float
    requests: int
    sent_mb: float


def measure(job: Job) -> Result:
    """Run a job."""
    public = job.public["provider"]
    plain = boto3.client(
        "s3",
        endpoint_url=public["endpoint"],
        aws_access_key_id=public["access_key"],
        aws_secret_access_key=public["secret_key"],
        region_name=public["region"],
    )
    accesses = [
        BucketAccess(access["bucket"], ProviderAccess(**access["provider"])) for access in (job.staging, job.public)
    ]
    buckets = Buckets(*map(connect, accesses), plain)
    sent: list[int] = []
    for client in (buckets.staging.client, buckets.public.client, plain):
        client.meta.events.register(
            "before-send.s3", lambda request, **_: sent.append(int(request.headers.get("Content-Length", 0)))
        )
    handle = HANDLERS[job.handler](buckets)
    handle(job.warm_up)
    idle = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest memory so far (proc(5))
    runs = []
    for _ in range(job.repeat):
        sent.clear()
        wall, cpu = time.perf_counter(), time.process_time()
        handle(job.key)
        runs.append((time.process_time() - cpu, time.perf_counter() - wall, len(sent), sum(sent)))
        if not job.again:
            buckets.public.client.delete_object(Bucket=buckets.public.bucket, Key=job.key)
    cpu, _wall, requests, size = min(runs)
    wall = min(run[1] for run in runs)
    return Result(cpu * 1e3, wall * 1e3, idle, _memory("VmHWM"), requests, size / 1e6)


def _memory(name: str) -> float:
    """Return a line of /proc/self/status in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main() -> None:
    """Read a job from standard input and print its result, both as JSON."""
    job: dict[str, Any] = json.load(sys.stdin)
    print(json.dumps(asdict(measure(Job(**job)))))


if __name__ == "__main__":
    main()
