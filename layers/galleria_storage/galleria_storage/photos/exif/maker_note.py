"""Finding the IFDs inside a maker note.

Exif 2.32 4.6.5 leaves MakerNote (0x927C) to the maker. Most hold an IFD, some
after a signature; its offsets count from the TIFF header of the Exif block,
or from a place in the note. The layouts below are those that cameras are known
to write (ExifTool's MakerNotes documentation lists them with their models).
"""

from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import (
    BIG,
    INLINE,
    KNOWN_TYPES,
    LITTLE,
    TYPE_SIZES,
    ByteOrder,
    Entry,
    Ifd,
    byte_order,
    is_pointer,
    read_ifd,
)

MAX_NOTE_ENTRIES: Final = 255
"""With a larger count, it is not considered an IFD."""


class NoteIfd(NamedTuple):
    """An IFD in a maker note.

    Attributes
    ----------
    ifd
        The IFD.
    base
        Offset in the block from which the IFD's offsets count: 0 for the TIFF header.
    order
        Its byte order, which may differ from the block's.
    sound
        True if its values lie where the layout says, in the note. That is not
        so if a program moved the note but not its offsets.
    """

    ifd: Ifd
    base: int
    order: ByteOrder
    sound: bool


_NONE: Final[frozenset[int]] = frozenset()
_OLYMPUS: Final = frozenset({0x2010, 0x2020, 0x2030, 0x2040, 0x2050})  # equipment, settings, development, image, focus
_NIKON: Final = frozenset({0x0011})  # preview
_SAMSUNG: Final = frozenset({0x0035})  # preview


class _Layout(NamedTuple):
    signature: bytes
    ifd: int
    base: int | None = None  # from the note's start; None: the TIFF header
    below: frozenset[int] = _NONE  # tags that lead to further IFDs; in another maker's note they mean something else


_LAYOUTS: Final = (
    _Layout(b"OLYMPUS\0", 12, 0, _OLYMPUS),
    _Layout(b"OM SYSTEM\0", 16, 0, _OLYMPUS),
    _Layout(b"PENTAX \0", 10, 0),
    _Layout(b"RICOH\0II", 8, 0),
    _Layout(b"RICOH\0MM", 8, 0),
    _Layout(b"Apple iOS\0", 14, 0),
    _Layout(b"SEMC MS\0", 20, 12),
    _Layout(b"MOT\0", 8, 0),
    _Layout(b"S1\0\0\0\0\0\0\x0c\0\0\0", 12, 0),
    _Layout(b"LEICA\0\0\0", 8),
    _Layout(b"LEICA\0", 8, 0),
    _Layout(b"SONY DSC", 12),
    _Layout(b"SONY CAM", 12),
    _Layout(b"SONY MOBILE", 12),
    _Layout(b"\0\0SONY PIC\0", 12),
    _Layout(b"VHAB     \0", 12),
    _Layout(b"SONY PI\0", 12, None, _OLYMPUS),
    _Layout(b"PREMI\0", 8, None, _OLYMPUS),
    _Layout(b"OLYMP\0", 8, None, _OLYMPUS),
    _Layout(b"EPSON\0", 8, None, _OLYMPUS),
    _Layout(b"MINOL\0", 8, None, _OLYMPUS),
    _Layout(b"CAMER\0", 8, None, _OLYMPUS),
    _Layout(b"AOC\0", 6),
    _Layout(b"QVC\0", 6),
    _Layout(b"SIGMA\0", 10),
    _Layout(b"FOVEON\0", 10),
    _Layout(b"Panasonic", 12),
    _Layout(b"SANYO\0", 8),
    _Layout(b"Ricoh", 8),
    _Layout(b"      ", 8),  # Ricoh, too
    _Layout(b"RICOH", 8),
    _Layout(b"Nikon\0\x01", 8),
    _Layout(b"KYOCERA", 22, 2),
)
_BY_FIRST_BYTE: Final = {
    first: [layout for layout in _LAYOUTS if layout.signature[0] == first]
    for first in {layout.signature[0] for layout in _LAYOUTS}
}
_PLAIN: Final = _Layout(b"", 0)
_MENDED: Final = frozenset({b"CASIO", b"ASAHI", b"PENTAX", b"SAMSUNG"})
"""Makes whose notes ExifTool repairs if they were moved without their offsets ("FixBase" in its documentation)."""
_GAP: Final = 4
"""Bytes between an IFD's entries and its first value: none, or the offset of the next IFD."""
_BELOW_PLAIN: Final = {b"NIKON": _NIKON, b"SAMSUNG": _SAMSUNG}


def note_ifds(block: bytes, order: ByteOrder, note: Entry, make: bytes) -> list[NoteIfd]:
    """Return the IFDs of a maker note, the main one first; none if its layout is unknown.

    Parameters
    ----------
    block
        The Exif block.
    order
        Its byte order.
    note
        The MakerNote entry; its value starts in the block.
    make
        First word of the camera's make, in capitals.
    """
    start = block[note.start : note.start + 24]
    if start.startswith((b"Nikon\0\x02", b"FUJIFILM", b"GENERALE")):
        main, below = _with_own_header(block, note, start), _NIKON if start.startswith(b"Nikon") else _NONE
    else:
        layout = _layout_of(start)
        main, below = _main_ifd(block, order, note, layout), layout.below or _BELOW_PLAIN.get(make, _NONE)
    if main is None:
        return []
    if not main.sound and make in _MENDED:
        base = _mended_base(main.ifd)
        if _is_sound(main.ifd, base, note):
            main = main._replace(base=base, sound=True)
    return [main, *(_sub_ifds(block, note, main, below) if below else ())]


def _mended_base(ifd: Ifd) -> int:
    """Return the base for which an IFD's first value comes four bytes after its entries, as cameras write it."""
    return ifd.end + 4 - min(start for _, start, _, _ in ifd.values)


def _layout_of(start: bytes) -> _Layout:
    for layout in _BY_FIRST_BYTE.get(start[0], ()):
        if start.startswith(layout.signature):
            return layout
    return _PLAIN


def _main_ifd(block: bytes, order: ByteOrder, note: Entry, layout: _Layout) -> NoteIfd | None:
    at = note.start
    base = 0 if layout.base is None else at + layout.base
    for candidate in (order, BIG if order is LITTLE else LITTLE):
        ifd = _plausible_ifd(block, at + layout.ifd, candidate)
        if ifd:
            return NoteIfd(ifd, base, candidate, _is_sound(ifd, base, note))
    return None


def _is_sound(ifd: Ifd, base: int, note: Entry) -> bool:
    """Whether at least half of an IFD's values lie in the note, or the first one comes right after the entries.

    The note's length is not always right.
    """
    first, last = note.start - base, note.start + note.size - base
    inside = [first <= start and end <= last for _, start, end, _ in ifd.values]
    return 2 * sum(inside) >= len(inside) or 0 <= base + min(start for _, start, _, _ in ifd.values) - ifd.end <= _GAP


def _with_own_header(block: bytes, note: Entry, start: bytes) -> NoteIfd | None:
    """Nikon type 3 has its own TIFF header; Fujifilm an offset from the note's start, little-endian."""
    at = note.start
    nikon = start.startswith(b"Nikon")
    base, where = (at + 10, at + 14) if nikon else (at, at + 8)
    order = byte_order(start[10:]) if nikon else LITTLE
    if order is None or where + 4 > len(block):
        return None
    ifd = _plausible_ifd(block, base + order.long.unpack_from(block, where)[0], order)
    return NoteIfd(ifd, base, order, _is_sound(ifd, base, note)) if ifd else None


def _plausible_ifd(block: bytes, at: int, order: ByteOrder) -> Ifd | None:
    """Read an IFD if the bytes look like one: few entries, nearly all of known types."""
    if not 8 <= at <= len(block) - 2 or not 0 < order.short.unpack_from(block, at)[0] <= MAX_NOTE_ENTRIES:
        return None
    try:
        ifd = read_ifd(block, at, order, "maker note")
    except CorruptPhotoError:
        return None
    if KNOWN_TYPES.issuperset(ifd.types):
        return ifd
    unknown = sum(kind not in TYPE_SIZES for kind in ifd.types)
    return ifd if 4 * unknown <= len(ifd.types) else None


def _sub_ifds(block: bytes, note: Entry, main: NoteIfd, tags: frozenset[int]) -> list[NoteIfd]:
    found: list[NoteIfd] = []
    for entry in main.ifd.find(tags)[: len(tags)]:
        # Olympus: of type UNDEFINED, the IFD is the value; of type LONG or IFD, the value is its offset.
        if entry.size > INLINE or is_pointer(entry):
            ifd = _plausible_ifd(block, main.base + entry.raw, main.order)
            if ifd:
                found.append(main._replace(ifd=ifd, sound=main.sound and _is_sound(ifd, main.base, note)))
    return found
