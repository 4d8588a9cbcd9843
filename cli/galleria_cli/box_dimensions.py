"""Width and height in formats that are made of boxes: HEIF, AVIF, JPEG 2000, JPEG XL, CR3 and films."""

import struct
from collections.abc import Iterator
from typing import Final

from galleria_cli.raw_dimensions import of_tiff
from galleria_storage.photos.boxes import Box, read_header, walk
from galleria_storage.photos.source import RangedSource, WindowSource

Size = tuple[int, int]
_MOST: Final = 4096
_JXL_SIGNATURE: Final = b"\xff\x0a"
#: ISO/IEC 18181-1, D.2: ratios of width to height for which the width is not stored.
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_SIZE_BITS: Final = (9, 13, 18, 30)


def of_heif(source: RangedSource) -> Size | None:
    """Return the largest extent among the items (ISO/IEC 23008-12, 6.5.3): tiles and thumbnails are smaller."""
    extents = _inside(source, (b"meta", 4), (b"iprp", 0), (b"ipco", 0), (b"ispe", 4))
    found = [struct.unpack(">II", source.read(box.body + 4, 8)) for box in extents]
    size = max(found, key=lambda extent: extent[0] * extent[1], default=None)
    return (size[0], size[1]) if size else of_film(source)  # a sequence of pictures is a film


def of_jp2(source: RangedSource) -> Size | None:
    """Read the image header box (ISO/IEC 15444-1, I.5.3.1), or the codestream's size marker (A.5.1)."""
    if source.read(0, 4) == b"\xff\x4f\xff\x51":
        width, height, left, top = struct.unpack(">4I", source.read(8, 16))
        return width - left, height - top
    for header in _inside(source, (b"jp2h", 0), (b"ihdr", 0)):
        height, width = struct.unpack(">II", source.read(header.body, 8))
        return width, height
    return None


def of_jxl(source: RangedSource) -> Size | None:
    """Read the size header of the codestream (ISO/IEC 18181-1, D.2), which may be in a box, or in parts of one."""
    if source.read(0, 2) == _JXL_SIGNATURE:
        return _jxl_size(source.read(2, min(source.size - 2, 16)))
    for box in walk(source, 0, source.size):
        if box.kind in {b"jxlc", b"jxlp"}:
            start = box.body + (4 if box.kind == b"jxlp" else 0)
            data = source.read(start, min(18, box.stop - start))
            return _jxl_size(data[2:]) if data[:2] == _JXL_SIGNATURE else None
    return None


def of_cr3(source: RangedSource) -> Size | None:
    """Read the first table that Canon keeps in its own box of the movie header."""
    for movie in walk(source, 0, source.size):
        if movie.kind == b"moov":
            for own in walk(source, movie.body, movie.stop):
                for box in walk(source, own.body + 16, own.stop) if own.kind == b"uuid" else ():
                    if box.kind == b"CMT1":
                        return of_tiff(WindowSource(source, box.body, box.stop - box.body))
    return None


def of_film(source: RangedSource) -> Size | None:
    """Return the largest track's size (ISO/IEC 14496-12, 8.3.2): fixed-point numbers at the end of its header."""
    found = []
    for header in _inside(source, (b"moov", 0), (b"trak", 0), (b"tkhd", 0)):
        width, height = struct.unpack(">II", source.read(header.stop - 8, 8))
        found.append((width >> 16, height >> 16))
    return max(found, key=lambda size: size[0] * size[1], default=None)


def _inside(source: RangedSource, *path: tuple[bytes, int]) -> Iterator[Box]:
    """Yield the boxes at the end of a path of kinds, each with the number of bytes before its inner boxes."""
    yield from _below(source, 0, source.size, path)


def _below(source: RangedSource, start: int, stop: int, path: tuple[tuple[bytes, int], ...]) -> Iterator[Box]:
    (kind, skip), *rest = path
    for _ in range(_MOST):
        box = read_header(source, start, stop)
        if box is None:
            return
        if box.kind == kind:
            if rest:
                yield from _below(source, box.body + skip, box.stop, tuple(rest))
            else:
                yield box
        start = box.stop


def _jxl_size(data: bytes) -> Size:
    bits = _Bits(int.from_bytes(data, "little"))
    small = bits.take(1)
    height = 8 * (bits.take(5) + 1) if small else bits.take(_SIZE_BITS[bits.take(2)]) + 1
    if ratio := bits.take(3):
        across, down = _RATIOS[ratio - 1]
        return height * across // down, height
    return (8 * (bits.take(5) + 1) if small else bits.take(_SIZE_BITS[bits.take(2)]) + 1), height


class _Bits:
    """Bits of a codestream, the lowest of each byte first."""

    def __init__(self, number: int) -> None:
        self._number = number

    def take(self, count: int) -> int:
        """Return the next bits as a number."""
        value = self._number & ((1 << count) - 1)
        self._number >>= count
        return value
