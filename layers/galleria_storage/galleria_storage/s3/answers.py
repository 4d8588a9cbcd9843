"""What an S3 server answers about an object, as typed values.

Source: Amazon S3 API Reference, response elements of HeadObject, GetObject,
PutObject and UploadPart.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from galleria_storage.errors import IntegrityError
from galleria_storage.s3.faults import sdk_errors, translate, unproven
from galleria_storage.s3.sdk.http_session import breaks, straight_reader

#: Checksums that are ever sent along (`transfer.proof`).
_CHECKSUMS: Final = ("ChecksumSHA256", "ChecksumCRC32")
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What HEAD, GET or a listing says about an object.

    Attributes
    ----------
    key
        Its name in the bucket.
    size
        Bytes of the whole object, also when a range of it was asked for.
    etag
        Without quotes. The MD5 of the content in hex for most objects stored
        in one piece; opaque otherwise.
    metadata
        User metadata (``x-amz-meta-``), names in lower case.
    content_type
        As stored.
    tag_count
        Number of tags; None if the provider does not say, so there may be some.
    version_id
        In a versioned bucket; else None (also for ``null``, the version of what was stored without versioning).
    etag_is_md5
        False if the provider says that it encrypted with a key of its own
        service: the ETag is then not an MD5 (S3 API, "Object", ETag).
    missing_metadata
        Number of metadata entries that the provider withholds (``x-amz-missing-meta``).
    cache_control
        As stored; empty where none is.
    expires
        When a lifecycle rule may remove it, in seconds since 1970; None where the provider names no time.
    """

    key: str
    size: int
    etag: str
    metadata: Mapping[str, str]
    content_type: str = ""
    tag_count: int | None = None
    version_id: str | None = None
    etag_is_md5: bool = True
    missing_metadata: int = 0
    expires: float | None = None
    cache_control: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """A provider's answer to a write: what it says that it stored.

    Attributes
    ----------
    etag
        Without quotes; empty if the answer has none, and then nothing proves that anything was stored.
    checksums
        Those that the provider computed or checked, as boto3 names and writes
        them: ``ChecksumSHA256``, ``ChecksumCRC32`` -> base64. Empty if the answer has none.
    etag_is_md5
        False if the provider says that it encrypted with a key of its own
        service: the ETag is then not an MD5 (S3 API, "Object", ETag).
    """

    etag: str
    checksums: Mapping[str, str] = field(default_factory=dict)
    etag_is_md5: bool = True


class ObjectStream:
    """An object that is being read. Closing early drops the connection: an unread body costs nothing.

    Parameters
    ----------
    bucket, key
        The object.
    answer
        Of GetObject.

    Attributes
    ----------
    info
        What the answer's headers say.
    position
        Of the next byte.
    checksums
        Those of the whole object that boto3 does not compare, by boto3's names of them.
    closed
        Whether the connection was dropped.
    """

    def __init__(self, bucket: str, key: str, answer: Mapping[str, Any]) -> None:
        self.info = object_info(key, answer)
        self.checksums = _not_compared(answer)
        self.position = _first_byte(answer)
        self._body = answer["Body"]
        self._read = straight_reader(self._body)
        self._bucket = bucket
        self.closed = False

    def readinto(self, buffer: memoryview) -> int:
        """Read into the buffer; return how many bytes came, 0 at the end.

        With the object's last byte the whole answer is read, so that boto3
        compares its checksum, and the connection is free.

        Raises
        ------
        IntegrityError
            The provider's checksum does not fit the bytes, or too few came.
        ProviderError
            The connection broke.
        """
        if self.position == self.info.size:
            return 0
        try:
            count = self._read(buffer)
            self.position += count
            if self.position == self.info.size:
                self._read(memoryview(bytearray(1)))
                self.close()
        except sdk_errors() as error:
            raise translate(error, bucket=self._bucket, key=self.info.key) from error
        except breaks() as error:  # resets, closed sockets, time-outs
            raise IntegrityError(
                f"reading {self.info.key!r} from {self._bucket!r} broke off at byte {self.position}",
                bucket=self._bucket,
                key=self.info.key,
            ) from error
        if count == 0 and len(buffer):
            raise IntegrityError(
                f"{self.info.key!r} ended at byte {self.position} of {self.info.size}",
                bucket=self._bucket,
                key=self.info.key,
            )
        return count

    def fill(self, buffer: memoryview) -> None:
        """Read until the buffer is full.

        Raises
        ------
        IntegrityError, ProviderError
            As `readinto`; also if the object ends too early.
        """
        done = 0
        while done < len(buffer):
            count = self.readinto(buffer[done:])
            if count == 0:
                raise IntegrityError(
                    f"{self.info.key!r} ended at byte {self.position}, which is too early",
                    bucket=self._bucket,
                    key=self.info.key,
                )
            done += count

    def sha256(self) -> bytes:
        """Read what is left, in pieces, and return its SHA-256.

        Raises
        ------
        IntegrityError, ProviderError
            As `readinto`.
        """
        digest, buffer = hashlib.sha256(), memoryview(bytearray(_PIECE))
        while count := self.readinto(buffer):
            digest.update(buffer[:count])
        return digest.digest()

    def close(self) -> None:
        """Drop the connection, even if something is left unread."""
        self.closed = True
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def object_info(key: str, answer: Mapping[str, Any]) -> ObjectInfo:
    """Read the answer of HeadObject or GetObject.

    Raises
    ------
    ProviderError
        It lacks an ETag or a length, which every answer about an object has.
    """
    total = str(answer.get("ContentRange") or "").rpartition("/")[2]
    size = total if total.isdigit() else str(answer.get("ContentLength", ""))
    etag = unquoted(answer.get("ETag"))
    if not (etag and size.isdigit()):
        raise unproven("the answer about", "an ETag" if size.isdigit() else "a length", key=key)
    return ObjectInfo(
        key=key,
        size=int(size),
        etag=etag,
        metadata={name.lower(): value for name, value in answer.get("Metadata", {}).items()},
        content_type=answer.get("ContentType", ""),
        tag_count=answer.get("TagCount"),
        version_id=None if answer.get("VersionId") == "null" else answer.get("VersionId"),
        etag_is_md5=not _is_encrypted(answer),
        missing_metadata=int(answer.get("MissingMeta") or 0),
        expires=_expiry(str(answer.get("Expiration") or "")),
        cache_control=answer.get("CacheControl", ""),
    )


def _not_compared(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksums of a whole object that boto3 only compares if a library of 12 MB is installed (AWS CRT)."""
    if answer.get("ChecksumType", "FULL_OBJECT") != "FULL_OBJECT":
        return {}
    return {name: answer[name] for name in ("ChecksumCRC64NVME", "ChecksumCRC32C") if name in answer}


def _first_byte(answer: Mapping[str, Any]) -> int:
    """Return the position of the first byte of a body (RFC 9110, section 14.4): 0 unless the answer is a range."""
    found = re.match(r"bytes (\d+)-", str(answer.get("ContentRange") or ""))
    return int(found[1]) if found else 0


def told(answer: Mapping[str, Any], name: str, operation: str, *, bucket: str, key: str) -> Any:
    """Return what an answer must contain.

    Raises
    ------
    ProviderError
        It does not.
    """
    if not (value := answer.get(name)):
        raise unproven(operation, name, bucket=bucket, key=key)
    return value


def read_stored(answer: Mapping[str, Any]) -> Stored:
    """Read the answer of a write, which may say nothing."""
    checksums = {name: answer[name] for name in _CHECKSUMS if answer.get(name)}
    return Stored(etag=unquoted(answer.get("ETag")), checksums=checksums, etag_is_md5=not _is_encrypted(answer))


def unquoted(etag: object) -> str:
    """Return an ETag without its quotes; empty for None."""
    return str(etag or "").strip('"')


def _is_encrypted(answer: Mapping[str, Any]) -> bool:
    """Whether the ETag is not an MD5: objects encrypted by SSE-KMS or SSE-C (S3 API, "Object", ETag)."""
    return str(answer.get("ServerSideEncryption") or "").startswith("aws:") or "SSECustomerAlgorithm" in answer


def _expiry(text: str) -> float | None:
    """Read ``x-amz-expiration`` (S3 API, HeadObject); what cannot be read may happen at any time."""
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 # slow, and few buckets have such rules

    try:
        return parsedate_to_datetime(text.partition('expiry-date="')[2].partition('"')[0]).timestamp()
    except ValueError:
        return 0.0
