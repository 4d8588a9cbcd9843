"""Reading a new head back, and comparing it with the one before."""

from collections.abc import Sequence

from galleria_storage.exif.assembly import Assembly
from galleria_storage.exif.edit_check import check_block, harm
from galleria_storage.exif.exif_segments import emptied_segment, find_exif
from galleria_storage.exif.growth import distance, targets
from galleria_storage.exif.head import Head, Segment, read_segments
from galleria_storage.exif.multi_picture import MPF_HEADER, read_index
from galleria_storage.exif.new_block import minimal_block
from galleria_storage.exif.survey import survey
from galleria_storage.exif.tiff import read_block


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
    new = Head(result.data, read_segments(result.data))
    segments = find_exif(new)
    _check_segments(head, result, new, segments)
    blocks = [new.data[start : segment.end] for segment, start in segments]
    if result.blocks:
        # A block that is right already may lie behind all that changes.
        within = [before for before in result.blocks if before.block.segment.end <= result.replaced]
        if len(within) != len(blocks):
            raise harm("the list of Exif blocks")
        for before, after in zip(within, blocks, strict=True):
            check_block(before.tiff, after, texts, before.free)
    else:
        minimal = read_block(minimal_block())
        check_block(minimal, blocks[0], texts, len(minimal.data))
    if result.indexes or any(before.references for before in result.blocks):
        _check_references(head, result, new, segments)


def _check_segments(head: Head, result: Assembly, new: Head, exif: Sequence[tuple[Segment, int]]) -> None:
    """Compare all segments but those of Exif and of the multi-picture index, byte by byte."""
    touched = {before.block.segment for before in result.blocks}.union(result.indexes)
    old_ones = [segment for segment in head.segments if segment.end <= result.replaced]
    fresh_ones = list(new.segments)
    if not result.blocks:
        fresh_ones.remove(exif[0][0])
        emptied = emptied_segment(head)
        old_ones = [segment for segment in old_ones if segment != emptied]
    if len(old_ones) != len(fresh_ones):
        raise harm("the list of segments")
    for old, fresh in zip(old_ones, fresh_ones, strict=True):
        if old not in touched and head.data[old.start : old.end] != new.data[fresh.start : fresh.end]:
            raise harm(f"segment FF {old.marker:02X}")


def _check_references(head: Head, result: Assembly, new: Head, exif: Sequence[tuple[Segment, int]]) -> None:
    """Check that what the head refers to stands where the new head says it does."""
    before: list[int] = []
    after: list[int] = []
    for old, (segment, start) in zip(result.blocks, exif, strict=False):  # a new block refers to nothing
        if old.references:
            block = read_block(new.data[start : segment.end])
            before += targets(old.block.tiff.data, old.block.start, old.references)
            after += targets(block.data, start, survey(block).references)
    for segment, index in result.indexes.items():
        start = segment.payload + len(MPF_HEADER)
        before += targets(head.data[start : segment.end], start, index.others)
        after += _index_targets(new, segment, result)
    # What is referred to has to stand behind all that changes: else it could not be told what of it changed.
    if any(target < result.replaced for target in before):
        raise harm("the place of other image data")
    if sorted(target + distance(0, target, result.growths) for target in before) != sorted(after):
        raise harm("the place of other image data")


def _index_targets(new: Head, old: Segment, result: Assembly) -> list[int]:
    at = old.start + distance(0, old.start, result.growths)
    segment = next(segment for segment in new.segments if segment.start == at)
    start = segment.payload + len(MPF_HEADER)
    block = new.data[start : segment.end]
    index = read_index(block)
    return targets(block, start, index.others) if index else []
