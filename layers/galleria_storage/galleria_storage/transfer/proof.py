"""Proof that a provider stored the bytes that it was sent.

Proof is what was seen: a digest in the answer to the write or, where that
does not tell, a look at what is stored. An answer that says nothing, not even
an ETag, proves nothing: a gateway may have given it.
"""

import hashlib
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from galleria_storage.errors import IntegrityError, NotFoundError, PreconditionFailedError
from galleria_storage.s3.objects import ObjectInfo, ObjectStore, Stored
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.etags import has_digest, md5_of

_READ: Final = 1024 * 1024


class WrongContentError(IntegrityError):
    """The provider stored something else than it was sent; `etag` is that object's (empty: nothing is stored)."""

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
    """What a look at a stored object must find.

    Attributes
    ----------
    size
        Bytes.
    etag
        What an unencrypted bucket gives this content; empty if unknown.
    sha256
        Of the content; empty if unknown.
    metadata
        Sent along: by it we know our own object again.
    proven
        Whether the answer to the write proves it already.
    checked
        Whether the provider is known to have compared a digest that was sent with what it received.
    """

    size: int
    etag: str = ""
    sha256: bytes = b""
    metadata: Mapping[str, str] = field(default_factory=dict)
    proven: bool = False
    checked: bool = False


class Proof:
    """The digest that goes with some bytes, so that the provider checks them and we check its answer.

    SHA-256 where the provider checks it, as a checksum or as part of the
    signature (it costs less than half of MD5 on a processor that knows it);
    else MD5. For a part, whose SHA-256 nobody asks for, CRC-32 where the
    provider checks that: it costs a fifth of SHA-256.

    Parameters
    ----------
    profile
        Facts about the provider.
    data
        The bytes.
    sha256
        Their SHA-256 where it is known already.
    part
        Whether they are a part of a multipart upload.

    Attributes
    ----------
    headers
        What goes with the request, as boto3 names it.
    checked
        Whether the provider is known to compare it with what it receives.
    """

    def __init__(
        self, profile: ProviderProfile, data: DigestedBody, sha256: bytes = b"", *, part: bool = False
    ) -> None:
        self._data = data
        self.checked = True
        self.headers: dict[str, str] = {}
        data.sha256 = sha256  # known, it is signed for nothing; unknown, the body is not hashed for the signature
        if part and profile.crc32_checked:
            self._send("ChecksumCRC32", zlib.crc32(data).to_bytes(4, "big"))
        elif profile.sha256_checked or profile.signed_sha256_checked:
            data.sha256 = sha256 or hashlib.sha256(data).digest()
            if profile.sha256_checked:
                self._send("ChecksumSHA256", data.sha256)
        else:
            self._send("ContentMD5", _md5(data))
            self.checked = profile.content_md5_checked

    def _send(self, name: str, digest: bytes) -> None:
        self.headers = {name: b64encode(digest).decode()}

    def holds(self, stored: Stored) -> bool | None:
        """Compare with the provider's answer; None: the answer does not tell."""
        for name, sent in self.headers.items():
            if name in stored.checksums:
                return stored.checksums[name] == sent
        if not stored.etag:
            return None
        if not self.headers:
            return True  # the signature is the proof: other bytes than the signed ones would have been refused
        if stored.etag_is_md5 and (found := md5_of(stored.etag)):
            return found == self._md5()
        return None

    def expected(self, stored: Stored, metadata: Mapping[str, str]) -> Expected:
        """Return what a look must find, given the answer to the write of an object in one piece."""
        holds = self.holds(stored)
        if holds:
            return Expected(len(self._data), proven=True)
        etag = "" if stored.checksums else self._md5().hex()  # a wrong checksum leaves no trust in the ETag
        checked = self.checked and holds is None
        return Expected(len(self._data), etag, self._data.sha256, metadata, checked=checked)

    def _md5(self) -> bytes:
        sent = self.headers.get("ContentMD5")
        return b64decode(sent) if sent else _md5(self._data)


def algorithm_of_parts(profile: ProviderProfile) -> dict[str, str]:
    """Return what CreateMultipartUpload must say about the checksums that `Proof` sends with the parts."""
    if profile.crc32_checked:
        return {"ChecksumAlgorithm": "CRC32"}
    return {"ChecksumAlgorithm": "SHA256"} if profile.sha256_checked else {}


def check_stored(store: ObjectStore, key: str, stored: Stored, expected: Expected) -> None:
    """Refuse what was stored unless it is proven, by the answer to the write or by a look.

    An ETag that is an MD5 decides. One that is not, on an object of the right
    size, is enough where the provider has checked a digest of what was sent;
    elsewhere the object is read back.

    Raises
    ------
    WrongContentError
        Something else is stored, or nothing.
    PreconditionFailedError
        It cannot be told whether this was ever stored: somebody else's object is there.
    """
    if expected.proven:
        return
    found = store.head(key)
    if found is None:
        raise WrongContentError(store, key, "there is no such object after the write")
    if stored.etag and found.etag != stored.etag:
        return  # somebody has replaced it already: theirs to verify
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
    """Whether the object has the SHA-256 expected: for a provider whose ETags are MD5 digests of something else."""
    if not expected.sha256:
        return False
    digest, left = hashlib.sha256(), found.size
    buffer = memoryview(bytearray(min(_READ, max(left, 1))))
    try:
        with store.open(found.key, if_match=found.etag) as stream:
            if stream.info.etag != found.etag:
                return True  # replaced: theirs to verify
            while left:
                stream.fill(buffer[: min(left, _READ)])
                digest.update(buffer[: min(left, _READ)])
                left -= min(left, _READ)
    except (NotFoundError, PreconditionFailedError):
        return True  # the same
    return digest.digest() == expected.sha256


def _md5(data: DigestedBody) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
