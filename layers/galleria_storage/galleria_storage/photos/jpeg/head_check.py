"""Reading a new head back, and comparing it with the one before."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from galleria_storage.photos.exif.edit_check import check_block, harm
from galleria_storage.photos.exif.growth import distance, targets, value_of
from galleria_storage.photos.exif.new_block import minimal_block
from galleria_storage.photos.exif.survey import survey
from galleria_storage.photos.exif.tiff import read_block
from galleria_storage.photos.jpeg.assembly import Assembly, insertion_point
from galleria_storage.photos.jpeg.exif_segments import EXIF_HEADER, ExifBlock, emptied_segment
from galleria_storage.photos.jpeg.head import APP1, Head, Segment
from galleria_storage.photos.jpeg.multi_picture import MPF_HEADER, PictureIndex, read_index

_NEW_MARKER: Final = b"\xff\xe1"


def check_head(head: Head, result: Assembly, texts: dict[int, bytes]) -> None:
    """Read a new head back and prove that it differs from the old one only as it should.

    Parameters
    ----------
    head
        The old head.
    result
        The new one.
    texts
        The texts by tag that it must hold.

    Raises
    ------
    CorruptPhotoError
        A text does not read back, or something else changed, or a reference leads elsewhere.
    """
    # A block that is right already may lie behind all that changes.
    within = [before for before in result.blocks if before.block.segment.end <= result.replaced]
    place = None if result.blocks else _place_of_new_block(head)
    touched = [place] if place else [before.block.segment for before in within]
    fresh = _find_again(head.data, result, [*touched, *result.indexes])
    for before in within:
        check_block(before.tiff, _block_again(head, result, before.block, fresh), texts, before.free)
    if place:
        minimal = read_block(minimal_block())
        check_block(minimal, _behind(EXIF_HEADER, result.data, fresh[place]), texts, len(minimal.data))
    if result.indexes or any(before.references for before in result.blocks):
        _check_references(head, result, fresh)


def _place_of_new_block(head: Head) -> Segment:
    """Return the emptied segment that a new block fills, or one without bytes where a new segment is put in."""
    at = insertion_point(head)
    return emptied_segment(head) or Segment(APP1, at, at, at)


def _find_again(old: bytes, result: Assembly, touched: list[Segment]) -> dict[Segment, Segment]:
    """Find the segments that may differ in a new head, and compare all bytes beside them with the old ones.

    Returns
    -------
    dict
        Old segment -> new one: the same marker, as long as its length says.
    """
    new, found = result.data, {}
    done = shift = 0
    for segment in sorted(touched, key=attrgetter("start")):
        at = segment.start + shift
        opening = old[segment.start : segment.payload - 2] or _NEW_MARKER
        if old[done : segment.start] != new[done + shift : at] or not new.startswith(opening, at):
            raise harm("another segment")
        payload = at + len(opening) + 2
        end = payload - 2 + int.from_bytes(new[payload - 2 : payload], "big")
        found[segment] = Segment(segment.marker, at, payload, end)
        done, shift = segment.end, end - segment.end
    if result.replaced + shift != len(new) or old[done : result.replaced] != new[done + shift :]:
        raise harm("another segment")
    return found


def _block_again(head: Head, result: Assembly, block: ExifBlock, fresh: Mapping[Segment, Segment]) -> bytes:
    """Return a block as it stands in a new head."""
    old = block.segment
    return _behind(head.data[old.payload : block.start], result.data, fresh[old])


def _behind(header: bytes, data: bytes, segment: Segment) -> bytes:
    """Return what stands in a segment behind its header, which must be there."""
    if not data.startswith(header, segment.payload, segment.end):
        raise harm("the header of a segment")
    return data[segment.payload + len(header) : segment.end]


def _check_references(head: Head, result: Assembly, fresh: Mapping[Segment, Segment]) -> None:
    """Check that what the head refers to stands where the new head says it does."""
    before: list[int] = []
    after: list[int] = []
    for old in result.blocks:  # a new block refers to nothing
        if old.references:
            block = read_block(_block_again(head, result, old.block, fresh))
            start = fresh[old.block.segment].end - len(block.data)
            before += targets(old.block.tiff.data, old.block.start, old.references)
            after += targets(block.data, start, survey(block).references)
    for segment, index in result.indexes.items():
        old_index, new_index = _behind(MPF_HEADER, head.data, segment), _behind(MPF_HEADER, result.data, fresh[segment])
        _check_index(old_index, new_index, index, sum(growth.size for growth in result.growths))
        before += targets(old_index, segment.end - len(old_index), index.others)
        after += targets(new_index, fresh[segment].end - len(new_index), index.others)
    # What is referred to has to stand behind all that changes: else it could not be told what of it changed.
    if any(target < result.replaced for target in before):
        raise harm("the place of other image data")
    if sorted(target + distance(0, target, result.growths) for target in before) != sorted(after):
        raise harm("the place of other image data")


def _check_index(before: bytes, after: bytes, index: PictureIndex, grown: int) -> None:
    """Compare a multi-picture index with the one before: only the size of the first image and the places may differ."""
    if len(before) != len(after) or read_index(after) != index:
        raise harm("the index of the images")
    size = value_of(before, index.first_size)
    if value_of(after, index.first_size) != (size + grown if size else 0):
        raise harm("the size of the image")
    may_change = sorted(reference.at for reference in (index.first_size, *index.others))
    starts, ends = [0, *(at + 4 for at in may_change)], [*may_change, len(before)]
    if any(before[start:end] != after[start:end] for start, end in zip(starts, ends, strict=True)):
        raise harm("the index of the images")
