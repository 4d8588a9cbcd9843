"""List a bucket, beyond the first thousand keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galleria_storage.s3.answers import unquoted
from galleria_storage.s3.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class ListedObject:
    """What ListObjectsV2 says of an object: neither metadata nor media type.

    Attributes
    ----------
    key
        Decoded, as it was uploaded.
    size
        Bytes.
    etag
        Without quotes.
    """

    key: str
    size: int
    etag: str


def list_pages(client: "S3Client", bucket: str, prefix: str = "") -> Iterator[list[ListedObject]]:
    """Yield pages of up to 1,000 objects: one request each.

    Raises
    ------
    ProviderError
        An error is never an empty page; `BucketNotFoundError` if there is no such bucket.
    """
    pages = iter(client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
    while True:
        with translated(bucket=bucket):
            page = next(pages, None)
        if page is None:
            return
        yield [
            ListedObject(entry["Key"], entry.get("Size", 0), unquoted(entry.get("ETag")))
            for entry in page.get("Contents", [])
        ]


def list_objects(client: "S3Client", bucket: str, prefix: str = "") -> Iterator[ListedObject]:
    """Yield every object whose key begins with `prefix`; errors as `list_pages`."""
    for page in list_pages(client, bucket, prefix):
        yield from page
