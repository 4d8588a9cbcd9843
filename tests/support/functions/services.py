"""What stands in for AWS while the built functions run in Lambda's own runtime."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from tests.support.functions.lambda_runtime import ExecutionEnvironment
from tests.support.servers import S3Server
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
    """An S3 server and a queue.

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


def prepared(storage: S3Server, aws: S3Server) -> Services:
    """Make buckets and a failure queue; return all that a function needs to reach them."""
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
