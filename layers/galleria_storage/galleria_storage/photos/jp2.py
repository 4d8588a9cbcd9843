"""JPEG 2000: the capture tags in its box with Exif data.

ISO/IEC 15444-1 annex I: a file is boxes, the picture is in `jp2c`, and `uuid`
boxes (I.7.2) hold what vendors add. Two types of them hold Exif data, beginning
with the TIFF header. Files with tables of file offsets (annexes of 15444-2, -3,
-6 and -9) are refused if these would have to change.
"""

from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.boxes import Box, grown, name_of, new_box, walk
from galleria_storage.photos.check import Part
from galleria_storage.photos.credentials import credentials_in_boxes
from galleria_storage.photos.exif.blob import MAX_BLOB, edit_blob, new_blob
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.exif.tiff import read_block
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.photoshop import iptc_block
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, Texts, within
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

JPG_TIFF_EXIF: Final = b"JpgTiffExif->JP2"
DIGITAL_EXIF: Final = bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e")
_XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # XMP specification part 3, 1.1.5
_IPTC: Final = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
MAX_EXIF_BOXES: Final = 8
"""More boxes with Exif data than any photo has."""

_NAME: Final = b"Exif\0\0"
_TYPE_BYTES: Final = 16
_PLACES: Final = frozenset({b"ftbl", b"moov", b"moof", b"iptr", b"cidx", b"fidx", b"pcol", b"page", b"mdat"})
"""Boxes with file offsets, or with data found through them: fragments, movies, indexes, pages."""


class _Exif(NamedTuple):
    """A box with Exif data, the offset of its TIFF header in the file, and the block from there on."""

    box: Box
    start: int
    block: bytes


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out an edit; see `formats.Format`."""
    boxes = _boxes(source)
    found = [exif for box in boxes if (exif := _exif(source, box))]
    if len(found) > MAX_EXIF_BOXES:
        raise damaged(f"it has {len(found):,} boxes with Exif data")
    if not found:
        return _with_new_box(source, boxes, asked)
    before = capture_tags(read_block(exif.block) for exif in found)
    changes = asked.changes(before)
    patches: list[Patch] = []
    for box, start, block in found:
        edit = edit_blob(block, Texts(changes))
        growth = sum(len(patch.data) - patch.removed for patch in edit.patches)
        patches += [*within(edit.patches, start), *grown(box, growth)]
        if growth:
            _check_no_places(boxes)
    return Plan(source.size, patches, before, after_changes(before, changes))


def parts(source: RangedSource) -> list[Part]:
    """List what no edit may change; see `formats.Format`."""
    boxes = _boxes(source)
    found = [Part(name_of(box.kind), (Span(box.body, box.stop),)) for box in boxes if not _exif_type(source, box)]
    end = boxes[-1].stop
    return [*found, Part("what follows", (Span(end, source.size),))] if end < source.size else found


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    boxes = _boxes(source)
    found = list(credentials_in_boxes(source, boxes))
    for box in boxes:
        kind = source.read(box.body, _TYPE_BYTES) if box.kind == b"uuid" else b""
        start = box.body + _TYPE_BYTES
        if exif := _exif(source, box):
            found.append(plain_block("exif", "Exif", source, exif.start, len(exif.block)))
        elif kind == _XMP:
            found.append(plain_block("xmp", "XMP", source, start, box.stop - start))
        elif kind == _IPTC:
            found.append(iptc_block(source, Span(start, box.stop)))
    return found


def _boxes(source: RangedSource) -> list[Box]:
    boxes = list(walk(source, 0, source.size))
    if [box.kind for box in boxes[:2]] != [b"jP  ", b"ftyp"]:
        raise damaged("it does not start with its type")
    return boxes


def _exif_type(source: RangedSource, box: Box) -> bytes:
    """Return the type of a box with Exif data; empty for any other box."""
    if box.kind != b"uuid":
        return b""
    kind = source.read(box.body, _TYPE_BYTES)
    return kind if kind in (JPG_TIFF_EXIF, DIGITAL_EXIF) else b""


def _exif(source: RangedSource, box: Box) -> _Exif | None:
    if not _exif_type(source, box):
        return None
    start = box.body + _TYPE_BYTES
    if box.stop - start > MAX_BLOB:
        raise damaged(f"its Exif data has {box.stop - start:,} bytes")
    data = source.read(start, box.stop - start)
    prefix = len(_NAME) if data.startswith(_NAME) else 0  # digiKam's
    return _Exif(box, start + prefix, data[prefix:])


def _with_new_box(source: RangedSource, boxes: list[Box], asked: Asked) -> Plan:
    nothing = CaptureTags()
    changes = asked.changes(nothing)
    texts = tag_texts(changes)
    if not texts:
        return Plan(source.size, (), nothing, nothing)
    _check_no_places(boxes)
    picture = next((box for box in boxes if box.kind == b"jp2c"), None)
    if picture is None:
        raise damaged("its picture is missing")
    patch = Patch(picture.start, 0, new_box(b"uuid", JPG_TIFF_EXIF + new_blob(texts)))
    return Plan(source.size, [patch], nothing, after_changes(nothing, changes))


def _check_no_places(boxes: list[Box]) -> None:
    for box in boxes:
        if box.kind in _PLACES:
            raise UnsupportedFormatError(
                f"the capture time cannot be added: the photo's file has a {name_of(box.kind)} box, whose offsets of "
                "other data cannot be adjusted",
                advice="Publish the photo without a correction, or save it again with a photo program.",
            )
