"""Numbers in an Exif block that lead to something after the block.

If something before its target grows, every such reference must be adjusted. The
targets are previews after the image, referred to by a maker note (Minolta,
Olympus, Canon, Samsung), and thumbnails and IFDs after the block (some
camcorders, and programs that cut blocks).
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from galleria_storage.photos.exif.ifd import LONG, ByteOrder, Entry, byte_order, is_pointer
from galleria_storage.photos.exif.maker_note import NoteIfd
from galleria_storage.photos.exif.tiff import TiffBlock

# Offset and length of a preview, by the tags of each maker; the key is the first word of Make (0x010F).
_OLYMPUS: Final = ((0x0088, 0x0089), (0x1036, 0x1037), (0x0101, 0x0102))
_MINOLTA: Final = ((0x0088, 0x0089),)
_CASIO: Final = ((0x0004, 0x0003),)
_PREVIEW_IFD: Final = ((0x0201, 0x0202),)
_PREVIEWS: Final = {
    b"MINOLTA": _MINOLTA,
    b"KONICA": _MINOLTA,
    b"SONY": (*_MINOLTA, *_PREVIEW_IFD),  # the second: Sony Ericsson
    b"OLYMPUS": _OLYMPUS,
    b"OM": _OLYMPUS,
    b"SEIKO": _OLYMPUS,  # Epson
    b"CASIO": _CASIO,
    b"ASAHI": _CASIO,
    b"PENTAX": _CASIO,
    b"NIKON": _PREVIEW_IFD,
    b"SAMSUNG": _PREVIEW_IFD,
    b"SIGMA": ((0x001A, 0x001B), (0x001C, 0x001D)),
}
_FROM_HEADER: Final = frozenset({b"ASAHI", b"PENTAX"})  # whatever the note's other offsets count from
_NOT_MENDED: Final = frozenset({b"CANON", b"NIKON", b"OLYMPUS", b"PANASONIC", b"SONY", b"MINOLTA", b"KONICA", b"RICOH"})
"""Makes whose notes ExifTool reads with unchanged offsets, unless the note ends with its own position (Canon)."""
NEAR: Final = 16_384
"""More bytes than any block grows: a copy of the most entries that an IFD may have, and the texts."""
_SOI: Final = b"\xff\xd8\xff"  # readers require this of a preview
_CANON_PREVIEW: Final = 0x00B6  # LONGs: the third is the length, the sixth the offset
_CANON_ORIGINAL_DECISION: Final = 0x0083
_RICOH: Final = frozenset({b"RICOH", b"PENTAX"})  # "PENTAX RICOH IMAGING" is one of its names
_BYTES: Final = frozenset({1, 7})
_RICOH_IMAGE_INFO: Final = 0x1001  # bytes 28 and 30: offset and length of the preview
_SONY_HIDDEN: Final = 0x2044  # two LONGs: offset from the TIFF header, and length


_Preview = tuple[int, int, int, int]
"""Where the offset of a preview is stored, the base of that offset, the preview's start, and its length."""


class Reference(NamedTuple):
    """A number in a block that leads to something after the block.

    Attributes
    ----------
    at
        Offset of the number in the block.
    order
        Its byte order.
    base
        Offset in the block from which it counts; None if it counts from the start of the file.
    size
        Its length in bytes, that of a LONG or a SHORT.
    """

    at: int
    order: ByteOrder
    base: int | None
    size: int = 4


def camera_make(block: TiffBlock) -> bytes:
    """Return the first word of the camera's make, in capitals."""
    if block.make is None:
        return b""
    start, size = block.make.start, min(block.make.size, 64)
    words = block.data[start : start + size].replace(b"\0", b" ").split(None, 1)
    return words[0].upper() if words else b""


def reach_of_note(
    data: bytes, note: Entry, inner: NoteIfd, make: bytes
) -> tuple[list[Reference], list[int], list[int]]:
    """Return how far an IFD of a maker note extends past its block.

    Parameters
    ----------
    data
        The Exif block.
    note
        The entry of the maker note.
    inner
        The IFD.
    make
        See `camera_make`.

    Returns
    -------
    tuple
        References to bytes after the block: its values, and previews.

        Ends of values that lie shortly after the block because the note was moved: a reader that does not repair the
        note's offsets would find something there if the block grew.

        Ends of the previews that start in the block; they may extend past its end.
    """
    previews = list(_previews(inner, make)) if make in _PREVIEWS else []
    references = list(_references(data, inner, make, previews))
    return references, _cut_values(data, note, inner, make), _ends_of_previews(data, inner, previews)


def _references(data: bytes, note: NoteIfd, make: bytes, previews: Sequence[_Preview]) -> Iterator[Reference]:
    ifd, base, order, sound = note
    if sound:
        for _, value, _, index in ifd.values:
            if base + value >= len(data):
                yield Reference(ifd.at + 10 + 12 * index, order, base)
    for at, origin, start, _ in previews:
        if start >= len(data):
            yield Reference(at, order, origin)
    if make == b"CANON":
        yield from _canon_references(data, note)
    elif make == b"SONY":
        yield from _sony_references(data, note)
    elif make in _RICOH:
        yield from _ricoh_references(data, note)


def _sony_references(data: bytes, note: NoteIfd) -> Iterator[Reference]:
    """Yield the reference to what ExifTool calls hidden data."""
    for hidden in note.ifd.find({_SONY_HIDDEN}):
        if hidden.type == LONG and hidden.size == 8 and hidden.start + 8 <= len(data):
            start, length = (_long(data, note.order, hidden.start + at) for at in (0, 4))
            if length and start >= len(data):
                yield Reference(hidden.start, note.order, 0)


def _cut_values(data: bytes, note: Entry, inner: NoteIfd, make: bytes) -> list[int]:
    if inner.sound or make not in _NOT_MENDED or byte_order(data[note.start + note.size - 8 : note.start + note.size]):
        return []
    size = len(data)
    return [inner.base + end for _, _, end, _ in inner.ifd.values if size < inner.base + end <= size + NEAR]


def _ends_of_previews(data: bytes, note: NoteIfd, previews: Sequence[_Preview]) -> list[int]:
    size, base = len(data), note.base
    found = [(start, start + length) for _, _, start, length in previews] if previews else []
    # Some makers store a preview as the value of a tag; ExifTool reads it from the file if it extends past the block.
    found += [(base + start, base + end) for _, start, end, _ in note.ifd.values if base + end > size]
    ends = []
    for start, end in found:
        if start > 0 and data[start : start + 3] and _SOI.startswith(data[start : start + 3]):
            ends.append(end)
    return ends


def _previews(note: NoteIfd, make: bytes) -> Iterator[_Preview]:
    for start_tag, length_tag in _PREVIEWS.get(make, ()):
        starts, lengths = note.ifd.find({start_tag}), note.ifd.find({length_tag})
        if starts and lengths and is_pointer(starts[0]) and is_pointer(lengths[0]) and lengths[0].raw:
            origin = 0 if make in _FROM_HEADER else note.base
            yield starts[0].start, origin, origin + starts[0].raw, lengths[0].raw


def _ricoh_references(data: bytes, note: NoteIfd) -> Iterator[Reference]:
    """Yield the preview's offset, a SHORT although the preview may be farther away."""
    short = note.order.short
    for info in note.ifd.find({_RICOH_IMAGE_INFO}):
        if info.type in _BYTES and info.size >= 32 and info.start + 32 <= len(data):
            start, length = (short.unpack_from(data, info.start + at)[0] for at in (28, 30))
            if length and note.base + start >= len(data):
                yield Reference(info.start + 28, note.order, note.base, 2)


def _canon_references(data: bytes, note: NoteIfd) -> Iterator[Reference]:
    """Yield the preview's offset, and that of the original decision data, which counts from the start of the file."""
    size, order = len(data), note.order
    for info in note.ifd.find({_CANON_PREVIEW}):
        if info.type == LONG and info.size >= 24 and info.start + 24 <= size:
            length, start = (_long(data, order, info.start + 4 * field) for field in (2, 5))
            if length and start >= size:
                yield Reference(info.start + 20, order, 0)
    for decision in note.ifd.find({_CANON_ORIGINAL_DECISION}):
        if decision.size == 4 and _long(data, order, decision.start) >= size:
            yield Reference(decision.start, order, None)


def samsung_references(data: bytes, order: ByteOrder, note: Entry) -> Iterator[Reference]:
    """Yield the preview offset of a Samsung STMN note, which is not an IFD; it counts from the start of the file."""
    at = note.start
    if data.startswith(b"STMN", at) and at + 16 <= len(data):
        start, length = _long(data, order, at + 8), _long(data, order, at + 12)
        if length and start >= len(data):
            yield Reference(at + 8, order, None)


def _long(data: bytes, order: ByteOrder, at: int) -> int:
    value: int = order.long.unpack_from(data, at)[0]
    return value
