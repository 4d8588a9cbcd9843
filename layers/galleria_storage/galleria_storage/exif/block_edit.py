"""Editing one Exif block: in place, else in its padding, else by letting it grow."""

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.edit_check import check_edit
from galleria_storage.exif.free_space import check_growth, continuation, padding_start
from galleria_storage.exif.ifd_edit import Draft
from galleria_storage.exif.tiff import TiffBlock

MAX_COPIES = 16
"""More copies of the capture tags than any camera writes into one block; bounds the work on hostile input."""


def edit_block(block: TiffBlock, texts: dict[int, bytes], following: bytes) -> bytes:
    """Write the capture tags into a block.

    Parameters
    ----------
    block
        The block.
    texts
        The texts to write, by tag, without NUL.
    following
        The bytes of the file that follow the block.

    Returns
    -------
    bytes
        The new block, read back and compared with the old one. It starts with the old
        one's bytes, but for the entries and values that changed.

    Raises
    ------
    CorruptPhotoError
        The change would harm other data.
    """
    copies = sum(entry.tag in texts for _, ifd in block.directories for entry in ifd.entries)
    if copies > MAX_COPIES:
        raise CorruptPhotoError(f"The photo's Exif data is damaged: it has {copies:,} copies of the capture time.")
    data = _draft(block, texts, following)
    check_edit(block, data, texts)
    return data


def _draft(block: TiffBlock, texts: dict[int, bytes], following: bytes) -> bytes:
    size = len(block.data)
    appended = _write(block, texts, size)
    if len(appended) == size:
        return appended
    free = padding_start(block)
    if free < size:
        padded = _write(block, texts, free)
        if len(padded) == size:
            return padded
    between = continuation(block, following)
    if between:
        appended = _write(block, texts, size, between)
    check_growth(block, len(appended) - size)
    return appended


def _write(block: TiffBlock, texts: dict[int, bytes], free: int, between: bytes = b"") -> bytes:
    draft = Draft(block, free, between)
    draft.write(texts)
    return bytes(draft.data)
