"""The Exif blocks of a head: finding them, and writing texts into them, with everything that refers across them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.blob import new_blob
from galleria_storage.photos.exif.block_edit import BlockEdit, edit_block
from galleria_storage.photos.exif.growth import Growth, follow
from galleria_storage.photos.exif.ifd import TIFF_HEADERS
from galleria_storage.photos.exif.references import Reference
from galleria_storage.photos.exif.survey import survey
from galleria_storage.photos.exif.tiff import TiffBlock, read_block
from galleria_storage.photos.jpeg.head import APP0, APP1, Head, Segment
from galleria_storage.photos.jpeg.multi_picture import FoundIndex, find_index
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import damaged_exif

EXIF_HEADER: Final = b"Exif\0\0"
"""Exif 2.32 (CIPA DC-008) 4.5.4: the start of the segment's payload."""

_ODD_START: Final = re.compile(rb".{0,4}Exif\0.", re.DOTALL | re.IGNORECASE)
"""Readers accept this, too: some cameras write other bytes before it, or another sixth byte than NUL."""

MAX_BLOCKS: Final = 4
"""More Exif segments than any camera or program writes; limits the work on hostile input."""

MAX_PAYLOAD: Final = 65_533
"""T.81 B.1.1.4: the length of a segment has 16 bits and counts its own two bytes."""

_NEW_MARKER: Final = b"\xff\xe1"


class ExifBlock(NamedTuple):
    """An Exif segment and the TIFF block in it.

    Attributes
    ----------
    segment
        The segment.
    start
        Offset of the block in the file.
    tiff
        The block.
    """

    segment: Segment
    start: int
    tiff: TiffBlock


class EditedBlock(NamedTuple):
    """An Exif block of the head and its edit.

    Attributes
    ----------
    place
        The block as it was.
    edit
        What is written into it.
    references
        References to something after it, if anything grows.
    numbers
        The new bytes of these references, by their offset in the block.
    patches
        Of the file: the block, the references in it, and the length of its segment.
    """

    place: ExifBlock
    edit: BlockEdit
    references: Sequence[Reference]
    numbers: Mapping[int, bytes]
    patches: Sequence[Patch]


class HeadEdit(NamedTuple):
    """What changes in a head.

    Attributes
    ----------
    patches
        Of the file.
    growths
        What is inserted, and where.
    blocks
        The Exif blocks; none if the head had none.
    pictures
        The multi-picture index, if there is one and anything grows.
    growth
        Bytes by which the head grows.
    """

    patches: Sequence[Patch]
    growths: Sequence[Growth]
    blocks: Sequence[EditedBlock]
    pictures: FoundIndex | None
    growth: int


def exif_blocks(head: Head) -> list[ExifBlock]:
    """Return the Exif blocks of a head: none, one, or several from programs that add one without checking.

    Raises
    ------
    CorruptPhotoError
        A block is damaged, or there are too many.
    """
    return [ExifBlock(segment, start, read_block(head.data[start : segment.end])) for segment, start in find_exif(head)]


def find_exif(head: Head) -> list[tuple[Segment, int]]:
    """Return the Exif segments of a head, each with the offset of its TIFF block.

    Raises
    ------
    CorruptPhotoError
        One does not contain a TIFF block, or there are too many.
    """
    found: list[tuple[Segment, int]] = []
    data = head.data
    for segment in head.segments:
        marker, _, payload, end = segment
        if marker != APP1:
            continue
        start = payload + len(EXIF_HEADER)
        if not data.startswith(EXIF_HEADER, payload, end):
            odd = _ODD_START.match(data, payload, end)
            if odd is None:
                continue
            start = odd.end()
        if not data.startswith(TIFF_HEADERS, start, end):
            if not data[start:end].strip(b"\0"):
                continue  # an Exif segment that was emptied
            raise damaged_exif("it does not start with a TIFF header")
        if len(found) == MAX_BLOCKS:
            raise CorruptPhotoError(f"the photo is damaged: it has more than {MAX_BLOCKS} Exif blocks")
        found.append((segment, start))
    return found


def emptied_segment(head: Head) -> Segment | None:
    """Return the first Exif segment with nothing but zeros, as left by programs that clear an Exif block."""
    for segment in head.segments:
        payload = head.data[segment.payload : segment.end] if segment.marker == APP1 else b""
        if payload.startswith(EXIF_HEADER) and not payload.strip(EXIF_HEADER):
            return segment
    return None


def edit_head(head: Head, blocks: Sequence[ExifBlock], texts: Mapping[int, bytes]) -> HeadEdit:
    """Work out how to write texts into the Exif blocks of a head, or into a new one.

    Parameters
    ----------
    head
        The head.
    blocks
        Its Exif blocks.
    texts
        The texts to write, by tag, without NUL.

    Raises
    ------
    CorruptPhotoError
        A block would be harmed or become too long, or a reference cannot be adjusted.
    """
    edits: list[tuple[ExifBlock, BlockEdit]] = []
    growths: list[Growth] = []
    for block in blocks:
        _, _, payload, end = block.segment
        edit = edit_block(block.tiff, texts, memoryview(head.data)[end:], MAX_PAYLOAD - (end - payload))
        edits.append((block, edit))
        if edit.growth:
            growths.append(Growth(end, edit.growth))
    edited: list[EditedBlock] = []
    patches: list[Patch] = []
    for block, edit in edits:
        edited.append(_followed(block, edit, growths))
        patches += edited[-1].patches
    if not blocks:
        patches, growths = _new_block(head, EXIF_HEADER + new_blob(texts))
    if not growths:
        return HeadEdit(patches, growths, edited, None, 0)
    pictures = find_index(head, growths)
    if pictures:
        patches += pictures.patches(growths)
    return HeadEdit(patches, growths, edited, pictures, sum([growth.size for growth in growths]))


def insertion_point(head: Head) -> int:
    """Return where a new Exif segment goes: after APP0, which JFIF puts first (T.871 10.1), else after SOI."""
    at = 2
    for segment in head.segments:
        if segment.marker != APP0:
            break
        at = segment.end
    return at


def _followed(block: ExifBlock, edit: BlockEdit, growths: Sequence[Growth]) -> EditedBlock:
    """Let a block's references follow all growth."""
    segment, start, tiff = block
    references = (edit.contents or survey(tiff)).references if growths else ()
    numbers = follow(tiff.data, start, references, growths) if references else {}
    patches = edit.patches(numbers, start)
    if edit.growth:
        patches.append(_length_patch(segment, edit.growth))
    return EditedBlock(block, edit, references, numbers, patches)


def _new_block(head: Head, payload: bytes) -> tuple[list[Patch], list[Growth]]:
    """Put a new Exif block into an emptied segment, or into a new one.

    Some readers treat two Exif segments as pieces of one, so an emptied one is filled.
    """
    emptied = emptied_segment(head)
    if emptied is None:
        at = insertion_point(head)
        segment = _NEW_MARKER + (len(payload) + 2).to_bytes(2, "big") + payload
        return [Patch(at, 0, segment)], [Growth(at, len(segment))]
    start, end = emptied.payload, emptied.end
    room = end - start
    patches = [Patch(start, room, payload[:room].ljust(room, b"\0"))]
    if len(payload) <= room:
        return patches, []
    patches += (_length_patch(emptied, len(payload) - room), Patch(end, 0, payload[room:]))
    return patches, [Growth(end, len(payload) - room)]


def _length_patch(segment: Segment, growth: int) -> Patch:
    return Patch(segment.payload - 2, 2, (segment.end - segment.payload + 2 + growth).to_bytes(2, "big"))
