"""Upload a file or bytes once, with its SHA-256 recorded beside it.

A digest is computed first and sent along, so that the provider
rejects a file that changes between hashing and sending; what is stored is
proven like every other write. No body is ever held in memory.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from galleria_storage.errors import LocalFileError, PreconditionFailedError, ProviderError
from galleria_storage.s3.conditions import Write
from galleria_storage.s3.objects import Condition, ObjectInfo, ObjectStore, Stored
from galleria_storage.transfer.digests import SHA256_METADATA, SINGLE_PUT_BYTES, Digests, digest
from galleria_storage.transfer.existing import find, is_same
from galleria_storage.transfer.file_body import FileBody, Progress, SentBytes, count_what_is_sent
from galleria_storage.transfer.local_content import LocalContent
from galleria_storage.transfer.media_types import content_encoding, media_type
from galleria_storage.transfer.multipart import MultipartUpload
from galleria_storage.transfer.proof import Proof, algorithm_of_parts, put_proven

#: S3 User Guide, "Naming Amazon S3 objects".
MAX_KEY_BYTES: Final = 1024
#: Parts of one file that are sent at once.
PART_THREADS: Final = 4
_GZIP: Final = b"\x1f\x8b"
#: How often somebody else may write under the key before it is an error.
_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The result of one upload.

    Attributes
    ----------
    digests
        Of the content.
    skipped
        The same content was there already.
    """

    digests: Digests
    skipped: bool


def upload(store: ObjectStore, source: Path | str | bytes, key: str, progress: Progress | None = None) -> Uploaded:
    """Upload a file or bytes, unless the same content is there already.

    Parameters
    ----------
    store
        The bucket; threads may share it.
    source
        A path or the content itself.
    progress
        Called with the number of bytes sent since the last call; the numbers
        add up to the size. Never called by two threads at once. An error that
        it raises is raised at the end of the upload.

    Raises
    ------
    LocalFileError
        The file cannot be read, or changed during the upload.
    ProviderError
        The provider refused or failed.
    """
    check_object_key(store.bucket, key)
    content = LocalContent(source)
    digests = read_digests(content)
    found, condition = find(store, key)
    if found and is_same(found, content, digests):
        return Uploaded(digests, skipped=True)
    send(store, content, digests, key, condition, progress)
    return Uploaded(digests, skipped=False)


def check_object_key(bucket: str, key: str) -> None:
    """Raise LocalFileError if no object can have this key."""
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        raise LocalFileError("the file's name is not valid Unicode, so it cannot be part of a key") from None
    except AttributeError:
        raise LocalFileError(f"the key is of type {type(key).__name__}; allowed is a string", bucket=bucket) from None
    if not 0 < length <= MAX_KEY_BYTES:
        raise LocalFileError(
            f"the key is {length} bytes long; allowed are 1 to {MAX_KEY_BYTES}", bucket=bucket, key=key
        )


def read_digests(content: LocalContent) -> Digests:
    """Read the content once for all its checksums."""
    with content.open() as stream:
        try:
            digests = digest(stream, content.size)
        except OSError as error:
            raise LocalFileError(f"the file cannot be read: {error.strerror}") from error
    content.check_unchanged(digests.size)
    return digests


def send(  # noqa: PLR0917 # what a write needs
    store: ObjectStore,
    content: LocalContent,
    digests: Digests,
    key: str,
    condition: Condition,
    progress: Progress | None = None,
    headers: Mapping[str, Any] | None = None,
    guard: Callable[[ObjectInfo], None] | None = None,
) -> None:
    """Send the content and check what was stored.

    Parameters
    ----------
    condition
        What was seen under the key; it is sent if the provider is known to obey
        it. If somebody else has written since, the key is checked again: the
        same content is left alone, other content is replaced.
    headers
        Further arguments of PutObject, such as `Tagging`; `Metadata` is added to the SHA-256 that is recorded.
    guard
        Called with what somebody else has put there meanwhile, before that is replaced; it may raise an error.

    Raises
    ------
    LocalFileError
        The file changed since it was hashed.
    WrongContentError
        What is stored is not what was sent.
    PreconditionFailedError
        Somebody else keeps writing under the key.
    """
    if progress:
        count_what_is_sent(store.client)
    sending = _Sending(store, content, digests, key, SentBytes(progress), headers or {})
    for attempt in range(_ATTEMPTS):
        try:
            sending.send(condition)
            break
        except PreconditionFailedError:
            if attempt == _ATTEMPTS - 1:
                raise
        seen = condition
        found, condition = find(store, key)
        if found and is_same(found, content, digests):
            break  # perhaps written by ourselves, in a request whose answer was lost
        if found and guard:
            guard(found)
        if condition == seen:  # it still holds, so this provider cannot compare
            condition = None
    sending.sent.check()


@dataclass(frozen=True, slots=True)
class _Sending:
    """One content on its way to one key."""

    store: ObjectStore
    content: LocalContent
    digests: Digests
    key: str
    sent: SentBytes
    more: Mapping[str, Any]

    def send(self, condition: Condition) -> None:
        """Send it once, and check what was stored."""
        self.sent.restart()
        metadata = {**self.more.get("Metadata", {}), SHA256_METADATA: self.digests.sha256}
        headers: dict[str, Any] = {"ContentType": media_type(self.key), **self._encoding(), **self.more}
        headers["Metadata"] = metadata
        try:
            if self.digests.size <= SINGLE_PUT_BYTES:
                self._put(headers, condition)
            else:
                self._put_in_parts(headers, condition)
            self.content.check_unchanged()
        except PreconditionFailedError:
            raise
        except ProviderError:
            self.content.check_unchanged()  # the likelier cause, with a clearer message
            raise

    def _encoding(self) -> dict[str, str]:
        """Return the Content-Encoding that the name promises, if the first bytes agree."""
        if not (encoding := content_encoding(self.key)):
            return {}
        with self.content.open() as stream:
            return {"ContentEncoding": encoding} if stream.read(len(_GZIP)) == _GZIP else {}

    def _put(self, headers: dict[str, Any], condition: Condition) -> None:
        proof = Proof.of_file(self.store.profile, self.digests)
        with self._body(0, self.digests.size) as body:
            body.sha256 = self.digests.sha256
            headers["ContentLength"] = len(body)
            put_proven(self.store, self.key, body, headers, self._obeyed("put", condition), proof)

    def _put_in_parts(self, headers: dict[str, Any], condition: Condition) -> None:
        proofs = Proof.of_file_parts(self.store.profile, self.digests)
        upload = MultipartUpload(self.store, self.key, headers, algorithm_of_parts(self.store.profile, file=True))
        try:
            upload.parts.extend(self._send_parts(upload, proofs))
            self.content.check_unchanged()
            upload.complete(self.digests.size, self._obeyed("complete", condition), bytes.fromhex(self.digests.sha256))
        except BaseException:
            upload.abort()
            raise

    def _send_parts(self, upload: MultipartUpload, proofs: list[Proof]) -> list[Stored]:
        with ThreadPoolExecutor(PART_THREADS, thread_name_prefix="upload-part") as pool:
            sending = [pool.submit(self._send_part, upload, number, proof) for number, proof in enumerate(proofs, 1)]
            try:
                return [part.result() for part in sending]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _send_part(self, upload: MultipartUpload, number: int, proof: Proof) -> Stored:
        start = (number - 1) * self.digests.part_bytes
        with self._body(start, min(self.digests.part_bytes, self.digests.size - start)) as body:
            return upload.send(number, body, proof)

    def _obeyed(self, write: Write, condition: Condition) -> Condition:
        """Return the condition if the provider is known to obey it; others may answer 412 although it holds."""
        honoured = condition is not None and self.store.profile.support(write, condition) == "honoured"
        return condition if honoured else None

    def _body(self, start: int, length: int) -> FileBody:
        return FileBody(self.content.open(), start, length, self.sent)
