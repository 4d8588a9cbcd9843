"""Editing one Exif block: in place, else in its padding, else by letting it grow."""

from collections.abc import Mapping
from typing import NamedTuple

from galleria_storage.photos.exif.edit_check import harm
from galleria_storage.photos.exif.free_space import check_growth, continuation, padding_for
from galleria_storage.photos.exif.ifd_edit import Patches, write_texts
from galleria_storage.photos.exif.survey import Survey, survey
from galleria_storage.photos.exif.tiff import TiffBlock


class BlockEdit(NamedTuple):
    """What to write into a block.

    Attributes
    ----------
    patches
        The bytes that change, and those that are appended.
    free
        Offset from which on padding of the old block was used; its length if none was.
    contents
        The old block's survey, if one was needed.
    """

    patches: Patches
    free: int
    contents: Survey | None = None

    def pieces(self, block: bytes) -> list[bytes | memoryview]:
        """Return the new block in pieces, most of them views of the old one.

        Raises
        ------
        CorruptPhotoError
            Two things that change share bytes.
        """
        old, done = memoryview(block), 0
        replaced, appended = self.patches
        pieces: list[bytes | memoryview] = []
        for at in sorted(replaced):
            if at < done:
                raise harm("entries that overlap")
            pieces += (old[done:at], replaced[at])
            done = at + len(replaced[at])
        pieces += (old[done:], appended)
        return pieces


def edit_block(block: TiffBlock, texts: Mapping[int, bytes], following: bytes | memoryview) -> BlockEdit:
    """Write the capture tags into a block.

    Parameters
    ----------
    block
        The block.
    texts
        The texts to write, by tag, without NUL.
    following
        The bytes of the file that follow the block.

    Raises
    ------
    CorruptPhotoError
        The block cannot take them without harm to other data.
    """
    size = len(block.data)
    patches = write_texts(block, texts, size)
    if not patches.appended:
        return BlockEdit(patches, size)
    contents = survey(block)
    free = padding_for(block, contents, len(patches.appended))
    if free is not None:
        return BlockEdit(write_texts(block, texts, free), free, contents)
    between = continuation(block, contents, following)
    if between:
        patches = write_texts(block, texts, size, between)
    check_growth(block, contents, len(patches.appended), texts)
    return BlockEdit(patches, size, contents)
