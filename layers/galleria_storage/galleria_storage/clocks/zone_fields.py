"""The zone to which people set a camera, in maker notes whose fields are publicly known.

ExifTool's tables: Canon's TimeInfo (0x0035: minutes, city, 60 for daylight saving) and Nikon's WorldTime (0x0024:
minutes, 1 for daylight saving), added as ExifTool's `time_zone.config` does; Pentax's cities (0x0022: whether at home
or away; a city and its daylight saving for each). No such field of Olympus, Panasonic, Sony, Fujifilm or Apple is
known; their newer cameras write the offset tags.
"""

from collections.abc import Iterable
from struct import error as TooShort  # noqa: N812 # what it means here
from struct import unpack_from
from typing import Final

from galleria_storage.clocks.pentax_cities import STANDARD
from galleria_storage.corrections.zones import HIGHEST, LOWEST
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.exif.maker_note import NoteIfd, note_ifds
from galleria_storage.photos.exif.references import camera_make
from galleria_storage.photos.exif.tiff import TiffBlock, read_block
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.private.maker_notes import CANON_NOTE
from galleria_storage.photos.tiff.tables import TiffTables

_CANON_TIME_INFO, _NIKON_WORLD_TIME = 0x0035, 0x0024
_PENTAX: Final = frozenset({b"PENTAX", b"ASAHI", b"RICOH"})
_PENTAX_AWAY, _PENTAX_HOME_CITY, _PENTAX_AWAY_CITY = 0x0022, 0x0023, 0x0024
_PENTAX_HOME_DAYLIGHT, _PENTAX_AWAY_DAYLIGHT = 0x0025, 0x0026
_PENTAX_TIME: Final = (
    _PENTAX_AWAY, _PENTAX_HOME_CITY, _PENTAX_AWAY_CITY, _PENTAX_HOME_DAYLIGHT, _PENTAX_AWAY_DAYLIGHT,
)  # fmt: skip
_HEAD: Final = 512 * 1024
"""How many bytes of a block are searched for a maker note: a RAW file is one block, and begins with its tables."""


def zone_set(blocks: Iterable[Block]) -> int | None:
    """Return the minutes from UTC to which the clock was set, daylight saving included; None if unknown."""
    exif = [block for block in blocks if block.kind == "exif"]
    for read in (_from_note, _from_canon_structure):
        for block in exif:
            try:
                minutes = read(block)
            except (GalleriaError, TooShort, IndexError):
                continue
            if minutes is not None and LOWEST <= minutes <= HIGHEST:
                return minutes
    return None


def _from_canon_structure(block: Block) -> int | None:
    """Read a CR3, in which the maker note is a separate structure."""
    if block.name != CANON_NOTE:
        return None
    tables = TiffTables(block.source, lenient=True)
    for field in tables.main.find({_CANON_TIME_INFO}):
        return _canon(tables.source.read(field.value.start, 16), tables.order.mark)
    return None


def _from_note(block: Block) -> int | None:
    if block.name == CANON_NOTE:
        return None
    found = read_block(block.source.read(0, min(block.source.size, _HEAD)))
    make = camera_make(found)
    for note in found.maker_notes:
        if note.size > 4 and note.start < len(found.data):  # noqa: PLR2004 # it has a table
            for inner in note_ifds(found.data, found.order, note, make)[:1]:
                return _in_note(found, inner, make)
    return None


def _in_note(block: TiffBlock, note: NoteIfd, make: bytes) -> int | None:
    if make in _PENTAX:
        return _pentax(block, note)
    tag = {b"CANON": _CANON_TIME_INFO, b"NIKON": _NIKON_WORLD_TIME}.get(make)
    for entry in note.ifd.find({tag} if tag else ()):
        start = entry.start if entry.size <= 4 else note.base + entry.raw  # noqa: PLR2004 # it is in the entry
        data = block.data[start : start + 16]
        return _canon(data, note.order.mark) if make == b"CANON" else _nikon(data, note.order.mark)
    return None


def _pentax(block: TiffBlock, note: NoteIfd) -> int | None:
    short = note.order.short
    found = {entry.tag: short.unpack_from(block.data, entry.start)[0] for entry in note.ifd.find(_PENTAX_TIME)}
    away = found.get(_PENTAX_AWAY, 0) == 1
    minutes = STANDARD.get(found.get(_PENTAX_AWAY_CITY if away else _PENTAX_HOME_CITY, -1))
    daylight = found.get(_PENTAX_AWAY_DAYLIGHT if away else _PENTAX_HOME_DAYLIGHT)
    return None if minutes is None or daylight not in {0, 1} else minutes + 60 * daylight


def _canon(data: bytes, order: str) -> int:
    _, minutes, _, daylight = unpack_from(f"{order}4i", data)
    return int(minutes) + (60 if daylight else 0)


def _nikon(data: bytes, order: str) -> int:
    minutes, daylight = unpack_from(f"{order}hB", data)
    return int(minutes) + (60 if daylight else 0)
