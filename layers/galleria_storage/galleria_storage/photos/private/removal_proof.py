"""Proving that removed data is gone: no block lists it, and its bytes occur nowhere."""

from collections.abc import Iterator, Sequence
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII
from galleria_storage.photos.iptc import datasets
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.private.removal import Removal, embedded, removal_patches
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import GPS_IFD, Table, TiffTables
from galleria_storage.photos.xmp import Packet

MIN_VALUE: Final = 6
"""Bytes of the shortest value that is searched for: shorter ones may occur by chance."""

SEARCHED: Final = 1024 * 1024
"""First bytes of the file that are searched in addition to the blocks: maker notes and previews are there."""

_WIDE: Final = ("utf-16-le", "utf-16-be")


def prove_removed(before: Sequence[Block], source: RangedSource, after: Sequence[Block], removal: Removal) -> None:
    """Prove that groups of metadata are gone from a photo.

    Parameters
    ----------
    before
        The blocks of the photo before the removal.
    source, after
        The photo after the removal, and its blocks.
    removal
        What was removed.

    Raises
    ------
    CorruptPhotoError
        Some of it can still be read or found. The message does not say what it is.
    """
    if any(removal_patches(after, removal)):
        raise _left(removal, "a reader would still find some of it")
    everything = [source.read(0, min(source.size, SEARCHED)), *(block.source.read(0, SEARCHED) for block in after)]
    kept = list(_kept_texts(after))
    for value in set(_values(before, removal)):
        if not any(value in text for text in kept) and any(value in data for data in everything):
            raise _left(removal, "the same bytes are in it a second time, where no tag tells what they mean")


def _left(removal: Removal, why: str) -> CorruptPhotoError:
    return CorruptPhotoError(
        f"The photo would still reveal what it should not ({', '.join(removal.names)}): {why}.",
        tag="remove",
        advice="Remove maker-notes, too, or remove the metadata with a photo program.",
    )


def _values(blocks: Sequence[Block], removal: Removal) -> Iterator[bytes]:
    """Yield the bytes to search for, in all encodings in which they might occur again."""
    for value in _stored_values(blocks, removal):
        stripped = value.strip(b"\0 \t\r\n")
        if len(stripped) < MIN_VALUE or len(set(stripped)) < 3:  # zeros, blanks, a line of dashes
            continue
        yield stripped
        try:
            text = stripped.decode()
        except UnicodeDecodeError:
            continue
        yield from (text.encode(encoding) for encoding in _WIDE)


def _stored_values(blocks: Sequence[Block], removal: Removal) -> Iterator[bytes]:
    for block in blocks:
        if block.kind == "exif":
            tables = TiffTables(block.source)
            for table in tables.all:
                yield from _field_values(tables, table, removal)
            yield from _stored_values(list(embedded(block)), removal)
        elif block.kind == "xmp":
            found = Packet(block.source.read(0, block.source.size)).properties
            yield from (each.value.encode() for each in found if each.value and removal.has_property(each))
        elif block.kind == "iptc":
            data = block.source.read(0, block.source.size)
            for record, number, span in datasets(data):
                if removal.has_dataset(record, number):
                    yield data[span.start : span.stop]
        elif block.kind == "text" and removal.has_text(block.name):
            yield block.source.read(0, block.source.size)


def _field_values(tables: TiffTables, table: Table, removal: Removal) -> Iterator[bytes]:
    is_gps = table.name == "GPS IFD" and GPS_IFD in removal.exif
    for field in table.fields:
        if (is_gps or field.tag in removal.exif) and not field.is_inline:
            start, stop = field.value
            if stop - start <= SEARCHED:
                yield tables.source.read(start, stop - start)


def _kept_texts(blocks: Sequence[Block]) -> Iterator[bytes]:
    """Yield the texts that stay: a name may be part of the copyright, or be the camera's maker."""
    for block in blocks:
        if block.kind == "exif":
            yield from _kept_texts(list(embedded(block)))
            tables = TiffTables(block.source)
            for field in (field for table in tables.all for field in table.fields if field.type == ASCII):
                yield tables.source.read(field.value.start, field.value.stop - field.value.start)
        elif block.kind == "xmp":
            for each in Packet(block.source.read(0, block.source.size)).properties:
                yield (each.value or "").encode()
        elif block.kind == "iptc":
            data = block.source.read(0, block.source.size)
            yield from (data[found.data.start : found.data.stop] for found in datasets(data))
