"""Width and height of a picture as they are stored, from its first bytes."""

import struct
from typing import Final

from galleria_storage.photos.source import RangedSource

_HEAD_BYTES: Final = 64 * 1024
#: Start of frame: ITU-T T.81, table B.1, without DHT, JPG and DAC.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MAX_SEGMENTS: Final = 512


def dimensions(source: RangedSource, media_type: str) -> tuple[int, int] | None:
    """Return width and height in pixels; None for a format, or a file, that does not tell them where it should.

    Sources: ITU-T T.81 B.2.2 (JPEG); PNG 11.2.2; RFC 9649 (WebP); GIF89a 18; ISO/IEC 23008-12 6.5.3 (HEIF, AVIF).
    """
    if media_type == "image/jpeg":
        return _of_jpeg(source)
    head = source.read(0, min(source.size, _HEAD_BYTES))
    try:
        if media_type == "image/png":
            width, height = struct.unpack_from(">II", head, 16)
        elif media_type == "image/gif":
            width, height = struct.unpack_from("<HH", head, 6)
        elif media_type == "image/webp":
            width, height = _of_webp(head)
        elif media_type.startswith(("image/hei", "image/avi")):
            width, height = _of_heif(head)
        else:
            return None
    except (struct.error, ValueError, IndexError):
        return None
    return (width, height) if width and height else None


def _of_jpeg(source: RangedSource) -> tuple[int, int] | None:
    """Go from segment to segment up to the frame header: what is embedded in one of them is another picture."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        found = source.read(at, min(10, max(source.size - at, 0)))
        if len(found) < 10 or found[0] != 0xFF:  # noqa: PLR2004 # a marker and a frame header's begin
            return None
        if found[1] == 0xFF:  # noqa: PLR2004 # fill byte, B.1.1.2
            at += 1
            continue
        if found[1] in _FRAMES:
            height, width = struct.unpack_from(">HH", found, 5)
            return (width, height) if width and height else None
        at += 2 + int(struct.unpack_from(">H", found, 2)[0])
    return None


def _of_webp(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def _of_heif(head: bytes) -> tuple[int, int]:
    """Return the largest extent among the items: the picture is larger than its tiles and its thumbnail."""
    extents = []
    at = head.find(b"ispe")
    while at >= 0:
        extents.append(struct.unpack_from(">II", head, at + 8))
        at = head.find(b"ispe", at + 4)
    width, height = max(extents, key=lambda extent: extent[0] * extent[1])
    return width, height
