"""A staging and a public bucket on a server, as one test sees them: short words for what every test does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from galleria_storage.publishing.publish_settings import PublishSettings
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.s3.clients import connect
from galleria_storage.s3.discovery import settle
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.transfer.sizes import Sizes
from galleria_storage.transfer.writer import Writer
from tests.support.servers import S3Server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Buckets(NamedTuple):
    staging: str
    public: str


def keys(s3: "S3Client", bucket: str, prefix: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]


@dataclass(frozen=True)
class Gallery:
    """Where one test puts photos and looks for their copies.

    Attributes
    ----------
    server, buckets
        Shared with the other tests.
    s3
        A plain boto3 client: what the test itself does.
    prefix
        Keys of this test start with it.
    """

    server: S3Server
    buckets: Buckets
    s3: "S3Client"
    prefix: str

    def key(self, name: str) -> str:
        return self.prefix + name

    def put(self, name: str, body: bytes, correction: Mapping[str, str] | None = None, **more: Any) -> str:
        """Put a photo into staging; return its key."""
        key = self.key(name)
        self.s3.put_object(Bucket=self.buckets.staging, Key=key, Body=body, Metadata=correction or {}, **more)
        return key

    def copy(self, key: str) -> bytes:
        """Return the bytes of the published copy."""
        return self.s3.get_object(Bucket=self.buckets.public, Key=key)["Body"].read()

    def copies(self) -> list[str]:
        """Return the keys of this test in the public bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.buckets.public, Prefix=self.prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def unfinished(self) -> list[str]:
        """Return the keys of this test that have a multipart upload lying about in the public bucket."""
        answer = self.s3.list_multipart_uploads(Bucket=self.buckets.public, Prefix=self.prefix)
        return [upload["Key"] for upload in answer.get("Uploads", []) if upload["Key"].startswith(self.prefix)]

    def store(self, bucket: str, endpoint: str = "") -> ObjectStore:
        """Return the library's own view of a bucket, reached through `endpoint` (a proxy) if one is named."""
        client = connect(self.server.access(bucket, endpoint)).client
        return ObjectStore(client, bucket, self.profile)

    def publisher(
        self, *, staging: str = "", public: str = "", sizes: Sizes | None = None, **settings: Any
    ) -> Publisher:
        """Return a publisher, each side reached through the endpoint that is named, if one is."""
        source, target = self.store(self.buckets.staging, staging), self.store(self.buckets.public, public)
        access = self.server.access(self.buckets.public)
        writer = Writer(target, copies=True, sizes=sizes or Sizes())
        return Publisher(source, target, PublishSettings(self.buckets.staging, access, **settings), writer=writer)

    @property
    def profile(self) -> ProviderProfile:
        """What the settings say about the server, or a probe if they say nothing."""
        return settle(connect(self.server.access(self.buckets.public))).profile
