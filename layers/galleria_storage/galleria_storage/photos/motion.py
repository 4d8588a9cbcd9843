"""What follows the picture in a file: the film of a motion photo, gain maps and other pictures.

Google's Motion Photo format 1.0 and Ultra HDR image format 1.1: XMP lists the
items of the container with their lengths; the last one ends where the file ends.
Older files record the film's distance from the end of the file
(``MicroVideoOffset``). Samsung's trailer (ExifTool, Samsung.pm,
``ProcessSamsung``) ends with ``SEFT`` and lists entries by their distance from its
start.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.plan import Span
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.xmp import Name, Packet

MARK: Final = b"ns.google.com/photos/1.0/"
"""Present in the XMP of all files that list what follows."""

MAX_ITEMS: Final = 64
_CAMERA: Final = "http://ns.google.com/photos/1.0/camera/"
_ITEM: Final = "http://ns.google.com/photos/1.0/container/item/"
_OLD_OFFSET: Final = Name(_CAMERA, "MicroVideoOffset")
_LENGTH, _PADDING, _MIME = Name(_ITEM, "Length"), Name(_ITEM, "Padding"), Name(_ITEM, "Mime")
_END, _START = b"SEFT", b"SEFH"
_ENTRY: Final = 12
_COUNTRY: Final = b"MCC_Data"
_FILM: Final = b"MotionPhoto_Data"
_LONGEST_NAME: Final = 64


class Appendix(NamedTuple):
    """Something that follows the picture."""

    span: Span
    is_film: bool


def appendices(source: RangedSource, xmp: bytes) -> list[Appendix]:
    """Find what follows the picture, as listed by XMP or Samsung's trailer.

    Parameters
    ----------
    source
        The photo.
    xmp
        Its main packet; empty if it has none.

    Raises
    ------
    CorruptPhotoError
        The packet cannot be read.
    """
    spans = [*(_listed(source.size, Packet(xmp)) if MARK in xmp else ()), *_samsung_films(source)]
    found: dict[int, Appendix] = {}
    for span in spans:
        start = source.read(span.start, 8)
        if start[4:] == b"ftyp" or start[:2] == b"\xff\xd8":
            found.setdefault(span.start, Appendix(span, start[4:] == b"ftyp"))
    return list(found.values())


def _listed(size: int, packet: Packet) -> Iterator[Span]:
    lengths: list[int] = []
    for found in packet.properties:
        if found.value is None or not found.value.strip().isdecimal():
            continue
        number = int(found.value)
        if found.name == _OLD_OFFSET and 0 < number <= size:
            yield Span(size - number, size)
        elif found.name == _LENGTH:
            lengths.append(number)
    stop = size
    for length in reversed(lengths[:MAX_ITEMS]):
        if 0 < length <= stop:
            yield Span(stop - length, stop)
            stop -= length


def _samsung_films(source: RangedSource) -> Iterator[Span]:
    return (span for name, span in samsung_entries(source) if name == _FILM)


def samsung_blocks(source: RangedSource) -> Iterator[Block]:
    """Yield what Samsung's trailer has besides films: the country of the mobile network."""
    for name, span in samsung_entries(source):
        if name == _COUNTRY:
            yield plain_block("text", "location of the network", source, span.start, span.stop - span.start)


def samsung_entries(source: RangedSource) -> Iterator[tuple[bytes, Span]]:
    """Yield name and data of each entry of Samsung's trailer; nothing if there is none."""
    end = source.read(max(source.size - 8, 0), 8)
    if end[4:] != _END:
        return
    start = source.size - 8 - int.from_bytes(end[:4], "little")
    header = source.read(start, 12) if start > 0 else b""
    count = int.from_bytes(header[8:12], "little")
    if header[:4] != _START or count > MAX_ITEMS:
        return
    table = source.read(start + 12, count * _ENTRY)
    for at in range(0, len(table) - _ENTRY + 1, _ENTRY):
        distance, size = (int.from_bytes(table[at + n : at + n + 4], "little") for n in (4, 8))
        begin = start - distance
        name_size = int.from_bytes(source.read(begin + 4, 4), "little") if begin > 0 else 0
        if 0 < name_size <= min(_LONGEST_NAME, size - 8) and begin + size <= start:
            yield source.read(begin + 8, name_size), Span(begin + 8 + name_size, begin + size)
