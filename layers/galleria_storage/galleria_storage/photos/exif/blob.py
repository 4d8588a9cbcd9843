"""One Exif block by itself: as formats other than JPEG store it (a HEIF item, a PNG chunk, a box), or a new one.

There, a block's offsets count from its own start and nothing follows it, so an
edit needs only the block. A JPEG has more around the blocks that it holds; see
`photos.jpeg`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.block_edit import edit_block
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.exif.edit_check import check_block
from galleria_storage.photos.exif.new_block import minimal_block
from galleria_storage.photos.exif.tiff import read_block
from galleria_storage.photos.plan import Asked, Patch, patched

MAX_BLOB = 1024 * 1024
"""Bytes of the largest Exif block that is edited."""


class BlobEdit(NamedTuple):
    """What changes in a block.

    Attributes
    ----------
    patches
        Of the block, including an append if it grows.
    before, after
        The capture tags in the block, and in the result.
    """

    patches: tuple[Patch, ...]
    before: CaptureTags
    after: CaptureTags


def read_blob(data: bytes) -> CaptureTags:
    """Return the capture tags of a block, from the TIFF header on.

    Raises
    ------
    CorruptPhotoError
        The block is damaged where they are or should be.
    """
    return capture_tags([read_block(data)])


def edit_blob(data: bytes, asked: Asked) -> BlobEdit:
    """Make the changes asked for in a block, and read the result back.

    Parameters
    ----------
    data
        The block, from the TIFF header on.
    asked
        The change asked for.

    Raises
    ------
    CorruptPhotoError
        The block is damaged, or the change would harm other data in it.
    CorrectionError
        The requested change is impossible for this photo.
    """
    if len(data) > MAX_BLOB:
        raise CorruptPhotoError(f"the photo's Exif data has {len(data):,} bytes; at most {MAX_BLOB:,} can be edited")
    block = read_block(data)
    before = capture_tags([block])
    changes = asked.changes(before)
    texts = tag_texts(changes)
    if not texts:
        return BlobEdit((), before, before)
    edit = edit_block(block, texts, b"")
    if edit.growth and edit.contents and edit.contents.references:
        raise CorruptPhotoError(
            "the photo's Exif data refers to something outside of it, so nothing can be added to it",
            advice="Publish the photo without a correction of what it does not hold yet.",
        )
    if patches := edit.patches():
        check_block(block, patched(data, patches), texts, edit.free, edit.draft.widened)
    return BlobEdit(tuple(patches), before, after_changes(before, changes))


def new_blob(texts: Mapping[int, bytes]) -> bytes:
    """Return a block, from the TIFF header on, that only holds these texts, given by tag."""
    minimal = minimal_block()
    return patched(minimal, edit_block(read_block(minimal), texts, b"").patches())
