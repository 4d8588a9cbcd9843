"""How far the contents of an Exif block reach, and what they refer to behind it."""

from bisect import bisect_right
from itertools import pairwise
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import Entry, Ifd, Value
from galleria_storage.photos.exif.maker_note import NoteIfd, note_ifds
from galleria_storage.photos.exif.references import (
    Reference,
    camera_make,
    cut_values,
    ends_of_previews,
    note_references,
    samsung_references,
)
from galleria_storage.photos.exif.tags import CAPTURE_TAGS
from galleria_storage.photos.exif.tiff import GPS_NAME, MAKER_NOTE, TiffBlock
from galleria_storage.photos.exif.tiff_images import check_sub_ifds, ends_of_strips

MAX_NOTES: Final = 6
"""More maker notes than any camera writes into one block; bounds the work on hostile input."""


_INTEGERS: Final = frozenset({1, 3, 4, 6, 8, 9, 13})
"""The types of numbers that some reader takes for an offset."""


class Survey:
    """What is known of a block's contents.

    Attributes
    ----------
    end
        Where the last IFD or value ends that lies in the block.
    tables_end
        Where the entries of the last IFD end.
    cut
        Ends behind the block of IFDs and values that start in it.
    image_ends
        Ends of the thumbnails that start in it; some reach behind it.
    references
        What in the block refers to something that starts behind it.
    """

    __slots__ = ("cut", "end", "image_ends", "references", "tables_end")

    def __init__(self) -> None:
        self.end = self.tables_end = 8
        self.cut: list[int] = []
        self.image_ends: list[int] = []
        self.references: list[Reference] = []

    def add(self, end: int, size: int) -> None:
        """Note that something which starts in a block of a size ends at an offset."""
        if end > size:
            self.cut.append(end)
        elif end > self.end:
            self.end = end


def survey(block: TiffBlock) -> Survey:
    """Survey a block.

    Raises
    ------
    CorruptPhotoError
        The maker note lies behind the block, or there are more than `MAX_NOTES`, or a reference
        stands within other data, or is no LONG: readers differ in what they read there, so none can follow.
    """
    found = Survey()
    size = len(block.data)
    if block.end_if_apart:
        found.end = block.end_if_apart
    else:
        _survey_ifds(block, found)
    for name, pointer in block.pointers:
        if pointer.type not in _INTEGERS:
            continue  # nobody takes it for a pointer
        if pointer.number != 1 or pointer.size != 4:
            raise CorruptPhotoError(f"The photo's Exif data is damaged: a pointer in its {name} has the wrong type.")
        if pointer.raw >= size:
            found.references.append(Reference(pointer.start, block.order, 0))
    _check_references(block, found.references)
    notes = [entry for ifd in block.exif_ifds for entry in ifd.find({MAKER_NOTE}) if entry.size > 4]
    if len(notes) > MAX_NOTES:
        raise CorruptPhotoError(f"The photo's Exif data is damaged: it has {len(notes):,} maker notes.")
    outside = len(found.references)
    make = camera_make(block) if notes else b""
    for note in notes:
        _survey_note(block, note, make, found)
    _check_references(block, found.references[outside:], home=MAKER_NOTE)
    return found


def _survey_ifds(block: TiffBlock, found: Survey) -> None:
    """Survey IFDs that share bytes, or do not lie in the block, or are damaged, or hold unusual things."""
    size = len(block.data)
    for ifd in block.ifds:
        _survey_ifd(block, ifd, found)
    for _, at in block.damage:
        if at < size:
            count: int = block.order.short.unpack_from(block.data.ljust(at + 2, b"\0"), at)[0]
            # Of a count that is cut in two nobody knows what it would become.
            found.add(at + 2 + (12 * count if at + 2 <= size else 0), size)
    found.image_ends += ends_of_strips(block)
    check_sub_ifds(block)


def _survey_ifd(block: TiffBlock, ifd: Ifd, found: Survey) -> None:
    """Survey what an IFD lists: its values, its thumbnails, and the IFD that follows it."""
    size, table, behind = len(block.data), ifd.at, ifd.end
    ends = [behind]
    for value in ifd.values:
        tag, start, end, _ = value
        if end > size:
            _survey_outside(block, ifd, value, found)
        elif table <= start < behind and tag not in CAPTURE_TAGS:
            # Readers skip a value within its own IFD, but not where the IFD moved away.
            raise CorruptPhotoError(f"The photo's Exif data is damaged: tag {tag:04X} stands within the {ifd.name}.")
        else:
            ends.append(end)
    found.add(max(ends), size)
    found.tables_end = max(found.tables_end, behind)
    for place, start, length in ifd.images if ifd.name != GPS_NAME else ():
        if start < size:
            found.image_ends.append(start + length)
        elif length:
            found.references.append(Reference(place, block.order, 0))
    if ifd.next >= size and ifd.name.startswith("IFD"):
        found.references.append(Reference(behind, block.order, 0))


def _survey_outside(block: TiffBlock, ifd: Ifd, value: Value, found: Survey) -> None:
    tag, start, end, index = value
    if tag in CAPTURE_TAGS:
        return  # those get a new value, or had none
    if start < len(block.data):
        found.cut.append(end)
    else:
        found.references.append(Reference(ifd.at + 10 + 12 * index, block.order, 0))


def _check_references(block: TiffBlock, references: list[Reference], home: int = 0) -> None:
    """Refuse references within the values of other tags than `home`, or in two IFDs: a change would harm those."""
    if not references:
        return
    places = sorted(reference.at for reference in references)
    tables = sorted((ifd.at, ifd.end) for ifd in block.ifds)
    if any(end > following for (_, end), (following, _) in pairwise(tables)):
        raise CorruptPhotoError("The photo's Exif data is damaged: an IFD stands within another.")
    for ifd in block.ifds:
        for tag, start, end, _ in ifd.values:
            if tag != home:
                _check_places(places, start, end)
        for _, start, length in ifd.images:
            _check_places(places, start, start + length)


def _check_places(places: list[int], start: int, end: int) -> None:
    behind = bisect_right(places, start - 4)
    if behind < len(places) and places[behind] < end:
        raise CorruptPhotoError("The photo's Exif data is damaged: an IFD stands within other data.")


def _survey_note(block: TiffBlock, note: Entry, make: bytes, found: Survey) -> None:
    size = len(block.data)
    if note.start >= size:
        raise CorruptPhotoError(
            "The photo's maker note stands behind the image; it would be lost if the photo grew.",
            advice="Publish the photo without a correction of what it does not hold yet.",
        )
    found.references += samsung_references(block.data, block.order, note)
    for inner in note_ifds(block.data, block.order, note, make):
        _survey_note_values(size, note, inner, found)
        found.cut += cut_values(block.data, note, inner, make)
        found.image_ends += ends_of_previews(block.data, inner, make)
        for reference in note_references(block.data, inner, make):
            if reference not in found.references:
                found.references.append(reference)


def _survey_note_values(size: int, note: Entry, inner: NoteIfd, found: Survey) -> None:
    """Add the ends of a note's values; those of a note that is not sound as they may be meant, if they fit."""
    _, base, _, sound = inner
    bases = (base,) if sound else (0, base, note.start)
    for _, start, end, _ in inner.ifd.values:
        for base in bases:
            if base + start < size and (sound or base + end <= size):
                found.add(base + end, size)
