"""List a bucket, beyond the first thousand keys."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from galleria_storage.errors import ProviderError
from galleria_storage.s3.answers import unquoted
from galleria_storage.s3.faults import translated, unproven

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: A page may be empty where many objects were deleted, but not forever.
MAX_EMPTY_PAGES: Final = 1000


class ListedObject(NamedTuple):
    """What ListObjectsV2 says of an object: neither metadata nor media type.

    Attributes
    ----------
    key
        Decoded, as it was uploaded.
    size
        Bytes.
    etag
        Without quotes; empty if the listing has none.
    modified
        When it was written last, as text; other metadata for the same content change it, tags do not.
    """

    key: str
    size: int
    etag: str
    modified: str = ""


def list_pages(client: "S3Client", bucket: str, prefix: str = "", after: str = "") -> Iterator[list[ListedObject]]:
    """Yield pages of up to 1,000 objects: one request each.

    Parameters
    ----------
    prefix
        With which keys begin.
    after
        A key: the listing begins with the next one, if the server knows `StartAfter`.

    Raises
    ------
    ProviderError
        An error is never an empty page; `BucketNotFoundError` if there is no such bucket.
    """
    begin: dict[str, Any] = {"StartAfter": after} if after else {}
    pages = iter(client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, **begin))
    tokens: set[str] = set()
    empty = 0
    while True:
        with translated(bucket=bucket):
            page = next(pages, None)
        if page is None:
            return
        if "IsTruncated" not in page:
            raise unproven("ListObjectsV2", "a listing", bucket=bucket)
        found = [_listed(entry, bucket) for entry in page.get("Contents", [])]
        empty = 0 if found else empty + 1
        token = page.get("NextContinuationToken", "")
        if (token and token in tokens) or empty > MAX_EMPTY_PAGES:
            raise ProviderError(f"the listing of bucket {bucket!r} does not end", bucket=bucket)
        tokens.add(token)
        yield found


def _listed(entry: Mapping[str, Any], bucket: str) -> ListedObject:
    if "Key" not in entry or "Size" not in entry:
        raise unproven("ListObjectsV2", "the key and size of each object", bucket=bucket)
    return ListedObject(entry["Key"], entry["Size"], unquoted(entry.get("ETag")), str(entry.get("LastModified", "")))


def list_objects(client: "S3Client", bucket: str, prefix: str = "") -> Iterator[ListedObject]:
    """Yield every object whose key begins with `prefix`; errors as `list_pages`."""
    for page in list_pages(client, bucket, prefix):
        yield from page
