"""Reading a new head back, and comparing it with the one before."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from galleria_storage.exif.assembly import Assembly, insertion_point
from galleria_storage.exif.edit_check import check_block, harm
from galleria_storage.exif.exif_segments import EXIF_HEADER, ExifBlock, emptied_segment
from galleria_storage.exif.growth import distance, targets
from galleria_storage.exif.head import APP1, Head, Segment
from galleria_storage.exif.multi_picture import MPF_HEADER, read_index
from galleria_storage.exif.new_block import minimal_block
from galleria_storage.exif.survey import survey
from galleria_storage.exif.tiff import read_block

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
        start = _start_again(head, result, before.block, fresh)
        check_block(before.tiff, result.data[start : fresh[before.block.segment].end], texts, before.free)
    if place:
        start, minimal = fresh[place].payload + len(EXIF_HEADER), read_block(minimal_block())
        check_block(minimal, result.data[start : fresh[place].end], texts, len(minimal.data))
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


def _start_again(head: Head, result: Assembly, block: ExifBlock, fresh: Mapping[Segment, Segment]) -> int:
    """Return where a block starts in a new head: behind the same bytes as before."""
    payload = block.segment.payload
    header, at = head.data[payload : block.start], fresh[block.segment].payload
    if not result.data.startswith(header, at):
        raise harm("the list of Exif blocks")
    return at + len(header)


def _check_references(head: Head, result: Assembly, fresh: Mapping[Segment, Segment]) -> None:
    """Check that what the head refers to stands where the new head says it does."""
    before: list[int] = []
    after: list[int] = []
    for old in result.blocks:  # a new block refers to nothing
        if old.references:
            start, end = _start_again(head, result, old.block, fresh), fresh[old.block.segment].end
            block = read_block(result.data[start:end])
            before += targets(old.block.tiff.data, old.block.start, old.references)
            after += targets(block.data, start, survey(block).references)
    for segment, index in result.indexes.items():
        start = segment.payload + len(MPF_HEADER)
        before += targets(head.data[start : segment.end], start, index.others)
        after += _index_targets(result.data, fresh[segment])
    # What is referred to has to stand behind all that changes: else it could not be told what of it changed.
    if any(target < result.replaced for target in before):
        raise harm("the place of other image data")
    if sorted(target + distance(0, target, result.growths) for target in before) != sorted(after):
        raise harm("the place of other image data")


def _index_targets(new: bytes, segment: Segment) -> list[int]:
    start = segment.payload + len(MPF_HEADER)
    block = new[start : segment.end]
    index = read_index(block)
    return targets(block, start, index.others) if index else []
