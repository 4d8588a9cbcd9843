"""PNG files that tests build, chunk by chunk."""

from collections.abc import Sequence
from zlib import compress, crc32

SIGNATURE = b"\x89PNG\r\n\x1a\n"
IHDR = b"\0\0\0\x02\0\0\0\x02\x08\x00\0\0\0"
PIXELS = compress(b"\0\x10\x20" * 2)


def chunk(kind: bytes, data: bytes = b"", crc: int | None = None) -> bytes:
    """Return one chunk; its CRC may be given to be wrong."""
    checksum = crc32(kind + data) if crc is None else crc
    return b"".join((len(data).to_bytes(4, "big"), kind, data, checksum.to_bytes(4, "big")))


def png(*, before: Sequence[bytes] = (), image: Sequence[bytes] = (), after: Sequence[bytes] = ()) -> bytes:
    """Return a grey PNG of four pixels with further chunks before and after its image."""
    shown = image or (chunk(b"IDAT", PIXELS),)
    return b"".join((SIGNATURE, chunk(b"IHDR", IHDR), *before, *shown, *after, chunk(b"IEND")))


def chunks_of(file: bytes) -> list[tuple[bytes, bytes]]:
    """Read a PNG: type and data of each chunk up to IEND; a wrong CRC fails."""
    assert file.startswith(SIGNATURE)
    at, found = len(SIGNATURE), []
    while not found or found[-1][0] != b"IEND":
        length = int.from_bytes(file[at : at + 4], "big")
        kind, data = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        assert int.from_bytes(file[at + 8 + length : at + 12 + length], "big") == crc32(kind + data), kind
        found.append((kind, data))
        at += 12 + length
    return found


def raw_profile(block: bytes, name: bytes = b"exif", width: int = 72, header: bytes = b"Exif\0\0") -> bytes:
    """Return the text of a raw profile, as ImageMagick writes it."""
    content = (header + block).hex().encode()
    lines = [content[at : at + width] for at in range(0, len(content), width)]
    return b"\n" + name + b"\n" + str(len(header + block)).rjust(8).encode() + b"\n" + b"\n".join(lines) + b"\n"
