"""Where facts are observed, and how one call is examined."""

import hashlib
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Site:
    """Where facts are observed: two buckets of one server that hold nothing that matters."""

    client: "S3Client"
    bucket: str
    other_bucket: str

    def put(self, body: bytes = b"old", **more: Any) -> str:
        """Store an object under a new key and return the key."""
        key = f"facts/{uuid.uuid4().hex}"
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **more)
        return key

    def etag(self, key: str) -> str:
        return self.client.head_object(Bucket=self.bucket, Key=key)["ETag"].strip('"')

    def body(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()


def status(call: Callable[[], Any]) -> int:
    """Return the HTTP status that a call was answered with."""
    try:
        answer = call()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return answer["ResponseMetadata"]["HTTPStatusCode"]


@contextmanager
def handler(client: "S3Client", operation: str, function: Callable[..., None]) -> Iterator[None]:
    """Let a function change an operation's requests before botocore has computed checksums."""
    event = f"before-call.s3.{operation}"
    client.meta.events.register(event, function)
    try:
        yield
    finally:
        client.meta.events.unregister(event, function)


@contextmanager
def with_content_md5(client: "S3Client", operation: str) -> Iterator[None]:
    """Send Content-MD5 with an operation whose body is a document."""

    def add(params: dict[str, Any], **_: Any) -> None:
        digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
        params["headers"]["Content-MD5"] = b64encode(digest).decode()

    with handler(client, operation, add):
        yield
