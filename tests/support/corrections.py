"""Applying changes of the capture tags to whole photos, as a publisher would."""

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.jpeg.editor import HeadEdit, edit_head, read_capture_tags
from galleria_storage.photos.jpeg.exif_segments import exif_blocks
from galleria_storage.photos.jpeg.head import read_head
from galleria_storage.photos.jpeg.trailers import write_tail

CHANGES = CaptureTags(date_time_original="2021:03:04 05:06:07", offset_time_original="-05:00")


def edit(data: bytes, changes: CaptureTags = CHANGES) -> HeadEdit:
    return edit_head(read_head(data), changes)


def corrected(data: bytes, changes: CaptureTags = CHANGES) -> bytes:
    """Return the photo with the changes applied."""
    change = edit(data, changes)
    result = bytearray().join((*change.buffers, data[change.replaced :]))
    write_tail(result, change.tail_changes(data[change.replaced :], len(data)))
    assert len(result) == len(data) + change.growth
    return bytes(result)


def tags_of(data: bytes) -> CaptureTags:
    return read_capture_tags(read_head(data))


def block_of(data: bytes, number: int = 0) -> bytes:
    """Return a photo's Exif block."""
    return exif_blocks(read_head(data))[number].tiff.data
