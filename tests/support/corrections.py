"""Applying changes of the capture tags to whole photos, as a publisher would."""

from galleria_storage.exif.editor import TAIL_BYTES, HeadEdit, edit_head, read_capture_tags
from galleria_storage.exif.exif_segments import exif_blocks
from galleria_storage.exif.head import read_head
from galleria_storage.exif.tags import CaptureTags

CHANGES = CaptureTags(date_time_original="2021:03:04 05:06:07", offset_time_original="-05:00")


def edit(data: bytes, changes: CaptureTags = CHANGES) -> HeadEdit:
    return edit_head(read_head(data), changes)


def corrected(data: bytes, changes: CaptureTags = CHANGES) -> bytes:
    """Return the photo with the changes applied."""
    change = edit(data, changes)
    change.check_tail(data[-TAIL_BYTES:])
    result = b"".join((*change.buffers, data[change.replaced :]))
    assert len(result) == len(data) + change.growth
    return result


def tags_of(data: bytes) -> CaptureTags:
    return read_capture_tags(read_head(data))


def block_of(data: bytes, number: int = 0) -> bytes:
    """Return a photo's Exif block."""
    return exif_blocks(read_head(data))[number].tiff.data
