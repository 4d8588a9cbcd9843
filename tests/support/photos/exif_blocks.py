"""The block of a camera that knew its time and offset, and the texts that replace them, in whatever holds the block."""

import piexif

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.plan import Texts

NEW = CaptureTags("2024:06:15 10:30:45", "25", "+02:00")
#: A later correction.
OTHER = Texts(CaptureTags("1999:12:31 23:59:59", None, "-11:00"))
#: What `capture_of` finds where `NEW` was written.
EXPECTED = (b"2024:06:15 10:30:45", b"25", b"+02:00")


def block(*, offset: bool = True) -> bytes:
    """Return the block from the TIFF header on; without an offset, there is no room for one."""
    exif = {36867: b"2020:01:02 03:04:05", 37521: b"11", **({36881: b"-05:00"} if offset else {})}
    data: bytes = piexif.dump({"Exif": exif, "0th": {271: b"Maker"}})
    return data[6:]


def capture_of(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return capture time, its fraction and its offset of a block, as piexif reads them."""
    found = piexif.load(b"Exif\0\0" + data.removeprefix(b"Exif\0\0"))["Exif"]
    return found[36867], found[37521], found[36881]
