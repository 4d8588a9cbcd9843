"""WebP files that tests build, chunk by chunk."""

from collections.abc import Sequence

#: The header of a lossy frame of 3 x 2 pixels (RFC 6386 9.1); no decoder looks further here.
VP8 = b"\x30\x01\x00\x9d\x01\x2a\x03\x00\x02\x00" + b"data" * 4
#: The header of a lossless image of 3 x 2 pixels with alpha (RFC 9649 3.4).
VP8L = b"\x2f" + ((3 - 1) | (2 - 1) << 14 | 1 << 28).to_bytes(4, "little") + b"data" * 3
CANVAS = b"\x02\0\0\x01\0\0"


def chunk(kind: bytes, data: bytes = b"", pad: bytes = b"\0") -> bytes:
    """Return one chunk, padded to an even size."""
    return kind + len(data).to_bytes(4, "little") + data + (pad if len(data) % 2 else b"")


def vp8x(flags: int) -> bytes:
    """Return the header of an extended file of 3 x 2 pixels."""
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + CANVAS)


def webp(*chunks: bytes) -> bytes:
    """Return a file of these chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def chunks_of(file: bytes) -> list[tuple[bytes, bytes]]:
    """Read a WebP: type and data of each chunk; sizes that do not add up fail."""
    assert file[:4] + file[8:12] == b"RIFFWEBP"
    end, at, found = 8 + int.from_bytes(file[4:8], "little"), 12, []
    assert end <= len(file)
    while at < end:
        size = int.from_bytes(file[at + 4 : at + 8], "little")
        found.append((file[at : at + 4], file[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    assert at == end
    return found


def kinds_of(file: bytes) -> Sequence[bytes]:
    """Return the types of a file's chunks."""
    return [kind for kind, _ in chunks_of(file)]
