"""Writing an object in parts: any size in constant memory, with nothing left over after an error.

While a second thread sends one part, the next one is read: two buffers take
turns.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from galleria_storage.errors import GalleriaError, NotFoundError, PreconditionFailedError
from galleria_storage.s3.objects import Condition, ObjectInfo, ObjectStore, Stored
from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.content import Content
from galleria_storage.transfer.etags import etag_of_parts, md5_of
from galleria_storage.transfer.file_body import FileBody
from galleria_storage.transfer.proof import Expected, Proof, WrongContentError, check_stored
from galleria_storage.transfer.sizes import Sizes, first_and_later, part_size

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future


class MultipartUpload:
    """One multipart upload: to be completed as a whole, or aborted.

    Parameters
    ----------
    store, key
        The destination.
    headers
        Arguments of CreateMultipartUpload: ContentType, Metadata…
    algorithm
        Arguments of CreateMultipartUpload that announce the checksums of the parts.

    Attributes
    ----------
    parts
        The provider's answer to each part, in order.
    """

    def __init__(self, store: ObjectStore, key: str, headers: Mapping[str, Any], algorithm: Mapping[str, str]) -> None:
        self.store = store
        self.key = key
        self.parts: list[Stored] = []
        self._metadata: Mapping[str, str] = headers.get("Metadata", {})
        self._all_checked = True
        self._upload_id = store.start_multipart(key, {**headers, **algorithm})

    def send(self, number: int, data: DigestedBody | FileBody, proof: Proof) -> Stored:
        """Send one part with its proof, and verify that it arrived; threads may send several at once."""
        headers: dict[str, Any] = {**proof.headers, "ContentLength": len(data)}
        part = self.store.upload_part(self.key, self._upload_id, number, data, headers)
        holds = proof.holds(part)
        if not part.etag or holds is False:
            raise WrongContentError(self.store, self.key, f"part {number} has the ETag {part.etag!r}")
        if not (holds or proof.checked):
            self._all_checked = False
        return part

    def copy(self, number: int, source: tuple[str, ObjectInfo], span: range) -> Stored:
        """Let the provider copy one part from an object in another of its buckets."""
        part = self.store.copy_part(self.key, self._upload_id, number, source, span)
        if not part.etag:
            raise WrongContentError(self.store, self.key, f"copied part {number} has no ETag")
        return part

    def complete(self, size: int, condition: Condition, sha256: bytes = b"") -> str:
        """Put the parts together under a condition, verify the whole, and return its ETag.

        Parameters
        ----------
        size
            Bytes of the whole.
        condition
            What must still be true of the key.
        sha256
            SHA-256 of the whole; empty if unknown.

        Raises
        ------
        PreconditionFailedError
            The condition no longer holds; or the upload is gone, perhaps
            because an earlier request completed it and its answer was lost.
        WrongContentError
            Something else is stored.
        """
        try:
            stored = self.store.complete(self.key, self._upload_id, self.parts, condition)
        except NotFoundError as error:  # NoSuchUpload
            raise PreconditionFailedError(
                f"the upload of {self.key!r} is gone", bucket=self.store.bucket, key=self.key
            ) from error
        etag = etag_of_parts([md5_of(part.etag) for part in self.parts])
        if not etag or stored.etag != etag:
            expected = Expected(size, etag, sha256, self._metadata, checked=self._all_checked)
            check_stored(self.store, self.key, stored, expected)
        return stored.etag

    def abort(self) -> None:
        """Free the parts' space; if this fails, too, the bucket's lifecycle rule does it later."""
        try:
            self.store.abort(self.key, self._upload_id)
        except GalleriaError:
            return


def send_bytes(upload: MultipartUpload, number: int, data: DigestedBody, sha256: bytes = b"") -> Stored:
    """Send a part that is in memory, whose SHA-256 may be known."""
    return upload.send(number, data, Proof.of_bytes(upload.store.profile, data, sha256, part=True))


def put_in_parts(
    upload: MultipartUpload, content: Content, condition: Condition, sizes: Sizes, sender: "Executor"
) -> None:
    """Send content of any size; `sender` runs one upload of a part at a time.

    Raises
    ------
    PreconditionFailedError
        The condition no longer holds, or the source changed.
    WrongContentError
        Something else was stored.
    """
    size = content.size
    first, later = first_and_later(size, part_size(size, sizes.part), equal=upload.store.profile.equal_parts)
    try:
        bodies = content.source.bodies
        with bodies.body_of(first) as one, bodies.body_of(later) as other:
            _send_all(upload, content, (one, other), later, sender)
            upload.complete(size, condition, content.sha256)
    except BaseException:
        sender.shutdown()  # a part that is still being sent would outlive the abort
        upload.abort()
        raise


def _send_all(
    upload: MultipartUpload,
    content: Content,
    buffers: tuple[DigestedBody, DigestedBody],
    later: int,
    sender: "Executor",
) -> None:
    """Read one part while the one before is sent."""
    sending: Future[Stored] | None = None
    number = 0
    while content.left:
        data = buffers[number % 2]
        del data[min(content.left, later if number else len(data)) :]
        with memoryview(data) as view:
            content.fill(view)
        if sending:
            upload.parts.append(sending.result())
        number += 1
        # After the first part, the running digest of the whole is the digest of that part.
        sending = sender.submit(send_bytes, upload, number, data, content.sha256_so_far() if number == 1 else b"")
    if sending:
        upload.parts.append(sending.result())
