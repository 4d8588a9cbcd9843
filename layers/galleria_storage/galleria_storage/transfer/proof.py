"""Proof that a provider stored the bytes that it was sent.

Only what was seen is proof: a digest in the answer to the write or, if the answer has none, a check of what is stored.
An answer without any information, not even an ETag, proves nothing: it may come from a gateway.
"""

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from galleria_storage.errors import IntegrityError, NotFoundError, PreconditionFailedError
from galleria_storage.s3.objects import Condition, ObjectInfo, ObjectStore, Stored
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.digests import Digests
from galleria_storage.transfer.etags import has_digest, md5_of

if TYPE_CHECKING:
    from galleria_storage.transfer.file_body import FileBody


class WrongContentError(IntegrityError):
    """The provider did not store what it was sent; `etag` is that of the stored object, empty if nothing is stored."""

    def __init__(self, store: ObjectStore, key: str, how: str, etag: str = "") -> None:
        super().__init__(
            f"{key!r} in bucket {store.bucket!r} was not stored as it was sent: {how}",
            bucket=store.bucket,
            key=key,
            advice="It is tried again; if it persists, ask the provider.",
        )
        self.etag = etag


@dataclass(frozen=True, slots=True)
class Expected:
    """What a check of the stored object must find.

    Attributes
    ----------
    size
        Bytes.
    etag
        The ETag that an unencrypted bucket gives this content; empty if unknown.
    sha256
        SHA-256 of the content; empty if unknown.
    metadata
        Sent with the object, so that we recognise our own.
    checked
        Whether the provider is known to have compared the digest that was sent with what it received.
    """

    size: int
    etag: str = ""
    sha256: bytes = b""
    metadata: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False


class Proof:
    """The digest that goes with some bytes, so that the provider checks them and we check its answer.

    SHA-256 where the provider checks it, as a checksum or as part of the signature (it
    costs less than half as much as MD5 on a processor with SHA instructions); else MD5. For
    a part, whose SHA-256 is not needed, CRC-32 where the provider checks it, at a fifth of
    the cost of SHA-256.

    Parameters
    ----------
    headers
        What goes with the request, as boto3 names it: a digest, or nothing
        where the signature covers the bytes.
    md5
        Computes the MD5 of the bytes, for answers that can only be compared with that.
    sha256
        The SHA-256 of the bytes; empty if it is unknown.
    checked
        Whether the provider is known to compare what it receives.
    """

    def __init__(
        self, headers: dict[str, str], md5: Callable[[], bytes], sha256: bytes = b"", *, checked: bool = True
    ) -> None:
        self.headers = headers
        self.sha256 = sha256
        self.checked = checked
        self._md5 = md5

    @classmethod
    def of_bytes(
        cls, profile: ProviderProfile, data: DigestedBody, sha256: bytes = b"", *, part: bool = False
    ) -> "Proof":
        """Return the proof of bytes in memory, whose SHA-256 may be known; the body gets it, to be signed."""
        data.sha256 = sha256  # if known, signing it costs nothing; if unknown, the body is not hashed for the signature
        md5 = partial(_md5, data)
        if part and profile.crc32_checked:
            return cls(_header("ChecksumCRC32", _crc32(zlib.crc32(data))), md5)
        if profile.sha256_checked or profile.signed_sha256_checked:
            data.sha256 = sha256 or hashlib.sha256(data).digest()
            return cls(_header("ChecksumSHA256", data.sha256) if profile.sha256_checked else {}, md5, data.sha256)
        return cls._of_md5(profile, md5(), sha256)

    @classmethod
    def of_file(cls, profile: ProviderProfile, digests: Digests) -> "Proof":
        """Return the proof of a file that is sent in one request."""
        sha256 = bytes.fromhex(digests.sha256)
        if profile.sha256_checked:
            return cls(_header("ChecksumSHA256", sha256), lambda: digests.part_md5s[0], sha256)
        return cls._of_md5(profile, digests.part_md5s[0], sha256)

    @classmethod
    def of_file_parts(cls, profile: ProviderProfile, digests: Digests) -> "list[Proof]":
        """Return the proofs of the parts of a file."""
        if not profile.crc32_checked:
            return [cls._of_md5(profile, md5) for md5 in digests.part_md5s]
        return [
            cls(_header("ChecksumCRC32", _crc32(crc32)), partial(bytes, md5))
            for md5, crc32 in zip(digests.part_md5s, digests.part_crc32s, strict=True)
        ]

    @classmethod
    def _of_md5(cls, profile: ProviderProfile, md5: bytes, sha256: bytes = b"") -> "Proof":
        return cls(_header("ContentMD5", md5), lambda: md5, sha256, checked=profile.content_md5_checked)

    def holds(self, stored: Stored) -> bool | None:
        """Compare with the provider's answer; None if the answer does not say enough."""
        for name, sent in self.headers.items():
            if name in stored.checksums:
                return stored.checksums[name] == sent
        if not stored.etag:
            return None
        if not self.headers:
            return True  # the signature is the proof: other bytes than the signed ones would have been refused
        if not stored.etag_is_md5:
            return None
        if stored.etag == self._md5().hex():
            return True
        return False if md5_of(stored.etag) else None

    def expected(self, stored: Stored, size: int, metadata: Mapping[str, str]) -> Expected:
        """Return what a check must find, given an answer that does not prove the write of an object in one piece."""
        etag = "" if stored.checksums else self._md5().hex()  # a wrong checksum leaves no trust in the ETag
        return Expected(size, etag, self.sha256, metadata, checked=self.checked and self.holds(stored) is None)


def algorithm_of_parts(profile: ProviderProfile, *, file: bool = False) -> dict[str, str]:
    """Return the arguments of CreateMultipartUpload that announce the checksums of a stream's or a file's parts."""
    if profile.crc32_checked:
        return {"ChecksumAlgorithm": "CRC32"}
    return {"ChecksumAlgorithm": "SHA256"} if profile.sha256_checked and not file else {}


def put_proven(  # noqa: PLR0917 # what a write needs
    store: ObjectStore,
    key: str,
    body: "DigestedBody | FileBody",
    headers: Mapping[str, Any],
    condition: Condition,
    proof: Proof,
) -> None:
    """Write an object with one PutObject under a condition, and verify what was stored; errors as `check_stored`.

    Parameters
    ----------
    headers
        Arguments of PutObject, `Metadata` among them.
    proof
        Of the body.
    """
    stored = store.put(key, body, {**headers, **proof.headers}, condition)
    if not proof.holds(stored):
        check_stored(store, key, stored, proof.expected(stored, len(body), headers["Metadata"]))


def check_stored(store: ObjectStore, key: str, stored: Stored, expected: Expected) -> None:
    """Check what was stored if the answer to the write does not prove it; raise unless it is right.

    An ETag that is an MD5 decides. One that is not, on an object of the right
    size, is enough where the provider has checked a digest of what was sent;
    elsewhere the object is read back.

    Raises
    ------
    WrongContentError
        Something else is stored, or nothing.
    PreconditionFailedError
        Whether this was ever stored is unknown: somebody else's object is there.
    """
    found = store.head(key)
    if found is None:
        raise WrongContentError(store, key, "the object is missing after the write")
    if stored.etag and found.etag != stored.etag:
        return  # somebody else has replaced it already, and verifies their own object
    if not stored.etag and not expected.metadata.items() <= found.metadata.items():
        raise PreconditionFailedError(
            f"the answer to the write of {key!r} says nothing, and somebody else's object is there",
            bucket=store.bucket,
            key=key,
        )
    if found.size != expected.size:
        raise WrongContentError(store, key, f"it has {found.size} bytes instead of {expected.size}", found.etag)
    if not _looks_right(found, expected) and not _reads_back(store, found, expected):
        raise WrongContentError(store, key, f"its ETag is {found.etag}", found.etag)


def _looks_right(found: ObjectInfo, expected: Expected) -> bool:
    if expected.etag and found.etag_is_md5 and has_digest(found.etag):
        return found.etag == expected.etag
    return expected.checked or not expected.sha256


def _reads_back(store: ObjectStore, found: ObjectInfo, expected: Expected) -> bool:
    """Whether the object has the expected SHA-256, for a provider whose ETags are not the MD5 of the content."""
    if not expected.sha256:
        return False
    try:
        with store.open(found.key, if_match=found.etag) as stream:
            if stream.info.etag != found.etag:
                return True  # replaced by somebody else, who verifies their own object
            return stream.sha256() == expected.sha256
    except (NotFoundError, PreconditionFailedError):
        return True  # the same


def _header(name: str, value: bytes) -> dict[str, str]:
    return {name: b64encode(value).decode()}


def _crc32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _md5(data: DigestedBody) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
