"""Width and height of a picture or film, as they are stored."""

import struct
from typing import Final

from galleria_cli.box_dimensions import of_cr3, of_film, of_heif, of_jp2, of_jxl
from galleria_cli.raw_dimensions import of_raf, of_rw2, of_tiff
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.jpeg.head import read_head
from galleria_storage.photos.source import RangedSource

Size = tuple[int, int]
#: Start of frame: ITU-T T.81, table B.1, without DHT, JPG and DAC.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_CORE_HEADER: Final = 12


def dimensions(source: RangedSource, media_type: str) -> Size | None:
    """Return width and height in pixels; None if the format is unknown, or the file lacks them where they should be.

    Sources: ITU-T T.81 B.2.2 (JPEG); PNG 11.2.2; RFC 9649 (WebP); GIF89a 18; BITMAPINFOHEADER (BMP). Those of the other
    formats are in their functions' docstrings.
    """
    find = FINDERS.get(media_type)
    if find is None:
        return None
    try:
        found = find(source)
    except (struct.error, ValueError, IndexError):
        return None
    except GalleriaError as error:
        if not error.permanent:
            raise
        return None
    return found if found and found[0] > 0 and found[1] > 0 else None


def _of_jpeg(source: RangedSource) -> Size | None:
    """Read the frame header; embedded pictures are inside other segments, so theirs are not found."""
    head = read_head(source)
    for segment in head.segments:
        if segment.marker in _FRAMES:
            height, width = struct.unpack_from(">HH", head.data, segment.payload + 1)
            return width, height
    return None


def _of_png(source: RangedSource) -> Size:
    width, height = struct.unpack(">II", source.read(16, 8))
    return width, height


def _of_gif(source: RangedSource) -> Size:
    width, height = struct.unpack("<HH", source.read(6, 4))
    return width, height


def _of_bmp(source: RangedSource) -> Size:
    """Read the header after the file's own; the height is negative if rows go from the top down."""
    head = source.read(14, 12)
    if struct.unpack_from("<I", head)[0] == _CORE_HEADER:
        width, height = struct.unpack_from("<HH", head, 4)
    else:
        width, height = struct.unpack_from("<ii", head, 4)
    return width, abs(height)


def _of_webp(source: RangedSource) -> Size:
    head = source.read(0, min(source.size, 30))
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


#: Media type -> what finds the size; every format that can be corrected is here.
FINDERS: Final = {
    "image/bmp": _of_bmp,
    "image/gif": _of_gif,
    "image/jp2": of_jp2,
    "image/jpeg": _of_jpeg,
    "image/jxl": of_jxl,
    "image/png": _of_png,
    "image/webp": _of_webp,
    "image/x-canon-cr3": of_cr3,
    "image/x-fuji-raf": of_raf,
    "image/x-panasonic-rw2": of_rw2,
    **dict.fromkeys(
        ("image/avci", "image/avif", "image/heic", "image/heic-sequence", "image/heif", "image/hej2k"), of_heif
    ),
    **dict.fromkeys(
        ("image/tiff", "image/x-adobe-dng", "image/x-canon-cr2", "image/x-nikon-nef", "image/x-pentax-pef",
         "image/x-sony-arw"),
        of_tiff,
    ),
    **dict.fromkeys(("video/mp4", "video/quicktime"), of_film),
}  # fmt: skip
