"""JPEG XL: the capture tags in its Exif box.

ISO/IEC 18181-2 clause 9: a file is a codestream, or boxes with a codestream in
`jxlc` or, in pieces, in `jxlp`. It contains no file offsets, so Exif data may
grow. But if `jbrd` describes how to turn the file back into its original JPEG,
the Exif box becomes part of that JPEG, and libjxl compares lengths: then Exif
data must keep its length.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.boxes import LARGEST, Box, grown, name_of, new_box, walk
from galleria_storage.photos.check import Part
from galleria_storage.photos.credentials import credentials_in_boxes
from galleria_storage.photos.exif.blob import MAX_BLOB, edit_blob, new_blob
from galleria_storage.photos.exif.captures import after_changes, tag_texts
from galleria_storage.photos.exif.offset_header import header_start
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.packed_box import packed, unpacked
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, within
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import BytesSource, RangedSource

SIGNATURE: Final = b"\0\0\0\x0cJXL \r\n\x87\n"
CODESTREAM: Final = b"\xff\x0a"
_FILE_TYPE: Final = new_box(b"ftyp", b"jxl \0\0\0\0jxl ")
_EXIF: Final = b"Exif"
_PICTURE: Final = frozenset({b"jxlc", b"jxlp"})
_FRAME: Final = frozenset({b"JXL ", b"ftyp"})
"""The boxes at the start that identify the file type."""


class _Layout(NamedTuple):
    """What an edit needs to know about a file with boxes.

    Attributes
    ----------
    boxes
        All of them.
    exif
        The box with Exif data, or None.
    is_packed
        True if its content is compressed by Brotli (9.8: `brob`).
    holds_jpeg
        True if the file can be turned back into a JPEG.
    """

    boxes: list[Box]
    exif: Box | None
    is_packed: bool
    holds_jpeg: bool


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out an edit; see `formats.Format`."""
    if source.read(0, 2) == CODESTREAM:
        return _with_new_box(source, asked, 0)
    layout = _layout(source)
    if layout.exif is None:
        picture = next(box for box in layout.boxes if box.kind in _PICTURE)
        return _with_new_box(source, asked, picture.start)
    box = layout.exif
    if layout.is_packed:
        return _in_packed_box(source, asked, layout, box)
    if not 8 <= box.stop - box.body <= MAX_BLOB:
        raise damaged(f"its Exif data has {box.stop - box.body:,} bytes")
    data = source.read(box.body, box.stop - box.body)
    start = header_start(data)
    edit = edit_blob(data[start:], asked)
    growth = sum(len(patch.data) - patch.removed for patch in edit.patches)
    if growth and layout.holds_jpeg:
        raise _would_lose_jpeg()
    patches = [*within(edit.patches, box.body + start), *grown(box, growth)]
    return Plan(source.size, patches, edit.before, edit.after)


def parts(source: RangedSource) -> list[Part]:
    """List what no edit may change; see `formats.Format`."""
    if source.read(0, 2) == CODESTREAM:
        return [Part("jxlc", (Span(0, source.size),))]
    layout = _layout(source)
    kept = [box for box in layout.boxes if box is not layout.exif and box.kind not in _FRAME]
    found = [Part(name_of(box.kind), (Span(box.body, box.stop),)) for box in kept]
    end = layout.boxes[-1].stop
    return [*found, Part("what follows", (Span(end, source.size),))] if end < source.size else found


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    if source.read(0, 2) == CODESTREAM:
        return []
    found: list[Block] = []
    boxes = _layout(source).boxes
    found += credentials_in_boxes(source, boxes)
    for box in boxes:
        if box.kind == b"brob":
            found += _packed_block(source, box)
        elif box.kind == _EXIF:
            start = box.body + header_start(source.read(box.body, min(box.stop - box.body, MAX_BLOB)))
            found.append(plain_block("exif", "Exif", source, start, box.stop - start))
        elif box.kind == b"xml ":
            found.append(plain_block("xmp", "XMP", source, box.body, box.stop - box.body))
    return found


def _packed_block(source: RangedSource, box: Box) -> Iterator[Block]:
    """Yield the block of a compressed box; what is written into it is compressed again."""
    kind = source.read(box.body, 4)
    if kind not in {_EXIF, b"xml "}:
        return
    data = unpacked(source, box)
    start = header_start(data) if kind == _EXIF else 0

    def write(patches: Sequence[Patch]) -> list[Patch]:
        if not patches:
            return []
        nothing = CaptureTags()
        result = Plan(len(data), within(patches, start), nothing, nothing)
        return [Patch(box.start, box.stop - box.start, packed(kind, result.apply(data)))]

    yield Block(
        "exif" if kind == _EXIF else "xmp", "Exif" if kind == _EXIF else "XMP", BytesSource(data[start:]), write
    )


def _layout(source: RangedSource) -> _Layout:
    boxes = list(walk(source, 0, source.size))
    kinds = [box.kind for box in boxes]
    if kinds[:2] != [b"JXL ", b"ftyp"] or not _PICTURE.intersection(kinds):
        raise damaged("its picture is missing")
    compressed = [box for box in boxes if box.kind == b"brob" and source.read(box.body, 4) == _EXIF]
    exif = [box for box in boxes if box.kind == _EXIF] + compressed
    if len(exif) > 1:
        raise damaged("it has Exif data twice")
    return _Layout(boxes, exif[0] if exif else None, bool(compressed), b"jbrd" in kinds)


def _with_new_box(source: RangedSource, asked: Asked, place: int) -> Plan:
    """Add a box at an offset; in front of a bare codestream, put the codestream into the last box of a new file."""
    nothing = CaptureTags()
    changes = asked.changes(nothing)
    texts = tag_texts(changes)
    if not texts:
        return Plan(source.size, (), nothing, nothing)
    data = new_box(_EXIF, bytes(4) + new_blob(texts))
    if not place:
        data = SIGNATURE + _FILE_TYPE + data + _picture_header(source.size)
    return Plan(source.size, [Patch(place, 0, data)], nothing, after_changes(nothing, changes))


def _picture_header(size: int) -> bytes:
    if size + 8 > LARGEST:
        return b"\0\0\0\1jxlc" + (size + 16).to_bytes(8, "big")
    return (size + 8).to_bytes(4, "big") + b"jxlc"


def _in_packed_box(source: RangedSource, asked: Asked, layout: _Layout, box: Box) -> Plan:
    """Edit the content of a compressed box, and compress it again."""
    data = unpacked(source, box)
    start = header_start(data)
    edit = edit_blob(data[start:], asked)
    if not edit.patches:
        return Plan(source.size, (), edit.before, edit.after)
    nothing = CaptureTags()
    result = Plan(len(data), within(edit.patches, start), nothing, nothing)
    if result.growth and layout.holds_jpeg:
        raise _would_lose_jpeg()
    patch = Patch(box.start, box.stop - box.start, packed(_EXIF, result.apply(data)))
    return Plan(source.size, [patch], edit.before, edit.after)


def _would_lose_jpeg() -> CorruptPhotoError:
    return CorruptPhotoError(
        "the capture time cannot be added: the photo was made from a JPEG, and could no longer be turned back into it "
        "if its Exif data grew",
        advice="Turn it back into the JPEG (djxl), and correct that; or publish it without a correction.",
    )
