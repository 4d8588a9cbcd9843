"""What removed fields said, in every form in which it might be found again: bytes to search for.

A text may be repeated in UTF-8 or UTF-16, a number in the other byte order, and
a coordinate as decimal degrees.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII, TYPE_SIZES
from galleria_storage.photos.iptc import datasets
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.private.groups import CAMERA_PHRASE
from galleria_storage.photos.private.maker_notes import note_values
from galleria_storage.photos.private.removal import EVERYTHING_ELSE, Removal, pictures_in
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.tiff.tables import GPS_IFD, Field, Table, TiffTables
from galleria_storage.photos.xmp import Packet

MIN_TEXT: Final = 6
"""Bytes of the shortest text that is searched for: shorter ones may occur by chance."""

MIN_NUMBERS: Final = 16
"""The same for numbers: two rationals. One alone, such as an altitude, is often found where it means another thing."""

MAX_VALUES: Final = 3000
"""Values that are searched for: a thousand texts in three encodings, more than any photo has keywords."""

LONGEST: Final = 1024 * 1024
"""Bytes of the longest value that is searched for."""

_TEXT_TYPES: Final = frozenset({1, ASCII, 7})  # TIFF 6.0 section 2: BYTE, ASCII, UNDEFINED
_RATIONALS: Final = frozenset({5, 10})
_COORDINATES: Final = frozenset({2, 4, 20, 22})  # Exif 2.32 4.6.6: GPSLatitude, GPSLongitude, and of the destination
_DECIMALS: Final = 4
"""Decimals of a degree that give a place to ten metres."""


class Value(NamedTuple):
    """Bytes to search for.

    Attributes
    ----------
    data
        The bytes.
    blank
        What may replace a byte, or two in UTF-16: a space in a text, zero in a number.
    text
        The text as UTF-8; None for numbers.
    """

    data: bytes
    blank: bytes
    text: bytes | None

    def blanks(self) -> bytes:
        """Return as many bytes that say nothing."""
        return self.blank * (len(self.data) // len(self.blank))


def values(blocks: Sequence[Block], removal: Removal) -> set[Value]:
    """Return what the fields of these blocks say that belong to the groups.

    Raises
    ------
    CorruptPhotoError
        They are more than anybody writes into a photo, and searching for all of them would take long.
    """
    found: set[Value] = set()
    for value in _values(blocks, removal):
        if len(set(value.data) - {0}) >= 2:
            found.add(value)
        if len(found) > MAX_VALUES:
            raise damaged(f"it has more than {MAX_VALUES:,} different values to remove")
    return found


def _values(blocks: Sequence[Block], removal: Removal) -> Iterator[Value]:
    for block in blocks:
        if block.kind == "exif":
            yield from _of_exif(block, removal)
        elif block.kind == "picture":
            yield from _values(list(pictures_in(block)), removal)
        elif block.kind == "xmp":
            yield from _of_packet(block, removal)
        elif block.kind == "iptc":
            data = block.source.read(0, block.source.size)
            for record, number, span in datasets(data):
                if removal.has_dataset(record, number):
                    yield from of_text(data[span.start : span.stop])
        elif block.kind == "text" and removal.has_text(block.name):
            yield from of_text(block.source.read(0, block.source.size))


def _of_exif(block: Block, removal: Removal) -> Iterator[Value]:
    tables = TiffTables(block.source, in_block=True)
    for table in tables.all:
        yield from _of_fields(tables, table, removal)
    yield from _values(list(pictures_in(block)), removal)
    if EVERYTHING_ELSE not in removal.names:
        yield from chain.from_iterable(of_text(text) for text in note_values(block.source, removal.names))


def _of_packet(block: Block, removal: Removal) -> Iterator[Value]:
    try:
        packet = Packet(block.source.read(0, block.source.size))
    except CorruptPhotoError:
        return  # it is gone as a whole, or `removal` has refused it
    for found in packet.properties:
        if found.value and removal.has_property(found):
            yield from of_text(found.value.encode())


def of_text(data: bytes) -> Iterator[Value]:
    """Yield a text in all encodings; nothing for a short one, blanks, dashes, or a camera's phrase."""
    text = data.strip(b"\0 \t\r\n")
    if len(text) < MIN_TEXT or len(set(text)) < 3 or CAMERA_PHRASE.fullmatch(text):
        return
    yield Value(text, b" ", text)
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        return
    for encoding in ("utf-16-le", "utf-16-be"):
        yield Value(decoded.encode(encoding), " ".encode(encoding), text)


def of_numbers(data: bytes, size: int) -> Iterator[Value]:
    """Yield numbers of this size in both byte orders."""
    if len(data) >= MIN_NUMBERS and len(set(data)) >= 3:
        yield Value(data, b"\0", None)
        swapped = b"".join(data[at : at + size][::-1] for at in range(0, len(data), size))
        yield Value(swapped, b"\0", None)


def _of_fields(tables: TiffTables, table: Table, removal: Removal) -> Iterator[Value]:
    is_gps = table.name == "GPS IFD" and GPS_IFD in removal.exif
    for field in table.fields:
        if (not is_gps and field.tag not in removal.exif) or field.is_inline:
            continue
        start, stop = field.value
        if stop - start > LONGEST:
            continue
        data = tables.source.read(start, stop - start)
        if field.type in _TEXT_TYPES:
            yield from of_text(data)
        else:
            size = 4 if field.type in _RATIONALS else TYPE_SIZES.get(field.type, 1)
            yield from of_numbers(data, size)
        if is_gps and field.tag in _COORDINATES:
            yield from _degrees(tables, field, data)


def _degrees(tables: TiffTables, field: Field, data: bytes) -> Iterator[Value]:
    """Yield a coordinate as decimal degrees, which programs write into texts of their own."""
    if field.type not in _RATIONALS or len(data) != 24:
        return
    numbers = [number for (number,) in tables.order.long.iter_unpack(data)]
    parts = [above / below if below else 0.0 for above, below in list(pairwise(numbers))[::2]]
    text = f"{parts[0] + parts[1] / 60 + parts[2] / 3600:.{_DECIMALS + 2}f}"[:-2]
    if not text.endswith("0" * _DECIMALS):
        yield from of_text(text.encode())


def kept_texts(blocks: Sequence[Block]) -> Iterator[bytes]:
    """Yield the texts that stay: a name may be part of the copyright, or be the camera's maker."""
    for block in blocks:
        if block.kind in {"exif", "picture"}:
            yield from kept_texts(list(pictures_in(block)))
        if block.kind == "exif":
            tables = TiffTables(block.source, in_block=True)
            for field in (field for table in tables.all for field in table.fields if field.type == ASCII):
                yield tables.source.read(field.value.start, field.value.stop - field.value.start)
        elif block.kind == "xmp":
            yield from _texts_of(Packet(block.source.read(0, block.source.size)))
        elif block.kind == "iptc":
            data = block.source.read(0, block.source.size)
            yield from (data[found.data.start : found.data.stop] for found in datasets(data))
        elif block.kind == "text":
            yield block.source.read(0, block.source.size)


def _texts_of(packet: Packet) -> Iterator[bytes]:
    """Yield names and values of properties; a value that is not written as it reads, in its markup."""
    for found in packet.properties:
        yield found.name.local.encode()
        raw = packet.raw(found.text)
        if b"<" not in raw:
            yield raw
