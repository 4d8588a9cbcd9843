"""Editing one Exif block: in place, else in its padding, else by letting it grow."""

from collections.abc import Mapping
from typing import NamedTuple

from galleria_storage.exif.free_space import check_growth, continuation, padding_for
from galleria_storage.exif.ifd_edit import write_texts
from galleria_storage.exif.survey import Survey, survey
from galleria_storage.exif.tiff import TiffBlock


class BlockEdit(NamedTuple):
    """An edited block.

    Attributes
    ----------
    data
        The new block. It starts with the old one's bytes, but for the entries and values that changed.
    free
        Offset from which on padding of the old block was used; its length if none was.
    contents
        The old block's survey, if one was needed.
    """

    data: bytearray
    free: int
    contents: Survey | None = None


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
    data = write_texts(block, texts, size)
    if len(data) == size:
        return BlockEdit(data, size)
    contents = survey(block)
    free = padding_for(block, contents, len(data) - size)
    if free is not None:
        return BlockEdit(write_texts(block, texts, free), free, contents)
    between = continuation(block, contents, following)
    if between:
        data = write_texts(block, texts, size, between)
    check_growth(block, contents, len(data) - size, texts)
    return BlockEdit(data, size, contents)
