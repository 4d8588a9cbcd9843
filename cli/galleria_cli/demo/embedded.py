"""An S3 with both buckets, their notifications and the two functions, all inside this process.

The server is in `loopback_server`. The functions are the real ones, loaded by path as Lambda loads them, and
`publish_photo` gets only events that the staging bucket really sent to a queue.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, TextIO

from galleria_cli.demo.loopback_server import LoopbackServer
from galleria_storage.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

Handler = Callable[[Any, Any], dict[str, Any]]

STAGING_BUCKET: Final = "staging"
PUBLIC_BUCKET: Final = "public"
REGION: Final = "us-east-1"
#: Credentials for a throw-away server on the loopback interface, which checks none.
CREDENTIAL: Final = "testing"
_EVENTS: Final = ("s3:ObjectCreated:*", "s3:ObjectTagging:*", "s3:ObjectRemoved:*")


@dataclass(frozen=True)
class EmbeddedSystem:
    """The running system.

    Attributes
    ----------
    endpoint
        URL of the S3 server.
    s3, sqs
        Clients of it.
    events_url, failures_url
        Queue of the staging bucket's notifications; failure queue.
    publish_photo, audit_cors
        The handlers; what they print goes to the log.
    """

    endpoint: str
    s3: "S3Client"
    sqs: "SQSClient"
    events_url: str
    failures_url: str
    publish_photo: Handler
    audit_cors: Handler

    def events(self, wait_seconds: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the notifications in the queue, oldest first, and remove each after its work."""
        yield from _drain(self.sqs, self.events_url, wait_seconds)

    def failures(self) -> list[dict[str, Any]]:
        """Take all messages out of the failure queue."""
        return list(_drain(self.sqs, self.failures_url, 0))


@contextmanager
def embedded_system(log: TextIO, settings: Mapping[str, str]) -> Iterator[EmbeddedSystem]:
    """Start everything, hand it out, and stop everything.

    Parameters
    ----------
    log
        Where the functions' JSON lines go.
    settings
        Environment variables on top of those that reach the embedded server.

    Raises
    ------
    SettingsError
        The functions or the packages of the extra `local` are missing.
    """
    server = LoopbackServer()
    server.start()
    try:
        endpoint = server.endpoint
        with _environment({**_reach(endpoint), **settings}), ExitStack() as streams:
            import boto3  # noqa: PLC0415 # heavy; `--help` does not need it

            s3, sqs = boto3.client("s3"), boto3.client("sqs")
            events_url = _wire_buckets(s3, sqs)
            failures_url = os.environ["FAILURE_QUEUE_URL"] = sqs.create_queue(QueueName="failures")["QueueUrl"]
            publish_photo, audit_cors = (_handler(name, log, streams) for name in ("publish_photo", "audit_cors"))
            yield EmbeddedSystem(endpoint, s3, sqs, events_url, failures_url, publish_photo, audit_cors)
    finally:
        server.stop()


def _reach(endpoint: str) -> dict[str, str]:
    """Return an environment in which everything reaches the embedded server, and only that."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY": CREDENTIAL,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "STAGING_BUCKET": STAGING_BUCKET,
        "S3_PUBLIC_BUCKET": PUBLIC_BUCKET,
        "S3_PUBLIC_ENDPOINT": endpoint,
        "S3_PUBLIC_REGION": REGION,
        "S3_PUBLIC_ACCESS_KEY": CREDENTIAL,
        "S3_PUBLIC_SECRET_KEY": CREDENTIAL,
    }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set the process's environment, without variables that lead to a real account, and restore it afterwards."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("AWS_", "S3_PUBLIC_")):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wire_buckets(s3: "S3Client", sqs: "SQSClient") -> str:
    """Create both buckets and the queue of the staging bucket's notifications; return the queue's URL."""
    for bucket in (STAGING_BUCKET, PUBLIC_BUCKET):
        s3.create_bucket(Bucket=bucket)
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    s3.put_bucket_notification_configuration(
        Bucket=STAGING_BUCKET,
        NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn, "Events": list(_EVENTS)}]},
    )
    return url


def _drain(sqs: "SQSClient", url: str, wait_seconds: int) -> Iterator[dict[str, Any]]:
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait_seconds).get(
        "Messages"
    ):
        for message in messages:
            yield json.loads(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _handler(name: str, log: TextIO, streams: ExitStack) -> Handler:
    """Load a function by its path, as Lambda does; its JSON lines go to the log until `streams` is closed."""
    here = Path(__file__).parents[1]
    places = [folder / "functions" / name / "app.py" for folder in (here, here.parents[1])]  # installed, in a checkout
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise SettingsError(f"the function {name} is neither at {places[0]} nor at {places[1]}")
    spec = importlib.util.spec_from_file_location(f"galleria_function_{name}", path)
    assert spec  # noqa: S101 # a path that ends in .py always has a loader
    assert spec.loader  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for handler in module.logger.handlers:
        streams.callback(setattr, handler, "stream", handler.stream)  # loggers outlive the system
        handler.stream = log  # otherwise it keeps the stdout with which it was created
    context = SimpleNamespace(function_name=name, aws_request_id="embedded", memory_limit_in_mb=0)

    def handle(event: Any, _context: Any = None) -> dict[str, Any]:
        with redirect_stdout(log):  # the metrics are printed
            answer: dict[str, Any] = module.lambda_handler(event, context)
        return answer

    return handle
