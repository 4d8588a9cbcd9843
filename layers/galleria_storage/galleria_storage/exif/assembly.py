"""Putting edited Exif blocks back into a head, with everything that refers across them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.exif_segments import EXIF_HEADER, ExifBlock, capture_tags, exif_blocks
from galleria_storage.exif.growth import Growth, add, distance, follow, targets, value_of
from galleria_storage.exif.head import APP0, APP2, Head, Segment, read_head
from galleria_storage.exif.multi_picture import MPF_HEADER, PictureIndex, read_index
from galleria_storage.exif.references import references_behind
from galleria_storage.exif.tags import CaptureTags
from galleria_storage.exif.tiff import TiffBlock, read_block

MAX_PAYLOAD = 65_533
"""T.81 B.1.1.4: the length of a segment has 16 bits and counts its own two bytes."""


Edit = Callable[[TiffBlock, bytes], bytes]


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
    """

    data: bytes
    replaced: int
    growths: tuple[Growth, ...]


def segment_bytes(head: Head, old: Segment, payload: bytes) -> bytes:
    """Return a segment with a new payload; the marker, with fill bytes before it, stays.

    Raises
    ------
    CorruptPhotoError
        The payload is longer than a segment can be.
    """
    return head.data[old.start : old.payload - 2] + _length(payload) + payload


def new_exif_segment(block: bytes) -> bytes:
    """Return an Exif APP1 segment that holds a block (Exif 2.32 4.5.4)."""
    payload = EXIF_HEADER + block
    return b"\xff\xe1" + _length(payload) + payload


def _length(payload: bytes) -> bytes:
    if len(payload) > MAX_PAYLOAD:
        raise CorruptPhotoError(
            f"The capture time does not fit: the photo's Exif data would need {len(payload):,} bytes, "
            f"and a JPEG segment holds {MAX_PAYLOAD:,}.",
            advice="Remove the embedded preview or other large metadata, or publish without a correction.",
        )
    return (len(payload) + 2).to_bytes(2, "big")


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
    found = {}
    for segment in head.segments:
        if segment.marker == APP2 and head.data.startswith(MPF_HEADER, segment.payload):
            index = read_index(head.data[segment.payload + len(MPF_HEADER) : segment.end])
            if index:
                found[segment] = index
                break
    return found


def assemble(head: Head, blocks: Sequence[ExifBlock], edit: Edit, inserted: bytes) -> Assembly:
    """Edit the blocks of a head, or put a new segment into it, and let references across them follow.

    Parameters
    ----------
    head
        The head.
    blocks
        Its Exif blocks.
    edit
        Edits a block, given the bytes of the file that follow it.
    inserted
        A new Exif segment; empty if there are blocks.

    Raises
    ------
    CorruptPhotoError
        A block got too long, or a reference cannot follow.
    """
    edited = {block.segment: edit(block.tiff, _following(head, block)) for block in blocks}
    point = insertion_point(head)
    growths = [Growth(block.segment.end, len(edited[block.segment]) - len(block.tiff.data)) for block in blocks]
    growths = [growth for growth in (*growths, Growth(point, len(inserted))) if growth.size]
    if growths:
        for block in blocks:
            references = references_behind(block.tiff)
            if references:
                # They follow before the edit, since the edit may move the IFD that holds them.
                followed = read_block(follow(block.tiff.data, block.start, references, growths))
                edited[block.segment] = edit(followed, _following(head, block))
    payloads = {
        block.segment: head.data[block.segment.payload : block.start] + edited[block.segment]
        for block in blocks
        if edited[block.segment] != block.tiff.data
    }
    if growths:
        for segment, index in picture_indexes(head).items():
            payloads[segment] = _follow_index(head, segment, index, growths)
    return _join(head, payloads, point if inserted else 0, inserted, tuple(growths))


def _following(head: Head, block: ExifBlock) -> bytes:
    return head.data[block.segment.end : block.segment.end + MAX_PAYLOAD]


def _follow_index(head: Head, segment: Segment, index: PictureIndex, growths: Sequence[Growth]) -> bytes:
    """DC-007 5.2.3.3: the first image's size counts all inserted bytes; the others' offsets those behind the header."""
    start = segment.payload + len(MPF_HEADER)
    data = bytearray(follow(head.data[start : segment.end], start, index.others, growths))
    if value_of(data, index.first_size):
        add(data, index.first_size, sum(growth.size for growth in growths))
    return MPF_HEADER + data


def _join(
    head: Head, payloads: Mapping[Segment, bytes], point: int, inserted: bytes, growths: tuple[Growth, ...]
) -> Assembly:
    pieces: list[bytes] = []
    done = 0
    if inserted:
        pieces += (head.data[:point], inserted)
        done = point
    for segment in sorted(payloads, key=lambda segment: segment.start):
        pieces += (head.data[done : segment.start], segment_bytes(head, segment, payloads[segment]))
        done = segment.end
    return Assembly(b"".join(pieces), done, growths)


def check_assembly(head: Head, blocks: Sequence[ExifBlock], result: Assembly) -> CaptureTags:
    """Read a new head back and compare it with the old one.

    Returns
    -------
    CaptureTags
        The capture tags in the new head.

    Raises
    ------
    CorruptPhotoError
        A segment that should not change did, or a reference does not lead to where it led.
    """
    new = read_head(result.data + b"\xff\xda")
    old_segments = [segment for segment in head.segments if segment.end <= result.replaced]
    new_segments = list(new.segments)
    new_blocks = exif_blocks(new)
    if not blocks:
        new_segments.remove(new_blocks[0].segment)
    touched = {block.segment for block in blocks} | picture_indexes(head).keys()
    same = len(old_segments) == len(new_segments) and all(
        old in touched or head.data[old.start : old.end] == new.data[fresh.start : fresh.end]
        for old, fresh in zip(old_segments, new_segments, strict=True)
    )
    if not same:
        raise _unsound("another segment would change")
    if result.growths:
        _check_references(head, blocks, new, new_blocks, result.growths)
    return capture_tags(new_blocks)


def _check_references(
    head: Head, blocks: Sequence[ExifBlock], new: Head, new_blocks: Sequence[ExifBlock], growths: Sequence[Growth]
) -> None:
    before, after = _targets(head, blocks), _targets(new, new_blocks)
    if [target + distance(0, target, growths) for target in before] != after:
        raise _unsound("a reference to other image data would go wrong")


def _targets(head: Head, blocks: Sequence[ExifBlock]) -> list[int]:
    found = []
    for block in blocks:
        found += targets(block.tiff.data, block.start, references_behind(block.tiff))
    for segment, index in picture_indexes(head).items():
        start = segment.payload + len(MPF_HEADER)
        found += targets(head.data[start : segment.end], start, index.others)
    return found


def _unsound(what: str) -> CorruptPhotoError:
    return CorruptPhotoError(
        f"The capture time cannot be changed without harm: {what}.",
        advice="Publish the photo without a correction, or correct it in a photo program.",
    )
