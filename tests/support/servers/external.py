"""A server that runs already, wherever it is: `S3_EXTERNAL_ENDPOINT` and its like name it.

The tests make buckets of their own there, and remove them at the end.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tests.support.servers.bucket_names import is_ours
from tests.support.servers.processes import ServerMissingError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def address(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return endpoint, keys, region and profile as the environment names them.

    Raises
    ------
    ServerMissingError
        It names no endpoint.
    """
    endpoint = environment.get("S3_EXTERNAL_ENDPOINT", "")
    if not endpoint:
        raise ServerMissingError("S3_EXTERNAL_ENDPOINT is not set")
    return {
        "endpoint": endpoint,
        "access_key": environment.get("S3_EXTERNAL_ACCESS_KEY", "testkey"),
        "secret_key": environment.get("S3_EXTERNAL_SECRET_KEY", "testsecretkey"),
        "region": environment.get("S3_EXTERNAL_REGION", "us-east-1"),
        "profile": environment.get("S3_EXTERNAL_PROFILE", ""),
    }


@contextmanager
def tidied(client: "S3Client") -> Iterator[None]:
    """At the end remove the buckets that this process has made, with all that is in them."""
    try:
        yield
    finally:
        for bucket in filter(is_ours, _buckets(client)):
            _remove(client, bucket)


def _buckets(client: "S3Client") -> set[str]:
    return {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}


def _remove(client: "S3Client", bucket: str) -> None:
    """Remove a bucket with everything in it, as far as the server supports what was used."""
    with suppress(ClientError):
        for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
            client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            client.delete_object(Bucket=bucket, Key=entry["Key"])
    with suppress(ClientError):
        for versions in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in (*versions.get("Versions", []), *versions.get("DeleteMarkers", [])):
                client.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    client.delete_bucket(Bucket=bucket)
