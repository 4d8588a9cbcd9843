"""Width and height of TIFF and RAW files."""

import struct
from typing import Final

from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import Table, TiffTables

#: TIFF 6.0, section 8; TIFF/EP (ISO 12234-2) for NewSubfileType in RAW.
_TYPE_OF_IMAGE, _WIDTH, _LENGTH = 0x00FE, 0x0100, 0x0101
_REDUCED: Final = 1
#: Exif 2.32, 4.6.5: what the picture measures after the camera's own crop.
_EXIF_WIDTH, _EXIF_LENGTH = 0xA002, 0xA003
#: Panasonic RW2: borders of the picture on the sensor.
_TOP, _LEFT, _BOTTOM, _RIGHT = 0x0004, 0x0005, 0x0006, 0x0007
#: Fujifilm RAF: where its header has the offset of the sensor's table, and tags of that: cropped, and whole.
_RAF_TABLE_AT: Final = 92
_RAF_CROPPED, _RAF_WHOLE = 0x0111, 0x0100
_MAX_RAF_RECORDS: Final = 255


def of_tiff(source: RangedSource) -> tuple[int, int] | None:
    """Return the size of the largest picture that is not reduced; RAW files have previews in their first table."""
    tables = TiffTables(source, lenient=True)
    pictures = [(_value(tables, table, _TYPE_OF_IMAGE) & _REDUCED, _size(tables, table)) for table in tables.all]
    whole = [size for reduced, size in pictures if size and not reduced]
    found = whole or [size for _, size in pictures if size]
    if tables.exif and not found:
        found = [(_value(tables, tables.exif, _EXIF_WIDTH), _value(tables, tables.exif, _EXIF_LENGTH))]
    return max(found, key=lambda size: size[0] * size[1], default=None)


def of_rw2(source: RangedSource) -> tuple[int, int]:
    """Return the size of the area between the borders that the first table gives."""
    tables = TiffTables(_AsTiff(source), lenient=True)
    top, left, bottom, right = (_value(tables, tables.main, tag) for tag in (_TOP, _LEFT, _BOTTOM, _RIGHT))
    return right - left, bottom - top


def of_raf(source: RangedSource) -> tuple[int, int] | None:
    """Read the table of the sensor: records of tag, size and data, big-endian."""
    at = struct.unpack(">I", source.read(_RAF_TABLE_AT, 4))[0]
    count = struct.unpack(">I", source.read(at, 4))[0]
    at, found = at + 4, dict[int, tuple[int, int]]()
    for _ in range(min(count, _MAX_RAF_RECORDS)):
        tag, size = struct.unpack(">HH", source.read(at, 4))
        if tag in {_RAF_CROPPED, _RAF_WHOLE}:
            height, width = struct.unpack(">HH", source.read(at + 4, 4))
            found[tag] = (width, height)
        at += 4 + size
    return found.get(_RAF_CROPPED) or found.get(_RAF_WHOLE)


class _AsTiff:
    """An RW2 file whose header has the number of a TIFF, 42, instead of its own."""

    def __init__(self, source: RangedSource) -> None:
        self._source = source
        self.size = source.size

    def read(self, offset: int, length: int) -> bytes:
        """Read a range."""
        data = self._source.read(offset, length)
        return data[:2] + b"*\0" + data[4:] if offset == 0 and length >= 4 else data  # noqa: PLR2004 # the header


def _size(tables: TiffTables, table: Table) -> tuple[int, int] | None:
    width, height = _value(tables, table, _WIDTH), _value(tables, table, _LENGTH)
    return (width, height) if width and height else None


def _value(tables: TiffTables, table: Table, tag: int) -> int:
    """Return one number of a table; 0 if it has none."""
    return next((number for field in table.find({tag}) for number in tables.numbers(field)[:1]), 0)
