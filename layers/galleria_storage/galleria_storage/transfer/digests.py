"""Digests of local content, and the ETags that a provider would give it.

With these, content can be compared with a listing, without a request for each object, if the part size can be guessed.
This library always chooses the same part size for the same size of content.
"""

import zlib
from collections.abc import Iterator
from hashlib import file_digest, md5, sha256
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from galleria_storage.errors import LocalFileError
from galleria_storage.transfer.etags import etag_of_parts, parts_of
from galleria_storage.transfer.sizes import MIB, PART, part_size

#: User metadata that holds the SHA-256 of an object's content, in hexadecimal.
SHA256_METADATA: Final = "galleria-sha256"
#: A file up to this size is sent in one PutObject (streamed from disk, never held in memory), so its ETag is its MD5.
SINGLE_PUT_BYTES: Final = 64 * MIB
#: Part sizes of tools that may have uploaded a file before: AWS CLI and boto3,
#: rclone, MinIO client, earlier versions of ours.
_KNOWN_PART_BYTES: Final = (8 * MIB, 5 * MIB, 16 * MIB)
_CHUNK: Final = MIB


class Digests(NamedTuple):
    """Checksums of one content, computed in one pass.

    Attributes
    ----------
    size
        Bytes.
    sha256
        SHA-256 of the whole, in hexadecimal.
    part_bytes
        Size of the parts in which it is sent; the last one may be shorter.
    part_md5s
        MD5 of each part; of the whole if it is sent in a single PUT.
    part_crc32s
        CRC-32 of each part; empty if the whole is sent in a single PUT.
    """

    size: int
    sha256: str
    part_bytes: int
    part_md5s: tuple[bytes, ...]
    part_crc32s: tuple[int, ...] = ()

    @property
    def etag(self) -> str:
        """The ETag (without quotes) that an unencrypted bucket gives this content, uploaded by this library."""
        return etag_of_parts(self.part_md5s) if self.part_crc32s else self.part_md5s[0].hex()


def file_part_size(size: int) -> int:
    """Return the size of the parts in which a file of `size` bytes is sent: equal sizes give comparable ETags."""
    return SINGLE_PUT_BYTES if size <= SINGLE_PUT_BYTES else part_size(size, PART)


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
        Expected number of bytes; the result has the actual one.
    """
    part_bytes, in_parts = file_part_size(size), size > SINGLE_PUT_BYTES
    whole, found = sha256(), 0
    md5s, crc32s = [], []
    for part in _parts(stream, part_bytes):
        part_md5, part_crc32 = md5(usedforsecurity=False), 0
        for chunk in part:
            whole.update(chunk)
            part_md5.update(chunk)
            part_crc32 = zlib.crc32(chunk, part_crc32) if in_parts else 0
            found += len(chunk)
        md5s.append(part_md5.digest())
        crc32s.append(part_crc32)
    md5s = md5s or [md5(usedforsecurity=False).digest()]
    return Digests(found, whole.hexdigest(), part_bytes, tuple(md5s), tuple(crc32s) if in_parts else ())


def has_etag(stream: BinaryIO, size: int, etag: str) -> bool:
    """Whether a stream's content is proven to equal that of an object with this ETag and the same size.

    False means *not proven*: the ETag may not be an MD5 (encryption), or the
    object was uploaded in parts of an unusual size.
    """
    count = parts_of(etag)
    sizes = _part_sizes(size, count) if count else (max(size, 1),)
    for bytes_in_part in sizes:
        stream.seek(0)
        found = []
        for part in _parts(stream, bytes_in_part):
            part_md5 = md5(usedforsecurity=False)
            for chunk in part:
                part_md5.update(chunk)
            found.append(part_md5.digest())
        found = found or [md5(usedforsecurity=False).digest()]
        if etag == (etag_of_parts(found) if count else found[0].hex()):
            return True
    return False


def _part_sizes(size: int, parts: int) -> tuple[int, ...]:
    """Return the known part sizes that cut `size` bytes into this number of parts, the likeliest first."""
    known = dict.fromkeys((file_part_size(size), *_KNOWN_PART_BYTES))
    return tuple(candidate for candidate in known if -(-size // candidate) == parts)


def _parts(stream: BinaryIO, bytes_in_part: int) -> Iterator[Iterator[bytes]]:
    """Cut a stream into parts, each an iterator of chunks that must be exhausted before the next."""
    while first := stream.read(min(_CHUNK, bytes_in_part)):
        yield _chunks(stream, first, bytes_in_part - len(first))


def _chunks(stream: BinaryIO, first: bytes, rest: int) -> Iterator[bytes]:
    yield first
    while rest > 0 and (chunk := stream.read(min(_CHUNK, rest))):
        rest -= len(chunk)
        yield chunk
