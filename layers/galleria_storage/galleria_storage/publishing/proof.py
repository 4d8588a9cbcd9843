"""Proof that a provider stored the bytes that it was sent."""

import hashlib
import re
import zlib
from base64 import b64decode, b64encode
from typing import Final

from galleria_storage.errors import IntegrityError
from galleria_storage.s3.objects import ObjectStore, Stored
from galleria_storage.s3.profiles import ProviderProfile
from galleria_storage.s3.sdk.signing import DigestedBody

_MD5: Final = re.compile(r"[0-9a-f]{32}")
_MD5_OF_PARTS: Final = re.compile(r"[0-9a-f]{32}-\d+")


class WrongContentError(IntegrityError):
    """The provider stored something else than it was sent; `etag` is that object's (empty: nothing stands there)."""

    def __init__(self, store: ObjectStore, key: str, how: str, etag: str = "") -> None:
        super().__init__(
            f"{key!r} in bucket {store.bucket!r} was not stored as it was sent: {how}",
            bucket=store.bucket,
            key=key,
            advice="It is tried again; if it persists, ask the provider.",
        )
        self.etag = etag


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
    """

    def __init__(
        self, profile: ProviderProfile, data: DigestedBody, sha256: bytes = b"", *, part: bool = False
    ) -> None:
        self._data = data
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

    def _send(self, name: str, digest: bytes) -> None:
        self.headers = {name: b64encode(digest).decode()}

    def holds(self, stored: Stored) -> bool | None:
        """Compare with the provider's answer; None: the answer does not tell."""
        if not self.headers:
            return True  # the signature is the proof: other bytes than the signed ones would have been refused
        [(name, sent)] = self.headers.items()
        if name in stored.checksums:
            return stored.checksums[name] == sent
        if stored.etag_is_md5 and _MD5.fullmatch(stored.etag):
            md5 = b64decode(sent) if name == "ContentMD5" else _md5(self._data)
            return stored.etag == md5.hex()
        return None


def algorithm_of_parts(profile: ProviderProfile) -> dict[str, str]:
    """Return what CreateMultipartUpload must say about the checksums that `Proof` sends with the parts."""
    if profile.crc32_checked:
        return {"ChecksumAlgorithm": "CRC32"}
    return {"ChecksumAlgorithm": "SHA256"} if profile.sha256_checked else {}


def _md5(data: DigestedBody) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def etag_of_parts(parts: list[Stored]) -> str:
    """Return the ETag of an object put together from these parts; empty if theirs are no MD5 digests.

    Source: S3 User Guide, "Checking object integrity", on ETags of multipart uploads.
    """
    if not all(_MD5.fullmatch(part.etag) for part in parts):
        return ""
    digest = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in parts), usedforsecurity=False)
    return f"{digest.hexdigest()}-{len(parts)}"


def check_whole(store: ObjectStore, key: str, stored: Stored, holds: bool | None, size: int) -> None:
    """Refuse what was stored if the proof fails; where the answer does not tell, look at its size.

    Raises
    ------
    WrongContentError
        Something else was stored.
    """
    if holds:
        return
    if holds is False:
        raise WrongContentError(store, key, f"its ETag is {stored.etag}", stored.etag)
    standing = store.head(key)
    if standing is not None and standing.etag == stored.etag and standing.size != size:
        raise WrongContentError(store, key, f"it has {standing.size} bytes instead of {size}", standing.etag)


def check_parts(store: ObjectStore, key: str, stored: Stored, parts: list[Stored], size: int) -> None:
    """Do the same for an object that was put together from parts, each of which was proven.

    Raises
    ------
    WrongContentError
        Something else was stored.
    """
    expected = etag_of_parts(parts)
    holds = stored.etag == expected if expected and _MD5_OF_PARTS.fullmatch(stored.etag) else None
    check_whole(store, key, stored, holds, size)
