"""Editing one Exif block: in place, else in its padding, else by growth."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from galleria_storage.photos.exif.free_space import continuation, filling_for, growth_problem, padding_for
from galleria_storage.photos.exif.survey import Survey, survey
from galleria_storage.photos.exif.text_draft import TextDraft
from galleria_storage.photos.exif.tiff import TiffBlock
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import harmful

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
        patches = [Patch(start + at, len(some), some) for at, some in replaced.items() if not data.startswith(some, at)]
        if self.growth:
            patches.append(Patch(start + free, 0, between + new))
        elif new:
            patches.append(Patch(start + free, len(new), new))
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
