"""Putting edited Exif blocks back into a head, with everything that refers across them."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.blob import new_blob
from galleria_storage.photos.exif.block_edit import BlockEdit, edit_block
from galleria_storage.photos.exif.growth import Growth, add, follow, value_of
from galleria_storage.photos.exif.references import Reference
from galleria_storage.photos.exif.survey import survey
from galleria_storage.photos.exif.tiff import TiffBlock, read_block
from galleria_storage.photos.jpeg.exif_segments import EXIF_HEADER, ExifBlock, emptied_segment
from galleria_storage.photos.jpeg.head import APP0, APP2, Head, Segment
from galleria_storage.photos.jpeg.multi_picture import MPF_HEADER, PictureIndex, read_index

MAX_PAYLOAD: Final = 65_533
"""T.81 B.1.1.4: the length of a segment has 16 bits and counts its own two bytes."""


class FollowedBlock(NamedTuple):
    """An Exif block as it was before its edit, but with its references moved on.

    Attributes
    ----------
    block
        The block as it was.
    references
        What in it refers to something behind it.
    tiff
        The block with these references as they must be in the result.
    free
        Offset from which on the edit used padding in it; its length if it used none.
    """

    block: ExifBlock
    references: Sequence[Reference]
    tiff: TiffBlock
    free: int


class _Change(NamedTuple):
    """New bytes, in pieces, from an offset of the old file to the end of a segment."""

    start: int
    pieces: Sequence[bytes | bytearray | memoryview]


class Assembly(NamedTuple):
    """The new start of a file.

    Attributes
    ----------
    data
        The bytes that replace the first `replaced` bytes of the file.
    replaced
        How many they replace; always at the end of a segment.
    growths
        What is inserted, and where.
    blocks
        The blocks before their edit.
    indexes
        The multi-picture indexes of the head, if anything grew.
    """

    data: bytes
    replaced: int
    growths: Sequence[Growth]
    blocks: Sequence[FollowedBlock]
    indexes: Mapping[Segment, PictureIndex]


def _new_block(texts: Mapping[int, bytes]) -> bytes:
    """Return the payload of an Exif segment (Exif 2.32 4.5.4) that holds the texts, and nothing more."""
    return EXIF_HEADER + new_blob(texts)


def _length(payload: int) -> bytes:
    """Return the two bytes of a segment's length; an error if a payload of so many bytes does not fit."""
    if payload > MAX_PAYLOAD:
        raise CorruptPhotoError(
            f"The capture time does not fit: the photo's Exif data would need {payload:,} bytes, "
            f"and a JPEG segment holds {MAX_PAYLOAD:,}.",
            advice="Remove the embedded preview or other large metadata, or publish without a correction.",
        )
    return (payload + 2).to_bytes(2, "big")


def insertion_point(head: Head) -> int:
    """Return where a new Exif segment goes: behind APP0, which JFIF wants first (T.871 10.1), else behind SOI."""
    at = 2
    for segment in head.segments:
        if segment.marker != APP0:
            break
        at = segment.end
    return at


def picture_indexes(head: Head) -> dict[Segment, PictureIndex]:
    """Return the MP indexes of a head; only the file's first image has one, in one segment."""
    for segment in [segment for segment in head.segments if segment[0] == APP2]:
        if head.data.startswith(MPF_HEADER, segment.payload):
            index = read_index(head.data[segment.payload + len(MPF_HEADER) : segment.end])
            if index:
                return {segment: index}
    return {}


def assemble(head: Head, blocks: Sequence[ExifBlock], texts: Mapping[int, bytes]) -> Assembly:
    """Write texts into the Exif blocks of a head, or into a new one, and let references across them follow.

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
        A block would be harmed or gets too long, or a reference cannot follow.
    """
    if not blocks:
        emptied = emptied_segment(head)
        return _refill(head, emptied, _new_block(texts)) if emptied else _insert(head, _new_block(texts))
    edits = [edit_block(block.tiff, texts, _following(head, block)) for block in blocks]
    growths = [
        Growth(block.segment.end, len(edit.patches.appended))
        for block, edit in zip(blocks, edits, strict=True)
        if edit.patches.appended
    ]
    changed: dict[Segment, _Change] = {}
    followed = []
    for block, edit in zip(blocks, edits, strict=True):
        before, final = _followed(block, edit, growths), edit
        if before.references:
            # They follow before the edit, since the edit may move the IFD that holds them.
            final = edit_block(before.tiff, texts, _following(head, block))
        if before.references or any(final.patches):
            changed[block.segment] = _Change(block.start, final.pieces(before.tiff.data))
        followed.append(before)
    indexes = picture_indexes(head) if growths else {}
    for segment, index in indexes.items():
        changed[segment] = _follow_index(head, segment, index, growths)
    return Assembly(*_join(head, changed), growths, followed, indexes)


def _refill(head: Head, segment: Segment, payload: bytes) -> Assembly:
    """Put a new payload into a segment that was emptied: some readers take two segments for one in pieces."""
    room = segment.end - segment.payload
    growths = [Growth(segment.end, len(payload) - room)] if len(payload) > room else []
    indexes = picture_indexes(head) if growths else {}
    changed = {place: _follow_index(head, place, index, growths) for place, index in indexes.items()}
    changed[segment] = _Change(segment.payload, (payload.ljust(room, b"\0"),))
    return Assembly(*_join(head, changed), growths, [], indexes)


def _insert(head: Head, payload: bytes) -> Assembly:
    """Put a new segment into a head."""
    segment = b"\xff\xe1" + _length(len(payload)) + payload
    at = insertion_point(head)
    growths = [Growth(at, len(segment))]
    indexes = picture_indexes(head)
    data, replaced = _join(
        head, {place: _follow_index(head, place, index, growths) for place, index in indexes.items()}
    )
    # An index keeps its length, so that what is in front of the insertion keeps its place.
    data, replaced = (data, replaced) if replaced > at else (head.data[:at], at)
    return Assembly(data[:at] + segment + data[at:], replaced, growths, [], indexes)


def _following(head: Head, block: ExifBlock) -> memoryview:
    return memoryview(head.data)[block.segment.end :]


def _followed(block: ExifBlock, edit: BlockEdit, growths: Sequence[Growth]) -> FollowedBlock:
    if not growths:
        return FollowedBlock(block, (), block.tiff, edit.free)
    references = (edit.contents or survey(block.tiff)).references
    if not references:
        return FollowedBlock(block, (), block.tiff, edit.free)
    followed = read_block(follow(block.tiff.data, block.start, references, growths))
    return FollowedBlock(block, references, followed, edit.free)


def _follow_index(head: Head, segment: Segment, index: PictureIndex, growths: Sequence[Growth]) -> _Change:
    """DC-007 5.2.3.3: the first image's size counts all inserted bytes; the others' offsets those behind the header."""
    start = segment.payload + len(MPF_HEADER)
    data = bytearray(follow(head.data[start : segment.end], start, index.others, growths))
    if value_of(data, index.first_size):
        add(data, index.first_size, sum(growth.size for growth in growths))
    return _Change(start, (data,))


def _join(head: Head, changed: Mapping[Segment, _Change]) -> tuple[bytes, int]:
    """Return the head with new ends of segments up to the last one, and how much of the old head that replaces."""
    pieces: list[bytes | bytearray | memoryview] = []
    done = 0
    for segment in sorted(changed, key=lambda segment: segment.start):
        start, new = changed[segment]
        length = _length(start - segment.payload + sum(map(len, new)))
        pieces += (head.data[done : segment.payload - 2], length, head.data[segment.payload : start], *new)
        done = segment.end
    return b"".join(pieces), done
