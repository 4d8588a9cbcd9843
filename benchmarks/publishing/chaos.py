"""A thousand photos, sixteen workers, errors and kills: everything published once, right, and none lost.

A worker is a process with one event at a time. An event stays in the queue until its worker has answered, as with
Lambda's asynchronous invocations: a killed or failed worker's event comes again. One event in ten comes twice anyway.
"""

import hashlib
import multiprocessing
import random
import signal
import time
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, Final

from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError

from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.writer import Writer
from tests.support.photos.jpegs import capture, image_data, photo
from tests.support.servers import S3Server

WORKERS: Final = 16
ERROR_RATE: Final = 0.05
TWICE: Final = 0.1
SECONDS_BETWEEN_KILLS: Final = 0.5
PICTURES: Final = 7
CORRECTION: Final = {"timestamp-offset-hours": "-2", "target-timezone": "Europe/Stockholm"}
CORRECTED: Final = ("2024:06:15 10:30:45", "+02:00")


class UnreliableSession:
    """botocore's HTTP session with errors: half of them before the server hears of it, half after it has done it."""

    def __init__(self, session: Any, seed: int) -> None:
        self._session = session
        self._random = random.Random(seed)

    def send(self, request: Any) -> Any:
        """Send a request, unless chance makes it fail."""
        dice = self._random.random()
        if dice < ERROR_RATE / 2:
            raise ConnectTimeoutError(endpoint_url=request.url)
        answer = self._session.send(request)
        if dice < ERROR_RATE:
            raise ConnectionClosedError(endpoint_url=request.url)
        return answer

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def _publisher(server: S3Server, seed: int) -> Publisher:
    connections = [connect(server.access(bucket)) for bucket in ("fire-staging", "fire-public")]
    for connection in connections:
        endpoint: Any = connection.client._endpoint  # type: ignore[attr-defined] # noqa: SLF001 # where botocore sends
        endpoint.http_session = UnreliableSession(endpoint.http_session, seed)
    staging, public = (_store(connection) for connection in connections)
    settings = PublishSettings("fire-staging", server.access("fire-public"))
    return Publisher(staging, public, settings, writer=Writer(public, copies=True))


def _store(connection: Connection) -> ObjectStore:
    return ObjectStore(connection.client, connection.bucket, connection.profile)


def _work(server: S3Server, seed: int, pipe: Pipe) -> None:
    """Answer each key with the outcome's status, until told to stop or killed."""
    publisher = _publisher(server, seed)
    while key := pipe.recv():
        try:
            pipe.send(publisher.publish(key).status)
        except GalleriaError:
            pipe.send("failed")


@dataclass
class Worker:
    """A process, our end of its pipe, and the event that it is working on."""

    process: BaseProcess
    pipe: Pipe
    key: str = ""


@dataclass
class Fire:
    """The run: a queue of events and the workers on it."""

    server: S3Server
    queue: deque[str]
    answers: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    _seeds: int = 0

    def run(self) -> None:
        """Work until the queue is empty and every event is answered."""
        dice = random.Random(4)
        workers = [self._start() for _ in range(WORKERS)]
        next_kill = time.monotonic() + SECONDS_BETWEEN_KILLS
        while self.queue or any(worker.key for worker in workers):
            for worker in workers:
                if not worker.key and self.queue:
                    worker.key = self.queue.popleft()
                    worker.pipe.send(worker.key)
            ready = wait([worker.pipe for worker in workers if worker.key], timeout=SECONDS_BETWEEN_KILLS)
            for worker in workers:
                if worker.pipe in ready:
                    self._take_answer(worker)
            if time.monotonic() > next_kill:
                victim = dice.randrange(WORKERS)
                workers[victim] = self._replace(workers[victim])
                next_kill = time.monotonic() + SECONDS_BETWEEN_KILLS
        for worker in workers:
            worker.pipe.send("")
            worker.process.join()

    def _start(self) -> Worker:
        context = multiprocessing.get_context("fork")  # it inherits the imports; a fresh interpreter costs a second
        ours, theirs = context.Pipe()
        self._seeds += 1
        process = context.Process(target=_work, args=(self.server, self._seeds, theirs), daemon=True)
        process.start()
        theirs.close()
        return Worker(process, ours)

    def _take_answer(self, worker: Worker) -> None:
        status = worker.pipe.recv()
        self.answers[status] += 1
        if status == "failed":
            self.queue.append(worker.key)
        worker.key = ""

    def _replace(self, worker: Worker) -> Worker:
        """Kill a worker at any point; its event is delivered again."""
        worker.process.kill()
        worker.process.join()
        assert worker.process.exitcode == -signal.SIGKILL  # noqa: S101 # it must have died of this
        self.kills += 1
        if worker.key:
            self.queue.append(worker.key)
        return self._start()


def report_chaos(server: S3Server, photos: int) -> bool:
    """Run it, print what happened, and return whether the promise was kept."""
    if not photos:
        return True
    client = server.client()
    for bucket in ("fire-staging", "fire-public"):
        client.create_bucket(Bucket=bucket)
    if connect(server.access("fire-public")).profile.versioned_conditions:
        # With versions, a photo that was published twice shows.
        client.put_bucket_versioning(Bucket="fire-public", VersioningConfiguration={"Status": "Enabled"})
    else:
        print("  (conditions fail in this provider's versioned buckets: what was written twice is not counted)")
    pictures = [photo(size=300_000 * (seed + 1), seed=seed) for seed in range(PICTURES)]
    originals = {f"album {number % 10}/{number}.jpg": pictures[number % PICTURES] for number in range(photos)}

    def put(key: str) -> None:
        client.put_object(Bucket="fire-staging", Key=key, Body=originals[key], Metadata=CORRECTION)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, originals))
    dice = random.Random(8)
    events = [key for key in originals for _ in range(2 if dice.random() < TWICE else 1)]
    dice.shuffle(events)
    fire = Fire(server, deque(events))
    start = time.monotonic()
    fire.run()
    seconds = time.monotonic() - start
    volume = sum(map(len, originals.values())) / 1e6
    print(
        f"  {photos} photos ({volume:.0f} MB), {len(events)} events, {WORKERS} workers, {ERROR_RATE:.0%} errors, "
        f"{fire.kills} kills: {dict(fire.answers)} in {seconds:.1f} s: {photos / seconds:.0f} photos/s, "
        f"{volume / seconds:.0f} MB/s"
    )
    lost, wrong, twice = _judge(server, originals)
    good = not (lost or wrong or twice)
    print(f"  {'met   ' if good else 'MISSED'} lost {len(lost)}, wrong {len(wrong)}, written twice {len(twice)}")
    return good


def _judge(server: S3Server, originals: Mapping[str, bytes]) -> tuple[list[str], list[str], list[str]]:
    """Look at every copy: which photos are lost, wrong, or were written more than once."""
    client = server.client()
    pages = client.get_paginator("list_object_versions").paginate(Bucket="fire-public")
    versions = Counter(entry["Key"] for page in pages for entry in page.get("Versions", []))
    pictures = {id(original): hashlib.sha256(image_data(original)).digest() for original in originals.values()}

    def is_right(key: str) -> bool:
        copy = client.get_object(Bucket="fire-public", Key=key)["Body"].read()
        same = hashlib.sha256(image_data(copy)).digest() == pictures[id(originals[key])]
        return same and capture(copy) == CORRECTED

    found = [key for key in originals if versions[key]]
    with ThreadPoolExecutor(8) as pool:
        wrong = [key for key, right in zip(found, pool.map(is_right, found), strict=True) if not right]
    lost = [key for key in originals if not versions[key]]
    return lost, wrong, [key for key, count in versions.items() if count > 1]
