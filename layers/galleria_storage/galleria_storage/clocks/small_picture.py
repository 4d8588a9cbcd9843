"""The thumbnail in a photo: Exif 2.32 4.5.5, IFD1 with JPEGInterchangeFormat and its length."""

from collections.abc import Iterable
from typing import Final

from galleria_storage.errors import GalleriaError
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.tiff.tables import TiffTables

_START, _LENGTH = 0x0201, 0x0202
_LARGEST: Final = 256 * 1024
_SOI: Final = b"\xff\xd8\xff"


def thumbnail_of(blocks: Iterable[Block]) -> bytes | None:
    """Return the thumbnail in the first block that has one, as a JPEG; None if there is none."""
    for block in blocks:
        if block.kind == "exif":
            try:
                found = _in_block(block)
            except GalleriaError:
                continue
            if found:
                return found
    return None


def _in_block(block: Block) -> bytes | None:
    tables = TiffTables(block.source, lenient=True)
    for table in tables.all:
        numbers = {field.tag: tables.numbers(field) for field in table.find({_START, _LENGTH})}
        start, length = numbers.get(_START), numbers.get(_LENGTH)
        if table is not tables.exif and start and length and 0 < length[0] <= _LARGEST:
            data = tables.source.read(start[0], length[0])
            if data.startswith(_SOI):
                return data
    return None
