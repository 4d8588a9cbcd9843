"""Applying a correction to a photo."""

from typing import TYPE_CHECKING

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.exif.editor import HeadEdit, edit_head_by
from galleria_storage.exif.formats import SNIFF_BYTES, sniff
from galleria_storage.exif.head import Head, read_head
from galleria_storage.exif.trailers import write_tail

if TYPE_CHECKING:
    from galleria_storage.exif.correction import Correction


def correct_head(head: Head, correction: "Correction") -> HeadEdit:
    """Apply a correction to the head of a photo.

    Raises
    ------
    CorrectionError
        The correction cannot be applied to what stands in the photo.
    CorruptPhotoError
        The photo's structure does not allow the change.
    """
    return edit_head_by(head, correction.changes)


def correct_bytes(data: bytes, correction: "Correction") -> bytes:
    """Apply a correction to a photo in memory; return the corrected photo.

    Raises
    ------
    UnsupportedFormatError
        The photo is of a format that cannot be corrected.
    CorrectionError, CorruptPhotoError
        See `correct_head`.
    """
    found = sniff(data[:SNIFF_BYTES])
    if found is None or not found.correctable:
        name = found.media_type if found else "no format that is known"
        raise UnsupportedFormatError(f"Only JPEG photos can be corrected; this file is {name}.")
    edit = correct_head(read_head(data), correction)
    if not edit.buffers:
        return data
    rest = memoryview(data)[edit.replaced :]
    changes = edit.tail_changes(rest, len(data))
    if not changes:
        return b"".join((*edit.buffers, rest))
    result = bytearray().join((*edit.buffers, rest))
    write_tail(result, changes)
    return bytes(result)
