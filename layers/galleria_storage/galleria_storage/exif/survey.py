"""How far the contents of an Exif block reach, and what they refer to behind it."""

from bisect import bisect_right
from itertools import pairwise
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.ifd import Entry, Ifd
from galleria_storage.exif.maker_note import NoteIfd, note_ifds
from galleria_storage.exif.references import (
    Reference,
    camera_make,
    cut_values,
    ends_of_previews,
    note_references,
    samsung_references,
)
from galleria_storage.exif.tags import CAPTURE_TAGS
from galleria_storage.exif.tiff import GPS_IFD, MAKER_NOTE, POINTERS, Directory, TiffBlock
from galleria_storage.exif.tiff_images import check_sub_ifds, ends_of_strips

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
    cut
        Ends behind the block of IFDs and values that start in it.
    image_ends
        Ends of the thumbnails that start in it; some reach behind it.
    references
        What in the block refers to something that starts behind it.
    """

    __slots__ = ("cut", "end", "image_ends", "references")

    def __init__(self) -> None:
        self.end = 8
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
    for directory in block.directories:
        _survey_ifd(block, directory, found)
    for _, at in block.damage:
        if at < size:
            count: int = block.order.short.unpack_from(block.data.ljust(at + 2, b"\0"), at)[0]
            # Of a count that is cut in two nobody knows what it would become.
            found.add(at + 2 + (12 * count if at + 2 <= size else 0), size)
    found.image_ends += ends_of_strips(block)
    check_sub_ifds(block)
    _check_references(block, found.references)
    notes = [entry for ifd in block.exif_ifds for entry in ifd.find((MAKER_NOTE,)) if entry.size > 4]
    if len(notes) > MAX_NOTES:
        raise CorruptPhotoError(f"The photo's Exif data is damaged: it has {len(notes):,} maker notes.")
    make = camera_make(block)
    outside = len(found.references)
    for note in notes:
        _survey_note(block, note, make, found)
    _check_references(block, found.references[outside:], home=MAKER_NOTE)
    return found


def _survey_ifd(block: TiffBlock, directory: Directory, found: Survey) -> None:
    name, ifd = directory
    size, order = len(block.data), block.order
    furthest = ifd.end
    for tag, start, end, index in ifd.values:
        if end <= size:
            if ifd.at <= start < ifd.end and tag not in CAPTURE_TAGS:
                # Readers skip a value within its own IFD, but not where the IFD moved away.
                raise CorruptPhotoError(f"The photo's Exif data is damaged: tag {tag:04X} stands within the {name}.")
            furthest = max(furthest, end)
        elif tag not in CAPTURE_TAGS:  # those get a new value, or had none
            if start < size:
                found.cut.append(end)
            else:
                found.references.append(Reference(ifd.at + 10 + 12 * index, order, 0))
    found.add(furthest, size)
    _survey_pointers(block, directory, found)
    if name != POINTERS[GPS_IFD]:
        _survey_images(block, ifd, found)


def _survey_pointers(block: TiffBlock, directory: Directory, found: Survey) -> None:
    name, ifd = directory
    size, order = len(block.data), block.order
    for pointer in ifd.find(POINTERS) if name != POINTERS[GPS_IFD] else ():
        if pointer.type not in _INTEGERS:
            continue  # nobody takes it for a pointer
        if pointer.number != 1 or pointer.size != 4:
            raise CorruptPhotoError(f"The photo's Exif data is damaged: a pointer in its {name} has the wrong type.")
        if pointer.offset >= size:
            found.references.append(Reference(pointer.value, order, 0))
    if ifd.next >= size and name.startswith("IFD"):
        found.references.append(Reference(ifd.end, order, 0))


def _survey_images(block: TiffBlock, ifd: Ifd, found: Survey) -> None:
    for place, start, length in ifd.images:
        if start < len(block.data):
            found.image_ends.append(start + length)
        elif length:
            found.references.append(Reference(place, block.order, 0))


def _check_references(block: TiffBlock, references: list[Reference], home: int = 0) -> None:
    """Refuse references within the values of other tags than `home`, or in two IFDs: a change would harm those."""
    places = sorted(reference.at for reference in references)
    if not places:
        return
    tables = sorted((ifd.at, ifd.end) for _, ifd in block.directories)
    if any(end > following for (_, end), (following, _) in pairwise(tables)):
        raise CorruptPhotoError("The photo's Exif data is damaged: an IFD stands within another.")
    for _, ifd in block.directories:
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
    if note.value >= size:
        raise CorruptPhotoError(
            "The photo's maker note stands behind the image; it would be lost if the photo grew.",
            advice="Publish the photo without a correction of what it does not hold yet.",
        )
    found.references += samsung_references(block.data, block.order, note)
    for inner in note_ifds(block.data, block.order, note, make):
        _survey_note_values(size, note, inner, found)
        found.cut += cut_values(block.data, note, inner, make)
        found.image_ends += ends_of_previews(block.data, inner, make)
        known = set(found.references)
        found.references += (ref for ref in note_references(block.data, inner, make) if ref not in known)


def _survey_note_values(size: int, note: Entry, inner: NoteIfd, found: Survey) -> None:
    """Add the ends of a note's values; those of a note that is not sound as they may be meant, if they fit."""
    bases = (inner.base,) if inner.sound else (0, inner.base, note.value)
    for _, start, end, _ in inner.ifd.values:
        for base in bases:
            if base + start < size and (inner.sound or base + end <= size):
                found.add(base + end, size)
