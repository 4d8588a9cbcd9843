"""What stands under a key: whether there is anything, and whether it is a given content."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from galleria_storage.errors import AccessDeniedError, IntegrityError, NotFoundError
from galleria_storage.s3.faults import translated
from galleria_storage.transfer import checksums
from galleria_storage.transfer.checksums import SHA256_METADATA, Digests
from galleria_storage.transfer.local_content import LocalContent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def exists(client: "S3Client", bucket: str, key: str) -> bool:
    """Whether there is an object under the key.

    Raises
    ------
    BucketNotFoundError
        There is no such bucket.
    ProviderError
        It could not be told.
    """
    try:
        with translated(bucket=bucket, key=key):
            client.head_object(Bucket=bucket, Key=key)
    except NotFoundError:
        return _exists_by_get(client, bucket, key)
    return True


def _exists_by_get(client: "S3Client", bucket: str, key: str) -> bool:
    """Ask again with GET: the answer to a HEAD has no body to say whether bucket or key is missing."""
    try:
        with translated(bucket=bucket, key=key):
            client.get_object(Bucket=bucket, Key=key)["Body"].close()
    except NotFoundError:
        return False
    return True


def is_stored(client: "S3Client", content: LocalContent, digests: Digests, bucket: str, key: str) -> bool:
    """Whether the same content stands under the key: one HEAD.

    The recorded SHA-256 decides; on an object of another tool, size and ETag
    do. A HEAD that is denied counts as *no*: credentials that may only write
    get 403 for a key that does not exist, and the write itself then says,
    in words, what is wrong.
    """
    try:
        with translated(bucket=bucket, key=key):
            found = client.head_object(Bucket=bucket, Key=key)
    except (NotFoundError, AccessDeniedError):
        return False
    if found["ContentLength"] != digests.size:
        return False
    metadata = {name.lower(): value for name, value in found["Metadata"].items()}  # rclone answers in capitals
    if recorded := metadata.get(SHA256_METADATA):
        return recorded == digests.sha256
    with content.open() as stream:
        return checksums.has_etag(stream, content.size, _etag(found))


def check_stored(client: "S3Client", bucket: str, key: str, digests: Digests, answer: dict[str, Any]) -> None:
    """Compare the ETag of what was stored; where it is no MD5, look closer.

    An encrypted object's ETag proves nothing, and the size must do; one that
    nothing explains is read back.

    Parameters
    ----------
    digests
        Of what was sent.
    answer
        To the PutObject or CompleteMultipartUpload.

    Raises
    ------
    IntegrityError
        What is stored is not what was sent.
    """
    if _etag(answer) == digests.etag:
        return
    with translated(bucket=bucket, key=key):
        found = client.head_object(Bucket=bucket, Key=key)
        same = found["ContentLength"] == digests.size
        if same and _etag(found) != digests.etag and not _is_encrypted(found):
            stored = client.get_object(Bucket=bucket, Key=key)["Body"]
            same = checksums.digest(cast("BinaryIO", stored), digests.size).sha256 == digests.sha256
    if not same:
        raise IntegrityError(
            f"{key!r} in bucket {bucket!r} holds {found['ContentLength']} bytes that are not the {digests.size} sent",
            bucket=bucket,
            key=key,
            advice="Upload it again; if it happens again, the provider alters what it stores.",
        )


def _etag(answer: Mapping[str, Any]) -> str:
    return str(answer.get("ETag", "")).strip('"')


def _is_encrypted(found: Mapping[str, Any]) -> bool:
    """Whether the ETag is no MD5 (S3 API, "Object": objects encrypted by SSE-KMS or SSE-C)."""
    return str(found.get("ServerSideEncryption", "")).startswith("aws:kms") or "SSECustomerAlgorithm" in found
