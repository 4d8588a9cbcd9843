"""Comparing a new head, read from the result, with the old one."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from galleria_storage.photos.exif.edit_check import check_block
from galleria_storage.photos.exif.growth import distance, targets, value_of
from galleria_storage.photos.exif.new_block import minimal_block
from galleria_storage.photos.exif.survey import survey
from galleria_storage.photos.exif.tiff import TiffBlock, read_block
from galleria_storage.photos.jpeg.head import APP1, Head, Segment
from galleria_storage.photos.jpeg.head_edit import EXIF_HEADER, EditedBlock, HeadEdit, emptied_segment, insertion_point
from galleria_storage.photos.jpeg.multi_picture import FoundIndex, read_index
from galleria_storage.photos.plan import Patch, patched
from galleria_storage.photos.refusals import harmful

_NEW_MARKER: Final = b"\xff\xe1"


class _Content(NamedTuple):
    """What may differ in a segment, old or new: its bytes, and their offset in the file."""

    data: bytes
    start: int


def check_head(head: Head, edit: HeadEdit, texts: Mapping[int, bytes], new: bytes) -> None:
    """Prove that a new head differs from the old one only as it should.

    Parameters
    ----------
    head
        The old head.
    edit
        Its edit.
    texts
        The texts, by tag, that the new head must have.
    new
        The new head: as many bytes as the old one plus its growth.

    Raises
    ------
    CorruptPhotoError
        A text does not read back, something else changed, or a reference leads elsewhere.
    """
    places = [(block.place.segment, block.place.start) for block in edit.blocks] or [_place_of_new_block(head)]
    if edit.pictures:
        places.append((edit.pictures.segment, edit.pictures.start))
    found = _find_again(head.data, new, places)
    blocks = found[: len(edit.blocks)]
    for block, now in zip(edit.blocks, blocks, strict=True):
        check_block(_expected(block), now.data, texts, block.edit.free, block.edit.draft.widened)
    if not edit.blocks:
        minimal = read_block(minimal_block())
        check_block(minimal, found[0].data, texts, len(minimal.data))
    if edit.growths:
        _check_references(edit, blocks, found[-1])


def _place_of_new_block(head: Head) -> tuple[Segment, int]:
    """Return the emptied segment that a new block fills, or one without bytes at the place of a new segment."""
    at = insertion_point(head)
    segment = emptied_segment(head) or Segment(APP1, at, at, at)
    return segment, segment.payload + (len(EXIF_HEADER) if segment.end > at else 0)


def _find_again(old: bytes, new: bytes, places: Sequence[tuple[Segment, int]]) -> list[_Content]:
    """Find what may differ in the new head, and compare all other bytes with the old ones.

    Parameters
    ----------
    old, new
        The heads.
    places
        Segments of the old one, and for each the offset from which bytes may differ.

    Returns
    -------
    list
        The content in the new head for each of them.
    """
    found: dict[int, _Content] = {}
    done = shift = 0
    for segment, content in sorted(places, key=itemgetter(1)):
        at = segment.start + shift
        opening = old[segment.start : segment.payload - 2] or _NEW_MARKER
        if old[done : segment.start] != new[done + shift : at] or not new.startswith(opening, at):
            raise harmful("another segment")
        payload = at + len(opening) + 2
        end = payload - 2 + int.from_bytes(new[payload - 2 : payload], "big")
        header = old[segment.payload : content] or EXIF_HEADER
        if not new.startswith(header, payload, end):
            raise harmful("the header of a segment")
        found[content] = _Content(new[payload + len(header) : end], payload + len(header))
        done, shift = segment.end, end - segment.end
    if len(old) + shift != len(new) or old[done:] != new[done + shift :]:
        raise harmful("another segment")
    return [found[content] for _, content in places]


def _expected(block: EditedBlock) -> TiffBlock:
    """Return a block as it was before its edit, but with adjusted references."""
    before = block.place.tiff
    if not block.numbers:
        return before
    return read_block(patched(before.data, [Patch(at, len(new), new) for at, new in block.numbers.items()]))


def _check_references(edit: HeadEdit, blocks: Sequence[_Content], last: _Content) -> None:
    """Check that what the head refers to is where the new head says."""
    before: list[int] = []
    after: list[int] = []
    for old, now in zip(edit.blocks, blocks, strict=True):  # a new block refers to nothing
        if old.references:
            before += targets(old.place.tiff.data, old.place.start, old.references)
            after += targets(now.data, now.start, survey(read_block(now.data)).references)
    if edit.pictures:
        others = edit.pictures.pictures.others
        _check_index(edit.pictures, last.data, edit.growth)
        before += targets(edit.pictures.data, edit.pictures.start, others)
        after += targets(last.data, last.start, others)
    if not before and not after:
        return
    # Targets of references must come after all changes; otherwise part of them may have changed.
    changed = max((patch.offset + patch.removed for patch in edit.patches), default=0)
    if any(target < changed for target in before):
        raise harmful("the place of other image data")
    if sorted(target + distance(0, target, edit.growths) for target in before) != sorted(after):
        raise harmful("the place of other image data")


def _check_index(found: FoundIndex, now: bytes, growth: int) -> None:
    """Compare a multi-picture index with the old one: only the size of the first image and the offsets may differ."""
    before, index = found.data, found.pictures
    if len(before) != len(now) or read_index(now) != index:
        raise harmful("the index of the images")
    size = value_of(before, index.first_size)
    if value_of(now, index.first_size) != (size + growth if size else 0):
        raise harmful("the size of the image")
    may_change = sorted(reference.at for reference in (index.first_size, *index.others))
    starts, ends = [0, *(at + 4 for at in may_change)], [*may_change, len(before)]
    if any(before[start:end] != now[start:end] for start, end in zip(starts, ends, strict=True)):
        raise harmful("the index of the images")
