"""What in an Exif block refers to bytes outside it, or reaches over its end.

Such bytes keep their meaning only if every reference to them follows when
something before them grows: previews behind the image whose place a maker note
tells (Minolta, Olympus, Canon, Samsung), thumbnails and IFDs behind the block
(some camcorders, and programs that cut blocks).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.maker_note import NoteIfd, note_ifds
from galleria_storage.exif.tiff import (
    EXIF_IFD,
    GPS_IFD,
    INTEROPERABILITY_IFD,
    LONG,
    MAKER_NOTE,
    ByteOrder,
    Entry,
    Ifd,
    TiffBlock,
)

# Offset and length of image data (TIFF 6.0 sections 8 and 22; Exif 2.32 4.6.4).
IMAGE_DATA: Final = ((0x0201, 0x0202), (0x0111, 0x0117))

# Offset and length of a preview, by the tags of each maker; the key is the first word of Make (0x010F).
_OLYMPUS: Final = ((0x0088, 0x0089), (0x1036, 0x1037), (0x0101, 0x0102))
_MINOLTA: Final = ((0x0088, 0x0089),)
_CASIO: Final = ((0x0004, 0x0003),)
_PREVIEW_IFD: Final = ((0x0201, 0x0202),)
_PREVIEWS: Final = {
    b"MINOLTA": _MINOLTA,
    b"KONICA": _MINOLTA,
    b"SONY": _MINOLTA,
    b"OLYMPUS": _OLYMPUS,
    b"SEIKO": _OLYMPUS,
    b"CASIO": _CASIO,
    b"ASAHI": _CASIO,
    b"PENTAX": _CASIO,
    b"NIKON": _PREVIEW_IFD,
    b"SAMSUNG": _PREVIEW_IFD,
    b"SIGMA": ((0x001A, 0x001B), (0x001C, 0x001D)),
}
_MAKE: Final = 0x010F
_CANON_PREVIEW: Final = 0x00B6  # LONGs: the third is the length, the sixth the offset
_CANON_ORIGINAL_DECISION: Final = 0x0083
_SUB_IFD_POINTERS: Final = frozenset({EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD})


MAX_NOTES: Final = 4
"""More maker notes than any camera writes into one block; bounds the work on hostile input."""


class Reference(NamedTuple):
    """A number in a block that tells where something outside the block is.

    Attributes
    ----------
    at
        Offset of the number (a LONG) in the block.
    order
        Its byte order.
    base
        Offset in the block from which it counts; None if it counts from the start of the file.
    """

    at: int
    order: ByteOrder
    base: int | None


def references_behind(block: TiffBlock) -> list[Reference]:
    """Return every reference of a block to something that starts behind its end.

    Raises
    ------
    CorruptPhotoError
        The maker note itself lies there: its own offsets cannot be followed (Leica S2 and M).
    """
    size, data, order = len(block.data), block.data, block.order
    found: list[Reference] = []
    for name, ifd in block.directories:
        for entry in ifd.entries:
            if entry.size > 4 and entry.value >= size:
                if entry.tag == MAKER_NOTE:
                    raise CorruptPhotoError(
                        "The photo's maker note stands behind the image; it would be lost if the photo grew.",
                        advice="Publish the photo without a correction of what it does not hold yet.",
                    )
                found.append(Reference(entry.at + 8, order, 0))
        found += [Reference(at, order, 0) for at in _long_pointers(name, ifd) if _long(data, order, at) >= size]
    make = _make(block)
    for entry in maker_note_entries(block):
        for note in note_ifds(data, order, entry):
            found += _behind(data, note) if note.sound else ()
            found += _previews(data, note, make)
        found += _samsung_preview(data, order, entry)
    return list(dict.fromkeys(found))


def _long_pointers(name: str, ifd: Ifd) -> Iterator[int]:
    """Yield where the offsets of image data and of other IFDs stand in an IFD."""
    tags = {entry.tag: entry for entry in ifd.entries}
    for offset, _ in IMAGE_DATA:
        if offset in tags and _is_long(tags[offset]):
            yield tags[offset].value
    for entry in ifd.entries:
        if entry.tag in _SUB_IFD_POINTERS and entry.size == 4:
            yield entry.value
    if ifd.next and name.startswith("IFD"):
        yield ifd.end


def maker_note_entries(block: TiffBlock) -> list[Entry]:
    """Return the MakerNote entries whose value starts in the block.

    Raises
    ------
    CorruptPhotoError
        There are more than `MAX_NOTES`.
    """
    size = len(block.data)
    notes = [
        entry
        for ifd in block.exif_ifds
        for entry in ifd.entries
        if entry.tag == MAKER_NOTE and entry.size > 4 and 8 <= entry.value < size
    ]
    if len(notes) > MAX_NOTES:
        raise CorruptPhotoError(f"The photo's Exif data is damaged: it has {len(notes):,} maker notes.")
    return notes


def _make(block: TiffBlock) -> bytes:
    """Return the first word of the camera's make, in capitals."""
    for entry in block.directories[0].ifd.entries:
        if entry.tag == _MAKE:
            words = block.data[entry.value : entry.value + entry.size].replace(b"\0", b" ").upper().split()
            return words[0] if words else b""
    return b""


def _behind(data: bytes, note: NoteIfd) -> Iterator[Reference]:
    """Yield the values of a maker note's IFD that start behind the block."""
    for entry in note.ifd.entries:
        if entry.size > 4 and entry.value >= len(data):
            yield Reference(entry.at + 8, note.order, note.base)


def _previews(data: bytes, note: NoteIfd, make: bytes) -> Iterator[Reference]:
    """Yield the offsets of previews that start behind the block."""
    size, order = len(data), note.order
    tags = {entry.tag: entry for entry in note.ifd.entries}
    for start, length in _PREVIEWS.get(make, ()):
        if start not in tags or length not in tags or not _is_long(tags[start]) or not _is_long(tags[length]):
            continue
        at = tags[start].value
        if _long(data, order, tags[length].value) and note.base + _long(data, order, at) >= size:
            yield Reference(at, order, note.base)
    if make == b"CANON":
        yield from _canon_previews(data, order, tags)


def _canon_previews(data: bytes, order: ByteOrder, tags: dict[int, Entry]) -> Iterator[Reference]:
    """Yield the preview's offset, and that of the original decision data, which counts from the start of the file."""
    size = len(data)
    info, decision = tags.get(_CANON_PREVIEW), tags.get(_CANON_ORIGINAL_DECISION)
    if info and info.type == LONG and info.size >= 24 and info.value + 24 <= size:
        length, start = (_long(data, order, info.value + 4 * field) for field in (2, 5))
        if length and start >= size:
            yield Reference(info.value + 20, order, 0)
    if decision and _is_long(decision) and _long(data, order, decision.value) >= size:
        yield Reference(decision.value, order, None)


def _samsung_preview(data: bytes, order: ByteOrder, note: Entry) -> Iterator[Reference]:
    """Yield the preview offset of a Samsung STMN note, which counts from the start of the file."""
    at = note.value
    if not data.startswith(b"STMN", at) or at + 16 > len(data):
        return
    start, length = _long(data, order, at + 8), _long(data, order, at + 12)
    if length and start >= len(data):
        yield Reference(at + 8, order, None)


def _is_long(entry: Entry) -> bool:
    return entry.type in (LONG, 13) and entry.number == 1


def _long(data: bytes, order: ByteOrder, at: int) -> int:
    value: int = order.long.unpack_from(data, at)[0]
    return value
