"""Beginnings of files that hold pictures, films or both, as small as they can be."""

from tests.support.photos.boxes import box


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    return box(b"ftyp", major, bytes(4), *compatible)


def handler(kind: bytes) -> bytes:
    return box(b"hdlr", bytes(8), kind, bytes(13))


def meta(kind: bytes = b"pict") -> bytes:
    return box(b"meta", bytes(4), handler(kind), box(b"pitm", bytes(6)))


def track(kind: bytes) -> bytes:
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), handler(kind)))


def moov(*kinds: bytes) -> bytes:
    return box(b"moov", box(b"mvhd", bytes(100)), *map(track, kinds))
