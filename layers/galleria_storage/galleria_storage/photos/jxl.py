"""JPEG XL: the capture tags in its Exif box.

ISO/IEC 18181-2 clause 9: a file is a codestream, or boxes with a codestream
in `jxlc`, or in pieces in `jxlp`. Nothing in it tells places in the file, so
that Exif data may grow. But where `jbrd` tells how to turn the file back into
the JPEG that it was made of, that JPEG is put together from the Exif box too,
and libjxl compares lengths: there Exif data has to keep its own.
"""

from typing import Any, Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.boxes import LARGEST, Box, grown, name_of, new_box, walk
from galleria_storage.photos.check import Part
from galleria_storage.photos.credentials import credentials_in_boxes
from galleria_storage.photos.exif.blob import MAX_BLOB, edit_blob, new_blob
from galleria_storage.photos.exif.captures import after_changes, tag_texts
from galleria_storage.photos.exif.offset_header import header_start
from galleria_storage.photos.metadata import Block, plain_block
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, within
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

SIGNATURE: Final = b"\0\0\0\x0cJXL \r\n\x87\n"
CODESTREAM: Final = b"\xff\x0a"
_FILE_TYPE: Final = new_box(b"ftyp", b"jxl \0\0\0\0jxl ")
_EXIF: Final = b"Exif"
_PICTURE: Final = frozenset({b"jxlc", b"jxlp"})
_FRAME: Final = frozenset({b"JXL ", b"ftyp"})
"""Boxes that say what kind of file it is."""


class _Layout(NamedTuple):
    """What an edit needs to know of a file with boxes.

    Attributes
    ----------
    boxes
        All of them.
    exif
        The box with Exif data, or None.
    packed
        True if its content is compressed by Brotli (9.8: `brob`).
    holds_jpeg
        True if the file can be turned back into a JPEG.
    """

    boxes: list[Box]
    exif: Box | None
    packed: bool
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
    if layout.packed:
        return _unpacked(source, asked, layout, box)
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
        if box.kind == b"brob" and source.read(box.body, 4) in {_EXIF, b"xml "}:
            raise UnsupportedFormatError(
                "The photo's metadata is compressed (Brotli), so that nobody could tell what is in it.",
                advice="Save the photo again without compressed metadata.",
            )
        if box.kind == _EXIF:
            start = box.body + header_start(source.read(box.body, min(box.stop - box.body, MAX_BLOB)))
            found.append(plain_block("exif", "Exif", source, start, box.stop - start))
        elif box.kind == b"xml ":
            found.append(plain_block("xmp", "XMP", source, box.body, box.stop - box.body))
    return found


def _layout(source: RangedSource) -> _Layout:
    boxes = list(walk(source, 0, source.size))
    kinds = [box.kind for box in boxes]
    if kinds[:2] != [b"JXL ", b"ftyp"] or not _PICTURE.intersection(kinds):
        raise damaged("its picture is missing")
    packed = [box for box in boxes if box.kind == b"brob" and source.read(box.body, 4) == _EXIF]
    exif = [box for box in boxes if box.kind == _EXIF] + packed
    if len(exif) > 1:
        raise damaged("it has Exif data twice")
    return _Layout(boxes, exif[0] if exif else None, bool(packed), b"jbrd" in kinds)


def _with_new_box(source: RangedSource, asked: Asked, place: int) -> Plan:
    """Add a box at a place; at the start of a codestream, make that the last box of a file."""
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


def _unpacked(source: RangedSource, asked: Asked, layout: _Layout, box: Box) -> Plan:
    """Replace a compressed box by one that is not, if anything in it changes."""
    data = _decompressed(source, box)
    start = header_start(data)
    edit = edit_blob(data[start:], asked)
    if not edit.patches:
        return Plan(source.size, (), edit.before, edit.after)
    nothing = CaptureTags()
    result = Plan(len(data), within(edit.patches, start), nothing, nothing)
    if result.growth and layout.holds_jpeg:
        raise _would_lose_jpeg()
    patch = Patch(box.start, box.stop - box.start, new_box(_EXIF, result.apply(data)))
    return Plan(source.size, [patch], edit.before, edit.after)


def _decompressed(source: RangedSource, box: Box) -> bytes:
    """Decompress a box (RFC 7932), where Python has a decoder that can be told how much it may give.

    Raises
    ------
    UnsupportedFormatError
        There is no such decoder.
    CorruptPhotoError
        The data is damaged, or too long.
    """
    try:
        import brotli  # type: ignore[import-not-found] # noqa: PLC0415 # optional

        decoder: Any = brotli.Decompressor()
        data: bytes = decoder.process(
            source.read(box.body + 4, min(box.stop - box.body - 4, MAX_BLOB)), output_buffer_limit=MAX_BLOB
        )
        is_whole: bool = decoder.is_finished()
    except (ImportError, TypeError):
        raise UnsupportedFormatError(
            "The capture time cannot be changed: the photo's Exif data is compressed (Brotli).",
            advice="Save the photo again without compressed metadata, or publish it without a correction.",
        ) from None
    except brotli.error as error:
        raise damaged("its compressed Exif data cannot be read") from error
    if not is_whole:
        raise damaged("its compressed Exif data is cut off, or too long")
    return data


def _would_lose_jpeg() -> CorruptPhotoError:
    return CorruptPhotoError(
        "The capture time cannot be added: the photo was made of a JPEG, and could not be turned back into it if its "
        "Exif data grew.",
        advice="Turn it back into the JPEG (djxl), and correct that; or publish it without a correction.",
    )
