"""`make bench-cold`: the cold start of the built publish function beside a bare boto3 handler, in one run.

Both run under AWS's runtime interface client and emulator. Reported are the
init phase as the emulator measures it, the first publication after it, and
the memory at rest (resident set of the runtime after the init phase). Rounds
are interleaved, so that other load on the machine affects all equally; the
median counts. Exit status 1 if a bar is missed.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from galleria_storage.delivery.events import notification
from tests.support.functions.lambda_runtime import BUILD, LAYER, ExecutionEnvironment, environment, interpreter_version
from tests.support.photos import jpegs
from tests.support.servers import S3Server, running
from tests.support.stack.template import Stack

INIT_BAR: Final = 1.25
MEMORY_BAR: Final = 1.15
STAGING: Final = Stack().environment("PublishPhotoFunction")["STAGING_BUCKET"]
PUBLIC: Final = "public"
ASKED: Final = {"target-timezone": "Asia/Tokyo"}
NOTHING_TO_DO: Final = {"Event": "s3:TestEvent"}
BARE_HANDLER: Final = """\
import os
from urllib.parse import unquote_plus
import boto3

s3 = boto3.client("s3")


def lambda_handler(event, context):
    for record in event.get("Records", []):
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        s3.put_object(Bucket=os.environ["S3_PUBLIC_BUCKET"], Key=key, Body=body)
"""


@dataclass
class Candidate:
    """A function to start, and what was measured of it.

    Attributes
    ----------
    name
        In the table.
    function, layer
        Folders in place of `/var/task` and `/opt/python`.
    init, first, memory
        Milliseconds, milliseconds and MiB, one entry for each round.
    """

    name: str
    function: Path
    layer: Path
    init: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def measure(self, folder: Path, variables: Mapping[str, str], key: str) -> None:
        """Start one environment and publish one photo."""
        with environment(str(self.function), folder, variables, layer=self.layer) as started:
            _checked(started.invoke(NOTHING_TO_DO))
            self.init += started.init_milliseconds()
            self.memory.append(_resident_mib(started))
            begun = time.perf_counter()
            _checked(started.invoke(notification(STAGING, key)))
            self.first.append((time.perf_counter() - begun) * 1000)


def main() -> int:
    """Measure, print the table, and return whether the limits are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="cold-") as name, running("moto_server", Path(name) / "s3") as server:
        candidates = _candidates(Path(name))
        variables = _variables(server)
        for number in range(rounds):
            for candidate in candidates:
                key = f"{number}/{candidates.index(candidate)}.jpg"
                server.client().put_object(
                    Bucket=STAGING,
                    Key=key,
                    Body=jpegs.photo(size=1_000_000),
                    Metadata={"target-timezone": "Asia/Tokyo"},
                )
                with _folder(Path(name)) as folder:
                    candidate.measure(folder, variables, key)
    return _report(candidates, rounds)


def _candidates(folder: Path) -> list[Candidate]:
    bare, empty = folder / "bare", folder / "empty"
    bare.mkdir()
    empty.mkdir()
    (bare / "app.py").write_text(BARE_HANDLER)
    plain = {}
    for source in (BUILD / "PublishPhotoFunction", LAYER):
        plain[source] = folder / f"plain-{source.name}"
        shutil.copytree(source, plain[source], ignore=shutil.ignore_patterns("__pycache__"))
    return [
        Candidate("bare boto3", bare, empty),
        Candidate("publish_photo", BUILD / "PublishPhotoFunction", LAYER),
        Candidate("publish_photo, no bytecode", plain[BUILD / "PublishPhotoFunction"], plain[LAYER]),
    ]


def _variables(server: S3Server) -> dict[str, str]:
    client = server.client()
    for bucket in (STAGING, PUBLIC):
        client.create_bucket(Bucket=bucket)
    return {
        **Stack().environment("PublishPhotoFunction"),
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "S3_PUBLIC_BUCKET": PUBLIC,
        "S3_PUBLIC_PROFILE": "aws",  # at AWS nothing is probed
    }


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=parent) as name:
        yield Path(name)


def _resident_mib(started: ExecutionEnvironment) -> float:
    """Return the resident set of the environment's Python process."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            variables = (process / "environ").read_bytes()
        except OSError:  # it has ended, or belongs to another user
            continue
        if b"awslambdaric" in command and b"lambda-rie" not in command and started.marks(variables):
            status = (process / "status").read_text()
            return int(status.split("VmRSS:")[1].split()[0]) / 1024
    sys.exit("the runtime's process was not found")


def _checked(answer: Any) -> None:
    if isinstance(answer, dict) and "errorType" in answer:
        sys.exit(f"the function failed: {answer}")


def _report(candidates: list[Candidate], rounds: int) -> int:
    bare, ours = candidates[:2]
    print(f"Python {interpreter_version()}, {rounds} rounds, medians (ratio to the bare handler)\n")
    print(f"{'':28}{'init ms':>16}{'first photo ms':>18}{'memory MiB':>18}")
    for candidate in candidates:
        cells = []
        for measure in ("init", "first", "memory"):
            value, base = (statistics.median(getattr(each, measure)) for each in (candidate, bare))
            cells.append(f"{value:.0f} ({value / base:.2f})")
        print(f"{candidate.name:28}{cells[0]:>16}{cells[1]:>18}{cells[2]:>18}")
    init = statistics.median(ours.init) / statistics.median(bare.init)
    memory = statistics.median(ours.memory) / statistics.median(bare.memory)
    print(f"\nbars: init {init:.2f} of {INIT_BAR}, memory {memory:.2f} of {MEMORY_BAR}")
    return 0 if init <= INIT_BAR and memory <= MEMORY_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
