"""The camera that took a photo, as the photo names it."""

from collections.abc import Iterable
from typing import Final

from galleria_storage.errors import GalleriaError
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.tiff.tables import TiffTables

_MAKE, _MODEL, _SERIAL = 0x010F, 0x0110, 0xA431
_ASCII: Final = 2
_LONGEST: Final = 128


def camera_of(blocks: Iterable[Block]) -> tuple[str, str]:
    """Return maker and model in one text, and the serial number of the body, from the first block that names a camera.

    Exif 2.32: Make and Model in 4.6.4, BodySerialNumber in 4.6.5. Both texts are empty if no block does.
    """
    for block in blocks:
        if block.kind == "exif" and (found := _camera_in(block))[0]:
            return found
    return "", ""


def _camera_in(block: Block) -> tuple[str, str]:
    try:
        tables = TiffTables(block.source, lenient=True)
    except GalleriaError:
        return "", ""
    texts: dict[int, str] = {}
    for table in tables.all:
        for field in table.find({_MAKE, _MODEL, _SERIAL}):
            start, stop = field.value
            if field.type == _ASCII:
                data = tables.source.read(start, min(stop - start, _LONGEST))
                texts.setdefault(field.tag, " ".join(data.partition(b"\0")[0].decode("utf-8", "replace").split()))
    make, model = texts.get(_MAKE, ""), texts.get(_MODEL, "")
    whole = model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    return whole, texts.get(_SERIAL, "")
