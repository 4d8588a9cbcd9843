"""Checksums of local content, and the ETags that a provider would give it.

An ETag is the MD5 of the content for a single PutObject without KMS or
customer-key encryption; after a multipart upload it is the MD5 of the parts'
MD5s with ``-`` and their number (S3 API, "Object", ETag). So content can be
compared with a listing, without asking for each object, if the part size can
be guessed; an uploader of this library always chooses the same one.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, md5, sha256
from pathlib import Path
from typing import BinaryIO, Final

from galleria_storage.errors import LocalFileError

#: User metadata that holds the SHA-256 of an object's content, in hexadecimal.
SHA256_METADATA: Final = "galleria-sha256"
MIB: Final = 1024 * 1024
#: Up to here one PutObject; beyond, parts. S3's own limit for one is 5 GiB.
SINGLE_PUT_BYTES: Final = 64 * MIB
_PART_BYTES: Final = 16 * MIB
#: S3 User Guide, "Amazon S3 multipart upload limits".
MAX_PARTS: Final = 10_000
#: Part sizes of tools that may have uploaded a file before: AWS CLI and boto3, rclone, MinIO client.
_KNOWN_PART_BYTES: Final = (8 * MIB, 5 * MIB, 16 * MIB)
_CHUNK: Final = MIB
_MULTIPART_ETAG: Final = re.compile(r"[0-9a-f]{32}-([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Digests:
    """Checksums of one content, taken in one reading.

    Attributes
    ----------
    size
        Bytes.
    sha256
        Of the whole, in hexadecimal.
    part_md5s
        MD5 of each part of `part_size(size)` bytes; of the whole if that is a single PUT.
    """

    size: int
    sha256: str
    part_md5s: tuple[bytes, ...]

    @property
    def etag(self) -> str:
        """The ETag (without quotes) that an unencrypted bucket gives this content, uploaded by this library."""
        return _etag(self.part_md5s, multipart=self.size > SINGLE_PUT_BYTES)

    def content_md5(self, part: int = 0) -> str:
        """Content-MD5 of a part, counted from 0 (RFC 1864: base64)."""
        return b64encode(self.part_md5s[part]).decode()


def part_size(size: int) -> int:
    """Return the part size for a content of `size` bytes: 10,000 parts suffice, and equal sizes give equal ETags."""
    if size <= SINGLE_PUT_BYTES:
        return SINGLE_PUT_BYTES
    smallest = -(-size // MAX_PARTS)
    return max(_PART_BYTES, -(-smallest // MIB) * MIB)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in pieces.

    Raises
    ------
    LocalFileError
        The file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise LocalFileError(f"{path.name!r} cannot be read: {error.strerror}") from error


def digest(stream: BinaryIO, size: int) -> Digests:
    """Read a stream to its end, in pieces, and return its checksums.

    Parameters
    ----------
    stream
        At its beginning.
    size
        How many bytes are expected; the size found stands in the answer.
    """
    whole, found, parts = sha256(), 0, []
    for part in _parts(stream, part_size(size)):
        part_md5 = md5(usedforsecurity=False)
        for chunk in part:
            whole.update(chunk)
            part_md5.update(chunk)
            found += len(chunk)
        parts.append(part_md5.digest())
    return Digests(found, whole.hexdigest(), tuple(parts) or (md5(usedforsecurity=False).digest(),))


def has_etag(stream: BinaryIO, size: int, etag: str) -> bool:
    """Whether a stream's content is proven to be that of an object with this ETag and the same size.

    False means *not proven*: the ETag may be no MD5 (encryption), or the
    object was uploaded in parts of an unusual size.
    """
    multipart = _MULTIPART_ETAG.fullmatch(etag)
    sizes = _part_sizes(size, int(multipart[1])) if multipart else (max(size, 1),)
    for bytes_in_part in sizes:
        stream.seek(0)
        found = []
        for part in _parts(stream, bytes_in_part):
            part_md5 = md5(usedforsecurity=False)
            for chunk in part:
                part_md5.update(chunk)
            found.append(part_md5.digest())
        if _etag(found or [md5(usedforsecurity=False).digest()], multipart=bool(multipart)) == etag:
            return True
    return False


def _part_sizes(size: int, parts: int) -> tuple[int, ...]:
    """Return the known part sizes that cut `size` bytes into so many parts, the likeliest first."""
    known = dict.fromkeys((part_size(size), *_KNOWN_PART_BYTES))
    return tuple(candidate for candidate in known if -(-size // candidate) == parts)


def _parts(stream: BinaryIO, bytes_in_part: int) -> Iterator[Iterator[bytes]]:
    """Cut a stream into parts, each an iterator of chunks that must be used up before the next."""
    while first := stream.read(min(_CHUNK, bytes_in_part)):
        yield _chunks(stream, first, bytes_in_part - len(first))


def _chunks(stream: BinaryIO, first: bytes, rest: int) -> Iterator[bytes]:
    yield first
    while rest > 0 and (chunk := stream.read(min(_CHUNK, rest))):
        rest -= len(chunk)
        yield chunk


def _etag(part_md5s: tuple[bytes, ...] | list[bytes], *, multipart: bool) -> str:
    if not multipart:
        return part_md5s[0].hex()
    return f"{md5(b''.join(part_md5s), usedforsecurity=False).hexdigest()}-{len(part_md5s)}"
