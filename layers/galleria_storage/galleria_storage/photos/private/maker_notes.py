"""What maker notes reveal, field by field for known layouts; unknown ones are not trusted.

Numbers of tags are ExifTool's (its documentation of maker notes, a table for
each make). Serial numbers are in nearly every maker's note; one with an unknown
layout may have them, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII, INLINE, Entry
from galleria_storage.photos.exif.maker_note import NoteIfd, note_ifds
from galleria_storage.photos.exif.references import camera_make
from galleria_storage.photos.exif.tiff import MAKER_NOTE, TiffBlock, read_block
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.private.ifd_removal import PADDING, in_use, zeros
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.tables import TiffTables

MAX_BLOCK: Final = 4 * 1024 * 1024
"""Bytes of the largest block whose maker note is examined; RAW files are longer."""

_ANY: Final = frozenset(range(1, 0x10000))
_PRIVATE_DATA: Final = 0xC634  # DNG 1.7: DNGPrivateData
SERIAL: Final = "serial-numbers"
_Tags = Mapping[str, frozenset[int]]


def _tags(**groups: set[int]) -> _Tags:
    return {name.replace("_", "-"): frozenset(tags) for name, tags in groups.items()}


#: First word of the make -> group -> tags of the main IFD.
MAKERS: Final[Mapping[bytes, _Tags]] = {
    b"APPLE": {},
    b"CANON": _tags(serial_numbers={0x000C, 0x0015, 0x0096, 0x4019}, names={0x0009}, faces={0x0024, 0x0025, 0x002F}),
    b"CASIO": {},
    b"FUJIFILM": _tags(serial_numbers={0x0010}, faces={0x4100, 0x4103, 0x4104, 0x4200, 0x4201, 0x4203, 0x4282}),
    b"KONICA": {},
    b"LEICA": _tags(serial_numbers={0x0025, 0x0052, 0x0054, 0x0303, 0x0304}),
    b"MINOLTA": {},
    b"MOTOROLA": _tags(serial_numbers={0x5501}),
    b"NIKON": _tags(serial_numbers={0x001D, 0x00A0}, location={0x0039}, faces={0x0021}),
    b"OLYMPUS": _tags(serial_numbers={0x0404, 0x101A}),
    b"OM": _tags(serial_numbers={0x0404, 0x101A}),
    b"PANASONIC": _tags(
        serial_numbers={0x0025, 0x0052, 0x0054},
        location={0x0067, 0x0069, 0x006B, 0x006D, 0x006F},
        names={0x0066},
        captions={0x0065},
        faces={0x004E, 0x0061},
    ),
    b"PENTAX": _tags(serial_numbers={0x0215, 0x0229}, names={0x022E}, faces={0x0060}),
    b"RICOH": _tags(serial_numbers={0x0005}, names={0x022E}),
    b"SAMSUNG": _tags(serial_numbers={0xA002, 0xA005}, location={0x0030}, faces={0x0100, 0x0120, 0x0123}),
    b"SIGMA": _tags(serial_numbers={0x0002}),
    b"SONY": _tags(serial_numbers={0x2031, 0x9050}),
}
#: Nikon encrypts these with the serial number: without it, readers make up values (ExifTool, Nikon.pm, "Decrypt").
_ENCRYPTED: Final = frozenset({0x0091, 0x0097, 0x0098})  # ShotInfo, ColorBalance, LensData

_NOTHING: Final = b"\xff\xff"
"""The tag of an entry that was removed; no maker uses it."""

_SIGNATURES: Final = {
    b"AOC\0": b"PENTAX",
    b"APPLE": b"APPLE",
    b"FUJIFILM": b"FUJIFILM",
    b"NIKON\0": b"NIKON",
    b"OLYMP": b"OLYMPUS",
    b"PANASONIC": b"PANASONIC",
    b"PENTAX ": b"PENTAX",
    b"RICOH": b"RICOH",
    b"SONY ": b"SONY",
}
CANON_NOTE: Final = "maker note"
"""Name of the block with Canon's note in a CR3."""

#: Tags of the IFDs below the main one (Olympus's equipment), where they are texts.
_BELOW: Final = _tags(serial_numbers={0x0101, 0x0102, 0x0202, 0x0302, 0x1003})


def own_tags(groups: tuple[str, ...]) -> frozenset[int]:
    """Return the tags of Canon's note that belong to groups: CR3 stores it as a separate structure."""
    if "maker-notes" in groups:
        return _ANY - {PADDING}
    return frozenset().union(*(MAKERS[b"CANON"].get(group, frozenset()) for group in groups))


def from_notes(source: RangedSource, groups: tuple[str, ...]) -> Iterator[Patch]:
    """Yield the patches of an Exif block that remove groups from its maker notes.

    Raises
    ------
    CorruptPhotoError
        Serial numbers should be removed, but the layout of a note is unknown.
    """
    found = list(_found(source, groups))
    if not found:
        return
    tables = TiffTables(source, lenient=True)
    kept = in_use(tables, tables.all, {MAKER_NOTE})
    for note, gone in found:
        yield from _without(tables, note, gone, kept)


def note_values(source: RangedSource, groups: tuple[str, ...]) -> Iterator[bytes]:
    """Yield the texts that `from_notes` removes."""
    for note, gone in _found(source, groups):
        for tag, start, stop, index in note.ifd.values:
            if tag in gone and note.ifd.types[index] == ASCII and note.base + start >= 0:
                yield source.read(note.base + start, stop - start)


def _found(source: RangedSource, groups: tuple[str, ...]) -> Iterator[tuple[NoteIfd, frozenset[int]]]:
    """Yield the tables of maker notes that have something to remove, and its tags."""
    block = _block(source)
    if {SERIAL, "names"}.intersection(groups) and _holds_unread_note(source, block):
        raise _unknown()
    for note in _notes(block) if block else ():
        assert block  # noqa: S101 # it has notes
        make = camera_make(block)
        if note.start >= len(block.data):
            if SERIAL in groups:
                raise _unknown()
            continue
        tags = MAKERS.get(_maker(block.data[note.start : note.start + 9].upper()) or make)
        found = note_ifds(block.data, block.order, note, make)
        if SERIAL in groups and (tags is None or (tags and not found)):
            raise _unknown()
        for number, inner in enumerate(found):
            known = (tags or {}) if number == 0 else _BELOW
            wanted = frozenset().union(*(known.get(group, frozenset()) for group in groups))
            # Other tables may use these numbers for something else.
            entries = [entry for entry in inner.ifd.find(wanted) if number == 0 or entry.type == ASCII]
            if SERIAL in groups and tags is MAKERS[b"NIKON"]:
                entries += [entry for entry in inner.ifd.find(_ENCRYPTED) if _is_encrypted(block.data, inner, entry)]
            if any(entry.size > INLINE and not inner.sound for entry in entries):
                raise _unknown()  # a program moved the note, so the values are elsewhere
            if entries:
                yield inner, frozenset(entry.tag for entry in entries)


def _is_encrypted(block: bytes, note: NoteIfd, entry: Entry) -> bool:
    """Whether an entry of Nikon's can only be read with the serial number, by the version at its start."""
    start = note.base + entry.raw
    return entry.size > INLINE and start >= 0 and b"02" <= block[start : start + 2] <= b"99"


def _notes(block: TiffBlock) -> list[Entry]:
    return [entry for entry in block.maker_notes if entry.size > INLINE]


def _maker(start: bytes) -> bytes:
    """Return the maker of a note, by its first bytes; empty if these do not say: makers write each other's notes."""
    return next((maker for mark, maker in _SIGNATURES.items() if start.startswith(mark)), b"")


def _unknown() -> CorruptPhotoError:
    return CorruptPhotoError(
        "it is unknown whether the photo's maker note contains a serial number or a name",
        tag="remove",
        advice="Remove maker-notes, too.",
    )


def _holds_unread_note(source: RangedSource, block: TiffBlock | None) -> bool:
    """Whether there is a note that is not examined: a RAW file's, or a copy in DNG's private data."""
    tables = TiffTables(source, in_block=True)
    unread = {_PRIVATE_DATA} if block else {_PRIVATE_DATA, MAKER_NOTE}
    return any(True for table in tables.all for _ in table.find(unread))


def _block(source: RangedSource) -> TiffBlock | None:
    """Return the block; None if it is a whole RAW file, or not a block that a camera wrote."""
    if source.size > MAX_BLOCK:
        return None
    try:
        return read_block(source.read(0, source.size))
    except CorruptPhotoError:
        return None


def _without(tables: TiffTables, note: NoteIfd, gone: frozenset[int], kept: Sequence[Span]) -> Iterator[Patch]:
    """Yield the patches that give entries the tag of nothing, and overwrite their values with zeros.

    The table keeps its length: readers find the base of its offsets by where its end is.
    """
    ifd = note.ifd
    places = {entry.at: entry for entry in ifd.find(gone & ifd.tag_set)}
    for at, entry in places.items():
        yield Patch(at, 2, _NOTHING)
        if entry.size <= INLINE:
            yield Patch(at + 8, INLINE, bytes(INLINE))
    for _, start, end, index in ifd.values:
        if ifd.at + 2 + 12 * index in places and 0 <= note.base + start < end + note.base:
            yield from zeros(tables, Span(note.base + start, note.base + end), kept)
