"""Sending one content in one request or in parts, read from disk as it goes out and counted."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

from galleria_storage.errors import GalleriaError, NotFoundError
from galleria_storage.s3.faults import translated
from galleria_storage.transfer import checksums
from galleria_storage.transfer.checksums import SHA256_METADATA, Digests
from galleria_storage.transfer.local_content import LocalContent, content_type
from galleria_storage.transfer.stored import is_stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

Progress = Callable[[int], None]
#: Parts of one file that are sent at once.
PART_THREADS: Final = 4


class Reporter:
    """Calls the caller's progress function: one call at a time, and never with its errors inside botocore.

    botocore would take an error of the callback for one of the network, and send the body again.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._error: Exception | None = None

    def __call__(self, sent: int) -> None:
        """Pass a number of bytes on."""
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
class Transfer:
    """One content on its way to one key.

    Attributes
    ----------
    digests
        Of the content: each request is guarded by its Content-MD5.
    report
        Told of the bytes that go out; None: nobody.
    """

    client: "S3Client"
    content: LocalContent
    digests: Digests
    bucket: str
    key: str
    report: Reporter | None

    @property
    def _headers(self) -> dict[str, Any]:
        return {"ContentType": content_type(self.key), "Metadata": {SHA256_METADATA: self.digests.sha256}}

    def put(self) -> dict[str, Any]:
        """Send it in one request and return the answer."""
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
        """Send it as a multipart upload, aborted on any error, and return the answer to its completion."""
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


class Slice(io.RawIOBase):
    """A window of a stream as the body of one request, with its bytes counted as they go out.

    Parameters
    ----------
    stream
        Owned by the slice, which closes it.
    start, length
        The window, in bytes.
    on_read
        Called with the number of bytes that went out since the last call. A
        request that is sent again does not count its bytes again.

    Notes
    -----
    Over plain http botocore reads a body once to sign it, before it sends it.
    Only what is read after `sending` was set, until the next `seek`, counts.
    """

    def __init__(self, stream: BinaryIO, start: int, length: int, on_read: Callable[[int], None] | None) -> None:
        super().__init__()
        self._stream, self._start, self._length, self._on_read = stream, start, length, on_read
        self._position = self._counted = 0
        self.sending = False
        stream.seek(start)

    def __enter__(self) -> Self:
        return self

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: a request is sent again from its beginning."""
        return True

    def tell(self) -> int:
        """Return the position within the window."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move within the window, and stop counting until the next sending."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        self._position = min(max(base + offset, 0), self._length)
        self._stream.seek(self._start + self._position)
        self.sending = False
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` bytes of the window."""
        left = self._length - self._position
        data = self._stream.read(left if size is None or size < 0 else min(size, left))
        if left and size != 0 and not data:
            raise OSError("the file became shorter while it was sent")
        self._position += len(data)
        if self.sending and self._on_read and self._position > self._counted:
            fresh, self._counted = self._position - self._counted, self._position
            self._on_read(fresh)
        return data

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()


def count_what_is_sent(client: "S3Client") -> None:
    """Have bodies told when they are really sent (see `Slice`); once per client, however often it is called."""
    client.meta.events.register("before-send.s3", _start_counting, unique_id="galleria-storage-progress")


def _start_counting(request: Any, **_: Any) -> None:
    body = getattr(request.body, "_raw", request.body)  # what botocore's AwsChunkedWrapper wraps
    if isinstance(body, Slice):
        body.sending = True
