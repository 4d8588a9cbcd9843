"""The Exif APP1 segments of a head."""

import re
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import TIFF_HEADERS
from galleria_storage.photos.exif.tiff import TiffBlock, read_block
from galleria_storage.photos.jpeg.head import APP1, Head, Segment

EXIF_HEADER: Final = b"Exif\0\0"
"""Exif 2.32 (CIPA DC-008) 4.5.4: the start of the segment's payload."""

_ODD_START: Final = re.compile(rb".{0,4}Exif\0.", re.DOTALL | re.IGNORECASE)
"""Readers accept this, too: some cameras write other bytes before it, or another sixth byte than NUL."""

MAX_BLOCKS: Final = 4
"""More Exif segments than any camera or program writes; limits the work on hostile input."""


class ExifBlock(NamedTuple):
    """An Exif segment and the TIFF block in it.

    Attributes
    ----------
    segment
        The segment.
    start
        Offset of the block in the file.
    tiff
        The block.
    """

    segment: Segment
    start: int
    tiff: TiffBlock


def exif_blocks(head: Head) -> list[ExifBlock]:
    """Return the Exif blocks of a head: none, one, or several from programs that add one without checking.

    Raises
    ------
    CorruptPhotoError
        A block is damaged, or there are too many.
    """
    return [ExifBlock(segment, start, read_block(head.data[start : segment.end])) for segment, start in find_exif(head)]


def find_exif(head: Head) -> list[tuple[Segment, int]]:
    """Return the Exif segments of a head, each with the offset of its TIFF block.

    Raises
    ------
    CorruptPhotoError
        One does not contain a TIFF block, or there are too many.
    """
    found: list[tuple[Segment, int]] = []
    data = head.data
    for segment in head.segments:
        marker, _, payload, end = segment
        if marker != APP1:
            continue
        start = payload + len(EXIF_HEADER)
        if not data.startswith(EXIF_HEADER, payload, end):
            odd = _ODD_START.match(data, payload, end)
            if odd is None:
                continue
            start = odd.end()
        if not data.startswith(TIFF_HEADERS, start, end):
            if not data[start:end].strip(b"\0"):
                continue  # an Exif segment that was emptied
            raise CorruptPhotoError("the photo's Exif data is damaged: it does not start with a TIFF header")
        if len(found) == MAX_BLOCKS:
            raise CorruptPhotoError(f"the photo is damaged: it has more than {MAX_BLOCKS} Exif blocks")
        found.append((segment, start))
    return found


def emptied_segment(head: Head) -> Segment | None:
    """Return the first Exif segment with nothing but zeros, as left by programs that clear an Exif block."""
    for segment in head.segments:
        payload = head.data[segment.payload : segment.end] if segment.marker == APP1 else b""
        if payload.startswith(EXIF_HEADER) and not payload.strip(EXIF_HEADER):
            return segment
    return None
