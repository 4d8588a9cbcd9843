"""How far the contents of an Exif block extend, and what they refer to after it."""

from bisect import bisect_right
from itertools import pairwise
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII, INLINE, Entry, Ifd, Value
from galleria_storage.photos.exif.maker_note import NoteIfd, note_ifds
from galleria_storage.photos.exif.references import (
    NEAR,
    Reference,
    camera_make,
    reach_of_note,
    samsung_references,
)
from galleria_storage.photos.exif.tags import CAPTURE_TAGS
from galleria_storage.photos.exif.tiff import GPS_NAME, MAKER_NOTE, TiffBlock
from galleria_storage.photos.exif.tiff_images import check_sub_ifds, ends_of_strips, numbers
from galleria_storage.photos.refusals import damaged_exif

MAX_NOTES: Final = 6
"""More maker notes than any camera writes into one block; bounds the work on hostile input."""

MAX_ENTRIES_OF_NOTES: Final = 1024
"""More entries than all IFDs of a block's maker notes have, even if they share some."""

_INTEGERS: Final = frozenset({1, 3, 4, 6, 8, 9, 13})
"""The types of numbers that some readers take for an offset."""


class Survey:
    """What is known about a block's contents.

    Attributes
    ----------
    end
        End of the last IFD or value in the block.
    tables_end
        End of the last IFD's entries.
    cut
        Ends, after the block, of IFDs and values that start in it.
    image_ends
        Ends of the thumbnails that start in it; some extend past its end.
    references
        References in the block to something that starts after it.
    dead_ends
        Offsets after the block at which an IFD should be, given by numbers that cannot change.
    stray_values
        Start and end of the values of maker notes that do not lie in the note.
    """

    __slots__ = ("cut", "dead_ends", "end", "image_ends", "references", "stray_values", "tables_end")

    def __init__(self) -> None:
        self.end = self.tables_end = 8
        self.cut: list[int] = []
        self.image_ends: list[int] = []
        self.references: list[Reference] = []
        self.dead_ends: list[int] = []
        self.stray_values: list[tuple[int, int]] = []

    def is_in_note(self, at: int) -> bool:
        """Whether a number of four bytes overlaps a maker note's value."""
        return any(start < at + 4 and at < end for start, end in self.stray_values)

    def add(self, end: int, size: int) -> None:
        """Record the end of something that starts in a block of a size."""
        if end > size:
            self.cut.append(end)
        elif end > self.end:
            self.end = end


def survey(block: TiffBlock) -> Survey:
    """Survey a block.

    Raises
    ------
    CorruptPhotoError
        The maker note is after the block, or there are more than `MAX_NOTES`, or a reference
        is within other data, or is not a LONG: readers differ in what they read there, so no adjustment suits all.
    """
    found = Survey()
    size = len(block.data)
    if end := block.end_if_apart:
        found.end = end
    else:
        _survey_ifds(block, found)
    for name, pointer in block.pointers:
        if pointer.type not in _INTEGERS:
            continue  # nobody takes it for a pointer
        if pointer.number != 1 or pointer.size != 4:
            _survey_odd_pointer(block, name, pointer, found)
        elif pointer.raw >= size:
            found.references.append(Reference(pointer.start, block.order, 0))
    _check_references(block, found.references)
    notes = [entry for entry in block.maker_notes if entry.size > INLINE]
    if len(notes) > MAX_NOTES:
        raise damaged_exif(f"it has {len(notes):,} maker notes")
    if notes:
        told = _survey_notes(block, notes, found)
        _check_references(block, told, home=MAKER_NOTE)
        if found.references and found.stray_values:
            _set_dead_ends_aside(block, found)
        found.references += told
    return found


def _set_dead_ends_aside(block: TiffBlock, found: Survey) -> None:
    """Find references that are also part of a maker note's value, as in some Sony cameras: they cannot be adjusted."""
    chain = {ifd.end for ifd in block.ifds if ifd.name.startswith("IFD")}
    free = []
    for reference in found.references:
        if not found.is_in_note(reference.at):
            free.append(reference)
        elif reference.at in chain:
            found.dead_ends.append(block.order.long.unpack_from(block.data, reference.at)[0])
        else:
            raise damaged_exif("its maker note shares bytes with a pointer")
    found.references = free


def _survey_ifds(block: TiffBlock, found: Survey) -> None:
    """Survey IFDs that share bytes, lie outside the block, are damaged, or contain something unusual."""
    size = len(block.data)
    for ifd in block.ifds:
        _survey_ifd(block, ifd, found)
    for _, at in block.damage:
        if at < size:
            found.add(_end_of_table(block, at), size)
    found.image_ends += ends_of_strips(block)
    check_sub_ifds(block)


def _end_of_table(block: TiffBlock, at: int) -> int:
    """Return the end of an IFD that begins in the block, if it is one."""
    # If its count is cut in two, its new value is unknown.
    cut = at + 2 > len(block.data)
    return at + 2 + (0 if cut else 12 * block.order.short.unpack_from(block.data, at)[0])


def _survey_odd_pointer(block: TiffBlock, name: str, pointer: Entry, found: Survey) -> None:
    """Survey a pointer of another type or number than Exif asks, which few readers follow, each in their own way."""
    size = len(block.data)
    for at in {pointer.raw, *numbers(block, pointer)[:1]}:
        if at < size:
            found.add(_end_of_table(block, at), size)
        elif at < size + NEAR or at != pointer.raw:
            raise damaged_exif(f"a pointer in its {name} has the wrong type")


def _survey_ifd(block: TiffBlock, ifd: Ifd, found: Survey) -> None:
    """Survey what an IFD lists: its values, its thumbnails, and the IFD that follows it."""
    size, table, table_end = len(block.data), ifd.at, ifd.end
    ends = [table_end]
    for value in ifd.values:
        tag, start, end, _ = value
        if end > size:
            _survey_outside(block, ifd, value, found)
        elif table <= start < table_end and tag not in CAPTURE_TAGS:
            # Readers skip a value within its own IFD, but not after the IFD has moved.
            raise damaged_exif(f"tag {tag:04X} is within the {ifd.name}")
        else:
            ends.append(end)
    found.add(max(ends), size)
    found.tables_end = max(found.tables_end, table_end)
    for place, start, length in ifd.images if ifd.name != GPS_NAME else ():
        if start < size:
            found.image_ends.append(start + length)
        else:
            found.references.append(Reference(place, block.order, 0))
    if ifd.next >= size and ifd.name.startswith("IFD"):
        found.references.append(Reference(table_end, block.order, 0))


def _survey_outside(block: TiffBlock, ifd: Ifd, value: Value, found: Survey) -> None:
    tag, start, end, index = value
    if tag in CAPTURE_TAGS:
        return  # these get a new value, or had none
    if start < len(block.data):
        found.cut.append(end)
    else:
        found.references.append(Reference(ifd.at + 10 + 12 * index, block.order, 0))


def _check_references(block: TiffBlock, references: list[Reference], home: int = 0) -> None:
    """Refuse references inside the values of tags other than `home`, or in two IFDs: a change would harm these."""
    if not references:
        return
    places = sorted(reference.at for reference in references)
    tables = sorted((ifd.at, ifd.end) for ifd in block.ifds)
    if any(end > following for (_, end), (following, _) in pairwise(tables)):
        raise damaged_exif("an IFD is within another")
    for ifd in block.ifds:
        for tag, start, end, _ in ifd.values:
            if tag != home:
                _check_places(places, start, end)
        for _, start, length in ifd.images:
            _check_places(places, start, start + length)


def _check_places(places: list[int], start: int, end: int) -> None:
    index = bisect_right(places, start - 4)
    if index < len(places) and places[index] < end:
        raise damaged_exif("an IFD is within other data")


def _survey_notes(block: TiffBlock, notes: list[Entry], found: Survey) -> list[Reference]:
    """Survey maker notes; return their references to something after the block, once each."""
    make = camera_make(block)
    told: dict[Reference, None] = {}
    entries = 0
    for note in notes:
        for inner in _survey_note(block, note, make, found, told):
            entries += len(inner.ifd.tags)
        if entries > MAX_ENTRIES_OF_NOTES:
            raise damaged_exif(f"its maker note has more than {MAX_ENTRIES_OF_NOTES:,} entries")
    return list(told)


def _survey_note(
    block: TiffBlock, note: Entry, make: bytes, found: Survey, told: dict[Reference, None]
) -> list[NoteIfd]:
    size = len(block.data)
    if note.start >= size:
        raise CorruptPhotoError(
            "the photo's maker note comes after the image; it would be lost if the photo grew",
            advice="Publish the photo without a correction of what it does not hold yet.",
        )
    for reference in samsung_references(block.data, block.order, note):
        told[reference] = None
    ifds = note_ifds(block.data, block.order, note, make)
    for inner in ifds:
        _survey_note_values(size, note, inner, found)
        references, cut, image_ends = reach_of_note(block.data, note, inner, make)
        found.cut += cut
        found.image_ends += image_ends
        told |= dict.fromkeys(references)
    return ifds


def _survey_note_values(size: int, note: Entry, inner: NoteIfd, found: Survey) -> None:
    """Add the ends of a note's values; if the note is not sound, also where they may be meant to be, if that fits."""
    _, base, _, sound = inner
    bases = (base,) if sound else (0, base, note.start)
    first, last = note.start, note.start + note.size
    for _, start, end, index in inner.ifd.values:
        # Readers take a text with a wrong length only up to the first NUL.
        if sound and not first <= base + start <= base + end <= last and inner.ifd.types[index] != ASCII:
            found.stray_values.append((base + start, base + end))
        for base in bases:
            if base + start < size and (sound or base + end <= size):
                found.add(base + end, size)
