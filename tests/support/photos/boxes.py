"""Boxes of the ISO base media file format, built and read by other code than the library's."""

from collections.abc import Iterator
from typing import NamedTuple


class Found(NamedTuple):
    """A box in some bytes: its type, where it starts, and its content."""

    kind: bytes
    start: int
    body: bytes


def box(kind: bytes, *parts: bytes, large: bool = False, is_open: bool = False) -> bytes:
    body = b"".join(parts)
    if large:
        return b"\0\0\0\1" + kind + (16 + len(body)).to_bytes(8, "big") + body
    return (0 if is_open else 8 + len(body)).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, bytes([version]), flags.to_bytes(3, "big"), *parts)


def u(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def number(data: bytes, at: int, size: int) -> int:
    assert at + size <= len(data)
    return int.from_bytes(data[at : at + size], "big")


def boxes_of(data: bytes, at: int = 0) -> Iterator[Found]:
    while at < len(data):
        size, header = number(data, at, 4), 8
        if size == 1:
            size, header = number(data, at + 8, 8), 16
        size = size or len(data) - at
        assert header <= size <= len(data) - at
        yield Found(data[at + 4 : at + 8], at, data[at + header : at + size])
        at += size


def kinds_of(data: bytes) -> list[bytes]:
    return [found.kind for found in boxes_of(data)]


def only(data: bytes, kind: bytes) -> bytes:
    (body,) = [found.body for found in boxes_of(data) if found.kind == kind]
    return body


#: How files of JPEG XL and JPEG 2000 begin (ISO/IEC 18181-2, ISO/IEC 15444-1 annex I).
JXL_START = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
JP2_START = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ") + box(b"jp2h", b"header")
