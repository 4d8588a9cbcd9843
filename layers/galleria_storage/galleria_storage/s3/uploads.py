"""Upload a file or bytes once, with its SHA-256 recorded beside it.

What is sent is guarded by Content-MD5, so that a file which changes between
hashing and sending is refused by the provider; what is stored is compared
with what was sent by its ETag. No body is ever held in memory.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from galleria_storage.errors import (
    AccessDeniedError,
    GalleriaError,
    IntegrityError,
    LocalFileError,
    NotFoundError,
    ProviderError,
)
from galleria_storage.s3 import checksums
from galleria_storage.s3.checksums import SHA256_METADATA, SINGLE_PUT_BYTES, Digests
from galleria_storage.s3.content import LocalContent, Slice, content_type
from galleria_storage.s3.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

Progress = Callable[[int], None]
#: Parts of one file that are sent at once.
PART_THREADS: Final = 4
#: S3 User Guide, "Naming Amazon S3 objects".
MAX_KEY_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of one upload.

    Attributes
    ----------
    digests
        Of the content.
    skipped
        The same content already stood under the key.
    """

    digests: Digests
    skipped: bool


def upload(
    client: "S3Client", source: Path | str | bytes, bucket: str, key: str, progress: Progress | None = None
) -> Upload:
    """Upload a file or bytes, unless the same content already stands under the key.

    Parameters
    ----------
    client
        May be shared by threads.
    source
        A path or the content itself.
    progress
        Called with the number of bytes sent since the last call; the numbers
        add up to the size. Never called by two threads at once. What it
        raises is raised when the upload is done.

    Raises
    ------
    LocalFileError
        The file cannot be read, or changed meanwhile.
    ProviderError
        The provider refused or failed.
    """
    check_key(bucket, key)
    content = LocalContent(source)
    digests = read_digests(content)
    if is_stored(client, content, digests, bucket, key):
        return Upload(digests, skipped=True)
    send(client, content, digests, bucket, key, progress=progress)
    return Upload(digests, skipped=False)


def check_key(bucket: str, key: str) -> None:
    """Raise LocalFileError if no object can have this key."""
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        raise LocalFileError("the file's name is not valid Unicode, so that no key can be made of it") from None
    if not 0 < length <= MAX_KEY_BYTES:
        raise LocalFileError(
            f"the key is {length} bytes long; allowed are 1 to {MAX_KEY_BYTES}", bucket=bucket, key=key
        )


def read_digests(content: LocalContent) -> Digests:
    """Read the content once for all its checksums."""
    with content.open() as stream:
        try:
            digests = checksums.digest(stream, content.size)
        except OSError as error:
            raise LocalFileError(f"the file cannot be read: {error.strerror}") from error
    content.check_unchanged(digests.size)
    return digests


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


def send(
    client: "S3Client",
    content: LocalContent,
    digests: Digests,
    bucket: str,
    key: str,
    *,
    progress: Progress | None = None,
) -> None:
    """Send the content, whatever stands under the key, and check what was stored.

    Raises
    ------
    LocalFileError
        The file changed since it was hashed.
    IntegrityError
        What is stored is not what was sent.
    """
    _count_what_is_sent(client)
    report = _Reporter(progress) if progress else None
    transfer = _Transfer(client, content, digests, bucket, key, report)
    try:
        answer = transfer.put() if digests.size <= SINGLE_PUT_BYTES else transfer.put_in_parts()
        content.check_unchanged()
        _check_stored(client, bucket, key, digests, answer)
    except ProviderError:
        content.check_unchanged()  # the likelier cause, in better words
        raise
    if report:
        report.check()


class _Reporter:
    """Calls the caller's progress function: one call at a time, and never with its errors inside botocore.

    botocore would take an error of the callback for one of the network, and send the body again.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._error: Exception | None = None

    def __call__(self, sent: int) -> None:
        with self._lock:
            if self._error is None:
                try:
                    self._progress(sent)
                except Exception as error:  # noqa: BLE001 # whatever the caller's function raises is raised by `check`
                    self._error = error

    def check(self) -> None:
        """Raise what the callback raised."""
        if self._error is not None:
            raise self._error


@dataclass(frozen=True, slots=True)
class _Transfer:
    client: "S3Client"
    content: LocalContent
    digests: Digests
    bucket: str
    key: str
    report: _Reporter | None

    @property
    def _headers(self) -> dict[str, Any]:
        return {"ContentType": content_type(self.key), "Metadata": {SHA256_METADATA: self.digests.sha256}}

    def put(self) -> dict[str, Any]:
        with self._body(0, self.digests.size) as body, translated(bucket=self.bucket, key=self.key):
            return dict(
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=self.key,
                    Body=body,
                    ContentLength=self.digests.size,
                    ContentMD5=self.digests.content_md5(),
                    **self._headers,
                )
            )

    def put_in_parts(self) -> dict[str, Any]:
        with translated(bucket=self.bucket, key=self.key):
            upload_id = self.client.create_multipart_upload(Bucket=self.bucket, Key=self.key, **self._headers)[
                "UploadId"
            ]
        try:
            return self._complete(upload_id, self._send_parts(upload_id))
        except BaseException:
            with suppress(GalleriaError), translated(bucket=self.bucket, key=self.key):
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=self.key, UploadId=upload_id)
            raise

    def _complete(self, upload_id: str, parts: "list[CompletedPartTypeDef]") -> dict[str, Any]:
        try:
            with translated(bucket=self.bucket, key=self.key):
                return dict(
                    self.client.complete_multipart_upload(
                        Bucket=self.bucket, Key=self.key, UploadId=upload_id, MultipartUpload={"Parts": parts}
                    )
                )
        except NotFoundError:
            # A completion whose answer was lost is tried again by botocore, and the upload is then gone.
            if is_stored(self.client, self.content, self.digests, self.bucket, self.key):
                return {"ETag": self.digests.etag}
            raise

    def _send_parts(self, upload_id: str) -> "list[CompletedPartTypeDef]":
        with ThreadPoolExecutor(PART_THREADS, thread_name_prefix="upload-part") as pool:
            sending = [pool.submit(self._send_part, upload_id, part) for part in range(len(self.digests.part_md5s))]
            try:
                return [part.result() for part in sending]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _send_part(self, upload_id: str, part: int) -> "CompletedPartTypeDef":
        full = checksums.part_size(self.digests.size)
        length = min(full, self.digests.size - part * full)
        with self._body(part * full, length) as body, translated(bucket=self.bucket, key=self.key):
            answer = self.client.upload_part(
                Bucket=self.bucket,
                Key=self.key,
                UploadId=upload_id,
                PartNumber=part + 1,
                Body=body,
                ContentLength=length,
                ContentMD5=self.digests.content_md5(part),
            )
        return {"ETag": answer["ETag"], "PartNumber": part + 1}

    def _body(self, start: int, length: int) -> BinaryIO:
        return cast("BinaryIO", Slice(self.content.open(), start, length, self.report))


def _check_stored(client: "S3Client", bucket: str, key: str, digests: Digests, answer: dict[str, Any]) -> None:
    """Compare the ETag of what was stored; where it is no MD5, look closer.

    An encrypted object's ETag proves nothing, and the size must do; one that
    nothing explains is read back.
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


def _count_what_is_sent(client: "S3Client") -> None:
    """Have bodies told when they are really sent (see `Slice`); once per client, however often it is called."""
    client.meta.events.register("before-send.s3", _start_counting, unique_id="galleria-storage-progress")


def _start_counting(request: Any, **_: Any) -> None:
    body = getattr(request.body, "_raw", request.body)  # what botocore's AwsChunkedWrapper wraps
    if isinstance(body, Slice):
        body.sending = True
