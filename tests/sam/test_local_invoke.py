"""Every documented line of `sam local invoke`, run for real: SAM, a Docker engine, the built functions, an S3 server.

Run by `make test-sam`, inside `engine.sh`. `sam local invoke` exits with 0 whatever the function did, so the
answer's body is what is judged.
"""

import json
import os
import platform
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from tests.support.photos import jpegs
from tests.support.servers.processes import ROOT, Processes

ARCHITECTURE: Final = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
IMAGE: Final = f"public.ecr.aws/lambda/python:3.13-{ARCHITECTURE}"
VARIABLES: Final[dict[str, str]] = json.loads((ROOT / "events/env.json").read_text(encoding="utf-8"))["Parameters"]
STAGING: Final = VARIABLES["STAGING_BUCKET"]
PORT: Final = VARIABLES["AWS_ENDPOINT_URL"].rpartition(":")[2]
PHOTOS: Final = ("wedding/first-dance.jpg", "wedding/cake and coffee.jpg", "wedding//1+1=2 💐 100%.jpg")
LINES: Final = sorted(
    {
        line
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for line in re.findall(r"^sam local invoke .*$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
)
DONE: Final = {"published", "duplicate"}


def event_of(line: str) -> str:
    return re.findall(r"--event events/([a-z0-9-]+)\.json", line)[0]


def outcomes(answer: Any) -> list[str]:
    return [outcome["outcome"] for outcome in answer["outcomes"]]


def batch_results(answer: Any) -> list[str]:
    return [result["resultCode"] for result in answer["results"]]


#: Event file -> whether the answer's body is right.
RIGHT: Final = {
    "s3-put": lambda answer: set(outcomes(answer)) <= DONE and len(outcomes(answer)) == 1,
    "s3-put-many": lambda answer: set(outcomes(answer)) <= DONE and len(outcomes(answer)) == len(PHOTOS),
    "s3-tagging": lambda answer: set(outcomes(answer)) <= DONE and len(outcomes(answer)) == 1,
    "s3-other-bucket": lambda answer: outcomes(answer) == ["rejected"],
    "s3-test": lambda answer: outcomes(answer) == [],
    "eventbridge": lambda answer: set(outcomes(answer)) <= DONE and len(outcomes(answer)) == 1,
    "sqs": lambda answer: answer == {"batchItemFailures": []},
    "sns": lambda answer: set(outcomes(answer)) <= DONE and len(outcomes(answer)) == 1,
    "batch-operations-1": lambda answer: batch_results(answer) == ["Succeeded"],
    "batch-operations-2": lambda answer: batch_results(answer) == ["Succeeded"],
    "schedule": lambda answer: answer["buckets"][0]["status"] in {"repaired", "ok"},
}


@pytest.fixture(scope="session")
def credentials() -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="session", autouse=True)
def image() -> None:
    """Have the runtime's image: the engine's own, else one made of this machine's interpreter."""
    if not subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False).returncode:
        return
    if ARCHITECTURE != "x86_64":
        pytest.skip(f"{IMAGE} is not here, and base_image.sh makes one for x86_64 only")
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        archive = Path(folder) / "base.tar"
        maker = ROOT / "tests/sam/base_image.sh"
        subprocess.run(["bash", maker, ROOT / ".venv-runtime/bin/python", archive], check=True)
        settings = (
            "ENV LANG=en_US.UTF-8",
            "ENV PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
            "ENV LAMBDA_TASK_ROOT=/var/task",
            "ENV LAMBDA_RUNTIME_DIR=/var/runtime",
            "WORKDIR /var/task",
        )
        changes = [word for setting in settings for word in ("--change", setting)]
        subprocess.run(["docker", "import", *changes, archive, IMAGE], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def host() -> str:
    """Return the address that containers see as host.docker.internal: docker0's, or Docker Desktop's own choice."""
    if platform.system() != "Linux":
        return "127.0.0.1"
    form = "{{(index .IPAM.Config 0).Gateway}}"
    command = ["docker", "network", "inspect", "bridge", "--format", form]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="session")
def server(credentials: dict[str, str], host: str) -> Iterator[Any]:
    """Run what the page says is to be run beside: the server, both buckets, the queue and the photos."""
    with tempfile.TemporaryDirectory(prefix="sam-") as folder, Processes(Path(folder)) as processes:
        processes.start("moto", [ROOT / ".venv/bin/moto_server", "-H", host, "-p", PORT])
        wait_for_port(host)
        arguments = {
            "endpoint_url": f"http://{host}:{PORT}",
            "region_name": credentials["AWS_REGION"],
            "aws_access_key_id": credentials["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": credentials["AWS_SECRET_ACCESS_KEY"],
        }
        s3, sqs = boto3.client("s3", **arguments), boto3.client("sqs", **arguments)
        for bucket in (STAGING, VARIABLES["S3_PUBLIC_BUCKET"]):
            s3.create_bucket(Bucket=bucket)
        sqs.create_queue(QueueName=VARIABLES["FAILURE_QUEUE_URL"].rpartition("/")[2])
        for key in PHOTOS:
            s3.put_object(Bucket=STAGING, Key=key, Body=jpegs.photo(), Metadata={"timestamp-offset-hours": "-2"})
        yield s3


def wait_for_port(host: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(PORT)), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server does not listen on {host}:{PORT}")


def run(line: str, credentials: dict[str, str]) -> tuple[Any, str]:
    """Run a documented line as it is; return the answer's body and what was logged."""
    env = {
        **os.environ,
        **credentials,
        "AWS_DEFAULT_REGION": credentials["AWS_REGION"],
        "ARCHITECTURE": ARCHITECTURE,
        "SAM_CLI_TELEMETRY": "0",
        "PATH": os.pathsep.join([str(ROOT / ".venv-sam/bin"), os.environ["PATH"]]),
    }
    command = ["bash", "-c", line]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
    bodies = [part for part in done.stdout.splitlines() if part.startswith("{")]
    assert bodies, done.stdout + done.stderr[-3000:]
    return json.loads(bodies[-1]), done.stderr


def test_every_event_file_has_a_documented_line() -> None:
    named = {Path(word).stem for line in LINES for word in line.split() if word.startswith("events/")}
    assert named == {path.stem for path in (ROOT / "events").glob("*.json")} - {"env"}, "samconfig.toml names env.json"


@pytest.mark.parametrize("line", LINES, ids=event_of)
def test_a_documented_line_gives_the_answer_that_its_event_deserves(
    server: Any, credentials: dict[str, str], line: str
) -> None:
    del server
    answer, logged = run(line, credentials)
    assert RIGHT[event_of(line)](answer), (answer, logged[-2000:])


def test_the_corrected_copies_are_in_the_public_bucket(server: Any, credentials: dict[str, str]) -> None:
    (line,) = [line for line in LINES if "s3-put-many" in line]
    run(line, credentials)
    for key in PHOTOS:
        body = server.get_object(Bucket=VARIABLES["S3_PUBLIC_BUCKET"], Key=key)["Body"].read()
        assert jpegs.capture(body)[0] == "2024:06:15 10:30:45"
