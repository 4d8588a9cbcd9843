"""Trailers behind the image whose offsets count from the start of the file."""

from typing import Final

from galleria_storage.errors import CorruptPhotoError

TAIL_BYTES: Final = 1024
"""How many last bytes of the file `check_trailer` wants to see."""


def check_trailer(last_bytes: bytes) -> None:
    """Refuse a file whose trailer goes stale when the head grows.

    AFCP (AXS File Concatenation Protocol) ends the file with ``AXS!`` or ``AXS*``, a version
    and two numbers, and lists its records by offset from the start of the file.

    Raises
    ------
    CorruptPhotoError
        There is such a trailer.
    """
    if any(signature in last_bytes for signature in (b"AXS!", b"AXS*")):
        raise CorruptPhotoError(
            "The photo ends with an AFCP record whose offsets would go wrong if the photo grew.",
            advice="Remove the AFCP record, or publish the photo without a correction.",
        )
