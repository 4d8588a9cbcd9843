"""Trailers behind the image whose offsets count from the start of the file."""

import re
from typing import Final

from galleria_storage.errors import CorruptPhotoError

TAIL_BYTES: Final = 16_384
"""How many last bytes of the file `check_trailer` wants to see: other trailers may follow the one looked for."""

# AFCP 1.0 (AXS File Concatenation Protocol): the file's last record is the byte order's mark, the offset of
# the trailer from the start of the file, and four zero bytes. The trailer lists its parts by such offsets too.
_AFCP_END: Final = re.compile(rb"AXS[!*](?!\0{4}).{4}\0{4}", re.DOTALL)


def check_trailer(last_bytes: bytes) -> None:
    """Refuse a file whose trailer goes stale when the head grows.

    Other trailers (Samsung, Insta360, Canon VRD, MIE, FotoStation, PhotoMechanic, motion photos) count
    from the end of the file or from their own start.

    Raises
    ------
    CorruptPhotoError
        There is such a trailer.
    """
    if _AFCP_END.search(last_bytes):
        raise CorruptPhotoError(
            "The photo ends with an AFCP record whose offsets would go wrong if the photo grew.",
            advice="Remove the AFCP record, or publish the photo without a correction.",
        )
