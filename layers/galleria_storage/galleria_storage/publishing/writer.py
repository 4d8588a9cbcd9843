"""Writing a whole object in one request, and making sure that it was stored as it was sent."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from galleria_storage.errors import IntegrityError
from galleria_storage.publishing.draft import TAIL_BYTES, Draft
from galleria_storage.publishing.fingerprint import SHA256
from galleria_storage.s3.objects import Condition, ObjectStore, Stored

_MD5_ETAG = re.compile(r"[0-9a-f]{32}(-\d+)?")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written and verified.

    Attributes
    ----------
    sha256
        Of the bytes, in hex; empty if some did not pass through here.
    bytes_out
        Bytes that were sent.
    bytes_copied
        Bytes that the provider copied itself.
    """

    sha256: str
    bytes_out: int
    bytes_copied: int = 0


class WrongContentError(IntegrityError):
    """The provider stored something else than it was sent; `etag` is that object's."""

    def __init__(self, message: str, *, etag: str, bucket: str, key: str) -> None:
        super().__init__(message, bucket=bucket, key=key, advice="It is tried again; if it persists, ask the provider.")
        self.etag = etag


def put_whole(store: ObjectStore, key: str, draft: Draft, headers: Mapping[str, Any], condition: Condition) -> Written:
    """Publish content that fits into memory with one PutObject.

    Its SHA-256 is known before the first byte goes out, and so is recorded.

    Raises
    ------
    PreconditionFailedError
        The condition does not hold any more.
    WrongContentError
        Something else was stored.
    CorruptPhotoError
        The end of the photo forbids the edit.
    """
    data = bytearray(draft.content.size)
    view = memoryview(data)
    draft.content.fill(view)
    draft.check_tail(bytes(view[-TAIL_BYTES:]))
    digest = draft.content.sha256()
    metadata = {**headers["Metadata"], SHA256: digest.hex()}
    checksum = b64encode(digest).decode()
    if store.profile.sha256_checked:
        proof, md5 = {"ChecksumSHA256": checksum}, ""
    else:
        md5_digest = hashlib.md5(data, usedforsecurity=False)
        proof, md5 = {"ContentMD5": b64encode(md5_digest.digest()).decode()}, md5_digest.hexdigest()
    stored = store.put(key, data, {**headers, **proof, "Metadata": metadata}, condition)
    if stored.sha256 != checksum:
        verify_etag(store, key, stored, md5 or hashlib.md5(data, usedforsecurity=False).hexdigest(), len(data))
    return Written(digest.hex(), len(data))


def verify_etag(store: ObjectStore, key: str, stored: Stored, expected: str, size: int) -> None:
    """Compare what the provider says that it stored with what was sent.

    Parameters
    ----------
    store, key
        Where it was stored.
    stored
        The provider's answer to the write.
    expected
        ETag that the content has where ETags are MD5 digests.
    size
        Bytes that were sent.

    Raises
    ------
    WrongContentError
        The ETag is an MD5 digest of something else; or it is none, and the
        object that stands there has another size.
    """
    if stored.etag == expected:
        return
    if stored.etag_is_md5 and _MD5_ETAG.fullmatch(stored.etag):
        raise _wrong(store, key, stored.etag, f"its ETag is {stored.etag} instead of {expected}")
    standing = store.head(key)
    if standing is not None and standing.etag == stored.etag and standing.size != size:
        raise _wrong(store, key, standing.etag, f"it has {standing.size} bytes instead of {size}")


def _wrong(store: ObjectStore, key: str, etag: str, how: str) -> WrongContentError:
    message = f"{key!r} in bucket {store.bucket!r} was not stored as it was sent: {how}"
    return WrongContentError(message, etag=etag, bucket=store.bucket, key=key)
