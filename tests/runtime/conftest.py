"""The built functions in Lambda's own runtime, with an S3 server and the other AWS services beside them."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.support.functions.lambda_runtime import ExecutionEnvironment, environment
from tests.support.servers import S3Server, running
from tests.support.servers.processes import ROOT, ServerMissingError
from tests.support.stack.template import Stack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

#: The names of the buckets as the events have them.
NAMES = {"BucketSuffix": "us-east-1"}
STAGING = Stack(NAMES).environment("PublishPhotoFunction")["STAGING_BUCKET"]
PUBLIC = "public"
Start = Callable[..., AbstractContextManager[ExecutionEnvironment]]


@dataclass(frozen=True)
class Services:
    """What stands for AWS.

    Attributes
    ----------
    storage
        The S3 server.
    s3, sqs
        Clients for the test's own use.
    failure_queue
        URL.
    variables
        What the functions need to reach all of it, on top of the template's variables.
    """

    storage: S3Server
    s3: "S3Client"
    sqs: "SQSClient"
    failure_queue: str
    variables: dict[str, str]

    def failures(self) -> list[dict[str, Any]]:
        """Take all messages out of the failure queue."""
        found = []
        while answer := self.sqs.receive_message(QueueUrl=self.failure_queue, MaxNumberOfMessages=10).get("Messages"):
            for message in answer:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.failure_queue, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with tempfile.TemporaryDirectory(prefix="runtime-") as name:
        folder = Path(name)
        try:
            with running("seaweedfs", folder / "s3") as storage, running("moto_server", folder / "aws") as aws:
                yield _prepare(storage, aws)
        except ServerMissingError as missing:
            pytest.skip(str(missing))


def _prepare(storage: S3Server, aws: S3Server) -> Services:
    s3 = storage.client()
    for bucket in (STAGING, PUBLIC):
        s3.create_bucket(Bucket=bucket)
    sqs = boto3.client(
        "sqs",
        endpoint_url=aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id=storage.access_key,
        aws_secret_access_key=storage.secret_key,
    )
    queue = sqs.create_queue(QueueName="failures")["QueueUrl"]
    variables = {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ENDPOINT_URL_S3": storage.endpoint,
        "AWS_ACCESS_KEY_ID": storage.access_key,
        "AWS_SECRET_ACCESS_KEY": storage.secret_key,
        "S3_PUBLIC_BUCKET": PUBLIC,
        "S3_PUBLIC_PROFILE": storage.profile,
        "FAILURE_QUEUE_URL": queue,
    }
    return Services(storage, s3, sqs, queue, variables)


@pytest.fixture
def start(services: Services, tmp_path: Path) -> Start:
    """Start execution environments: `with start("PublishPhotoFunction", VARIABLE=…, timeout=…) as environment`."""
    count = iter(range(1000))

    def started(function: str, *, timeout: int = 60, **variables: str) -> AbstractContextManager[ExecutionEnvironment]:
        values = {**Stack(NAMES).environment(function), **services.variables, **variables}
        run = partial(environment, function, tmp_path / f"environment-{next(count)}", values, timeout=timeout)
        try:
            return run()
        except ServerMissingError as missing:
            pytest.skip(str(missing))

    return started


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    """Read a file of `events/`."""

    def read(name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
        return document

    return read
