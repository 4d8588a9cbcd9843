"""The handlers that are compared: ours, the naive one, and a bare relay that changes nothing.

All get warm connections and the key. What others would write has a plain
boto3 client; a relay with a client of this library shows what the protocol
costs beyond the client.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import piexif

from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.transfer.writer import Writer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MIB: Final = 1 << 20
#: As the publisher has it (`transfer.sizes.Sizes`).
WHOLE: Final = 16 * MIB
#: boto3's own (`boto3.s3.transfer.TransferConfig`).
PART: Final = 8 * MIB
CHUNK: Final = 256 * 1024


@dataclass(frozen=True)
class Buckets:
    """Staging and public bucket at one server, reached by one client of the library each, or by a plain one."""

    staging: Connection
    public: Connection
    plain: "S3Client"


Handler = Callable[[str], None]


def ours(buckets: Buckets, *, copying: bool) -> Handler:
    """Make the publisher of this library; `copying` lets the provider copy the tails of large objects."""
    staging, public = (ObjectStore(c.client, c.bucket, c.profile) for c in (buckets.staging, buckets.public))
    settings = PublishSettings(buckets.staging.bucket, BucketAccess(buckets.public.bucket))
    publisher = Publisher(staging, public, settings, writer=Writer(public, copies=copying))

    def handle(key: str) -> None:
        outcome = publisher.publish(key)
        if outcome.status not in {"published", "duplicate"}:
            raise RuntimeError(outcome.reason)

    return handle


def naive(buckets: Buckets) -> Handler:
    """Make the handler that a developer writes first: a plain boto3 client, read all, `piexif.insert`, put."""
    client = buckets.plain

    def handle(key: str) -> None:
        body = client.get_object(Bucket=buckets.staging.bucket, Key=key)["Body"].read()
        tags = piexif.load(body)
        tags["Exif"][piexif.ExifIFD.DateTimeOriginal] = "2024:06:15 10:30:45"
        tags["Exif"][piexif.ExifIFD.OffsetTimeOriginal] = "+02:00"
        changed = io.BytesIO()
        piexif.insert(piexif.dump(tags), body, changed)
        client.put_object(Bucket=buckets.public.bucket, Key=key, Body=changed.getvalue(), ContentType="image/jpeg")

    return handle


def plain_relay(buckets: Buckets, *, hashing: bool) -> Handler:
    """Make the relay that a developer writes."""
    staging, public = (connection._replace(client=buckets.plain) for connection in (buckets.staging, buckets.public))
    return relay(replace(buckets, staging=staging, public=public), hashing=hashing)


def relay(buckets: Buckets, *, hashing: bool) -> Handler:
    """Make a bare relay: stream from one bucket to the other, whole up to 16 MiB, else part by part."""

    def handle(key: str) -> None:
        answer = buckets.staging.client.get_object(Bucket=buckets.staging.bucket, Key=key)
        digest, left = hashlib.sha256(), answer["ContentLength"]

        def read(size: int) -> bytearray:
            data = bytearray(size)
            view, done = memoryview(data), 0
            while done < size:
                count = answer["Body"].readinto(view[done : done + CHUNK])  # type: ignore[arg-type] # the stubs want a file
                if hashing:
                    digest.update(view[done : done + count])
                done += count
            return data

        if left <= WHOLE:
            buckets.public.client.put_object(Bucket=buckets.public.bucket, Key=key, Body=read(left))
        else:
            _relay_in_parts(buckets.public.client, buckets.public.bucket, key, left, read)

    return handle


def _relay_in_parts(client: "S3Client", bucket: str, key: str, left: int, read: Callable[[int], bytearray]) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    parts = []
    while left:
        data = read(min(left, PART))
        left -= len(data)
        number = len(parts) + 1
        part = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=data)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})  # type: ignore[typeddict-item] # numbers and texts


HANDLERS: Final[dict[str, Callable[[Buckets], Handler]]] = {
    "ours": lambda buckets: ours(buckets, copying=True),
    "ours, streaming": lambda buckets: ours(buckets, copying=False),
    "relay + SHA-256": lambda buckets: plain_relay(buckets, hashing=True),
    "relay": lambda buckets: plain_relay(buckets, hashing=False),
    "lean relay + SHA": lambda buckets: relay(buckets, hashing=True),
    "naive": naive,
}
