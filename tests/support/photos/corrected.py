"""Applying changes of the capture tags to whole photos, as a publisher would."""

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.jpeg.head import Head, read_head
from galleria_storage.photos.jpeg.head_edit import exif_blocks
from galleria_storage.photos.jpeg.planner import plan
from galleria_storage.photos.plan import NOTHING, Plan, Texts
from galleria_storage.photos.source import BytesSource

CHANGES = CaptureTags(date_time_original="2021:03:04 05:06:07", offset_time_original="-05:00")
ONLY_DATE = CaptureTags(date_time_original="2021:03:04 05:06:07")


def edit(data: bytes, changes: CaptureTags = CHANGES) -> Plan:
    return plan(BytesSource(data), Texts(changes))


def corrected(data: bytes, changes: CaptureTags = CHANGES) -> bytes:
    """Return the photo with the changes applied."""
    change = edit(data, changes)
    result = change.apply(data)
    assert len(result) == len(data) + change.growth
    return result


def tags_of(data: bytes) -> CaptureTags:
    return plan(BytesSource(data), NOTHING).before


def head_of(data: bytes) -> Head:
    return read_head(BytesSource(data))


def block_of(data: bytes, number: int = 0) -> bytes:
    """Return a photo's Exif block."""
    return exif_blocks(head_of(data))[number].tiff.data
