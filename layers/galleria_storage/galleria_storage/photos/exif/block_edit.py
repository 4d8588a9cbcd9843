"""Editing one Exif block: in place, else in its padding, else by growth, else in a maker's filling."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import MAX_ENTRIES
from galleria_storage.photos.exif.survey import Survey, survey
from galleria_storage.photos.exif.text_draft import TextDraft
from galleria_storage.photos.exif.tiff import TiffBlock
from galleria_storage.photos.exif.tiff_images import NOT_FOLLOWED
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import harmful

MARGIN: Final = 32
"""Zero bytes kept after the last byte that is not zero: a value that no IFD lists may end in zeros."""

PERIOD: Final = 256
"""Bytes of the pattern with which a maker fills a block."""

_ADVICE: Final = "Publish the photo without a correction of what it does not hold yet."

_new: Final = tuple.__new__
_NO_NUMBERS: Final[Mapping[int, bytes]] = {}


class BlockEdit(NamedTuple):
    """What is written into a block, and where there is room for it.

    Attributes
    ----------
    block
        The block.
    draft
        What is written.
    free
        Offset from which padding of the block is used; its length if none is.
    between
        Bytes that must directly follow the block, before anything new.
    growth
        Bytes by which the block grows.
    contents
        The block's survey, if it was needed.
    """

    block: TiffBlock
    draft: TextDraft
    free: int
    between: bytes = b""
    growth: int = 0
    contents: Survey | None = None

    def patches(self, numbers: Mapping[int, bytes] = _NO_NUMBERS, start: int = 0) -> list[Patch]:
        """Return the changes in the block: numbers and texts that differ, and an append if it grows.

        Parameters
        ----------
        numbers
            Other bytes of the block that change, by offset.
        start
            Offset of the block in the file that the patches are for.
        """
        data, free, between = self.block.data, self.free, self.between
        replaced, new = self.draft.write(free + len(between), numbers)
        patches = []
        for at, some in replaced.items():
            if not data.startswith(some, at):
                patches.append(_new(Patch, (start + at, len(some), some)))  # like Patch(…), in a third of the time
        if addition := between + new:
            patches.append(_new(Patch, (start + free, 0 if self.growth else len(new), addition)))
        return patches


def edit_block(
    block: TiffBlock, texts: Mapping[int, bytes], following: bytes | memoryview, room: int | None = None
) -> BlockEdit:
    """Work out how to write the capture tags into a block.

    New data goes into the block's zero padding, or else to its end. If it
    cannot be added there, IFDs are widened in place, which needs less space; as
    a last resort, filling that nothing refers to is overwritten.

    Parameters
    ----------
    block
        The block.
    texts
        The texts to write, by tag, without NUL.
    following
        The bytes of the file that follow the block.
    room
        Bytes by which the block may grow; None for any number.

    Raises
    ------
    CorruptPhotoError
        The block cannot take them without harm to other data.
    """
    draft = TextDraft(block, texts)
    if not draft.needs_space:
        return BlockEdit(block, draft, len(block.data))
    contents = survey(block)
    wanted = draft.length(len(block.data))
    free = padding_for(block, contents, wanted)
    if free is not None:
        return BlockEdit(block, draft, free, contents=contents)
    between = continuation(block, contents, following)
    edit = _grown(block, draft, between, contents)
    problem = growth_problem(block, contents, edit.growth, texts, following=following, room=room)
    if contents.stray_values and any(map(contents.is_in_note, draft.pointers)):
        problem = problem or harmful("its maker note")
    if problem is None:
        return edit
    narrow = _grown(block, TextDraft(block, texts, contents), between, contents)
    if narrow.draft.widened and not growth_problem(
        block, contents, narrow.growth, texts, following=following, room=room
    ):
        return narrow
    free = filling_for(block, contents, wanted)
    if free is None:
        raise problem
    return BlockEdit(block, draft, free, contents=contents)


def _grown(block: TiffBlock, draft: TextDraft, between: bytes, contents: Survey) -> BlockEdit:
    size = len(block.data)
    return BlockEdit(block, draft, size, between, len(between) + draft.length(size + len(between)), contents)


def padding_for(block: TiffBlock, contents: Survey, wanted: int) -> int | None:
    """Return where in a block's padding this many bytes can go: at its very end, far from all that is in use.

    Nikon, for example, fills APP1 with zeros up to 65,526 bytes.

    Returns
    -------
    int or None
        An even offset; None if the block does not end with enough zeros that are not in use.
    """
    size = len(block.data)
    start = (size - wanted - 1) & ~1
    used = max(contents.end, *contents.image_ends, 8)
    if contents.cut or start < used + MARGIN or not block.data.endswith(bytes(size - start + MARGIN)):
        return None
    return start


def is_filling(data: bytes, start: int) -> bool:
    """Whether a block ends with a repeating pattern, from an offset on and for one `PERIOD` before it.

    Fujifilm fills APP1 with 256 bytes over and over, from the thumbnail's end up to 65,472 bytes.
    """
    first = start - PERIOD
    return first >= PERIOD and data[first:] == data[first - PERIOD : len(data) - PERIOD]


def filling_for(block: TiffBlock, contents: Survey, wanted: int) -> int | None:
    """Return where in a pattern that fills a block's end this many bytes can go; see `padding_for`."""
    size = len(block.data)
    start = (size - wanted - 1) & ~1
    used = max(contents.end, *contents.image_ends, 8)
    if contents.cut or start - 2 * PERIOD < used or not is_filling(block.data, start):
        return None
    return start


def continuation(block: TiffBlock, contents: Survey, following: bytes | memoryview) -> bytes:
    """Return what must directly follow a block, before anything new.

    A thumbnail may extend past the end of the block, because of a wrong length
    or because a program cut the block. Readers that take it from the file find
    the following bytes of the file there; a copy of these lets such readers
    find the same.

    Parameters
    ----------
    block
        The block that is to grow.
    contents
        Its survey.
    following
        The bytes of the file that follow it.

    Raises
    ------
    CorruptPhotoError
        The thumbnail extends into the image.
    """
    size = len(block.data)
    overrun = 0
    for end in contents.image_ends:
        if overrun < end - size < NOT_FOLLOWED:
            overrun = end - size
    if overrun > len(following):
        raise CorruptPhotoError(
            "the photo's thumbnail extends past the end of the Exif data, so nothing can be added there",
            advice=_ADVICE,
        )
    # TIFF 6.0 section 2: the offset of the next IFD follows the entries. A block that ends before it has none.
    lacking = contents.tables_end + 4 - size
    if lacking > 0 and any(ifd.end % 2 != size % 2 for ifd in block.ifds if ifd.end + 4 > size):
        raise _cut_off()  # ExifTool considers such an IFD damaged, others read it
    return bytes(following[:overrun]).ljust(max(lacking, 0), b"\0")


def growth_problem(
    block: TiffBlock,
    contents: Survey,
    growth: int,
    texts: Collection[int],
    *,
    following: bytes | memoryview,
    room: int | None,
) -> CorruptPhotoError | None:
    """Return why a block must not grow by this many bytes; None if it may.

    An IFD or value that starts in the block and ends after it was cut off, and
    would get a new meaning inside a longer block.

    Parameters
    ----------
    block
        The block.
    contents
        Its survey.
    growth
        Bytes by which it grows.
    texts
        The tags that get a new value.
    following
        The bytes of the file that follow it.
    room
        Most bytes by which it may grow; None for any number.
    """
    size = len(block.data)
    for _, entry in block.captures:
        if entry.tag not in texts and size < entry.start + entry.size <= size + growth:
            return _cut_off()
    for end in contents.cut:
        if size < end <= size + growth:
            return _cut_off()
    for at in contents.dead_ends:
        # The file has no IFD there, and the new bytes will not look like one, which is checked by reading back.
        if at >= size + growth or _is_ifd(block, following[at - size :]):
            return _cut_off()
    if room is not None and growth > room:
        return CorruptPhotoError(
            f"the capture time does not fit: the photo's Exif data would need {growth:,} bytes more, and only {room:,} "
            "are left in its segment",
            advice="Remove the embedded preview or other large metadata, or publish without a correction.",
        )
    return None


def _is_ifd(block: TiffBlock, data: bytes | memoryview) -> bool:
    """Whether some reader could mistake bytes for an IFD."""
    count: int = block.order.short.unpack_from(data)[0] if len(data) >= 2 else 0
    return 0 < count <= MAX_ENTRIES and 2 + 12 * count <= len(data)


def _cut_off() -> CorruptPhotoError:
    return CorruptPhotoError(
        "the photo's Exif data is cut off at its end, so nothing can be added there", advice=_ADVICE
    )
