"""The capture tags of Exif blocks: as found, and as texts to write."""

from collections.abc import Iterable
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorrectionError
from galleria_storage.photos.exif.tags import (
    CAPTURE_TAGS,
    DATE_TIME_ORIGINAL,
    OFFSET_TIME_ORIGINAL,
    SUB_SEC_TIME_ORIGINAL,
)
from galleria_storage.photos.exif.tiff import EXIF_NAME, TiffBlock

MAX_TEXT: Final = 64
"""More characters than any capture tag needs."""

_BLANK: Final = " :0"
_LINE: Final = 128


def capture_tags(blocks: Iterable[TiffBlock]) -> CaptureTags:
    """Return the capture tags: of several copies, the first that is not blank, with the main Exif IFD before others."""
    texts: dict[int, str] = {}
    for block in blocks:
        for name, entry in block.captures:
            tag, _, _, _, start, size, _ = entry
            if name == EXIF_NAME and not (tag in texts and texts[tag].strip(_BLANK)):
                # Exif 2.32 4.6.2: an ASCII value ends with NUL. More than a line of it is never needed.
                value = block.data[start : start + min(size, _LINE)]
                texts[tag] = value.partition(b"\0")[0].decode("latin-1")
    return CaptureTags(*map(texts.get, CAPTURE_TAGS))


def tag_texts(changes: CaptureTags) -> dict[int, bytes]:
    """Return the texts to write, by tag, in the order in which they are placed.

    Raises
    ------
    CorrectionError
        A text cannot be stored in its tag.
    """
    time, fraction, offset = changes
    texts = {}
    for tag, text in ((DATE_TIME_ORIGINAL, time), (OFFSET_TIME_ORIGINAL, offset), (SUB_SEC_TIME_ORIGINAL, fraction)):
        if text is not None:
            if not text.isascii() or "\0" in text or len(text) > MAX_TEXT:
                raise CorrectionError(
                    f"{text!r} cannot be written into tag {tag:04X}: at most {MAX_TEXT} ASCII characters"
                )
            texts[tag] = text.encode("ascii")
    return texts


def after_changes(before: CaptureTags, changes: CaptureTags) -> CaptureTags:
    """Return the capture tags after the changes."""
    old_time, old_fraction, old_offset = before
    time, fraction, offset = changes
    return CaptureTags(
        old_time if time is None else time,
        old_fraction if fraction is None else fraction,
        old_offset if offset is None else offset,
    )
