"""The three capture tags of a photo, as texts.

Exif 2.32 (CIPA DC-008), section 4.6.5: DateTimeOriginal, SubSecTimeOriginal
and OffsetTimeOriginal.
"""

from typing import NamedTuple


class CaptureTags(NamedTuple):
    """Texts of the capture-time tags, as found in a photo or to be written.

    Attributes
    ----------
    date_time_original
        ``YYYY:MM:DD HH:MM:SS``, local wall-clock time of the shutter. A text
        found in a photo may be anything that a camera wrote (decoded as
        Latin-1, cut at the first NUL).
    sub_sec_time_original
        Decimal fraction of the second, digits only (``"042"`` is 0.042 s).
    offset_time_original
        ``±HH:MM`` from UTC, Exif 2.31.

    Notes
    -----
    None means *absent* in tags that were read, and *leave alone* in tags that
    are to be written. No tag is ever removed.
    """

    date_time_original: str | None = None
    sub_sec_time_original: str | None = None
    offset_time_original: str | None = None
