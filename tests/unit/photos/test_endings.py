"""A file without its end is noticed in formats that nobody corrects, too."""

import pytest

from galleria_storage.errors import TruncatedPhotoError
from galleria_storage.photos.endings import check_ending
from galleria_storage.photos.source import BytesSource

GIF = b"GIF89a" + bytes(2000) + b"\x3b"
BMP = b"BM" + (100).to_bytes(4, "little") + bytes(94)


@pytest.mark.parametrize(
    ("media_type", "file"), [("image/gif", GIF), ("image/gif", GIF + bytes(99)), ("image/bmp", BMP), ("image/x", b"")]
)
def test_a_whole_file_is_fine(media_type: str, file: bytes) -> None:
    check_ending(BytesSource(file), media_type)


@pytest.mark.parametrize(("media_type", "file"), [("image/gif", GIF[:-1]), ("image/bmp", BMP[:-1])])
def test_a_file_that_lacks_its_end_is_refused(media_type: str, file: bytes) -> None:
    with pytest.raises(TruncatedPhotoError, match="cut off"):
        check_ending(BytesSource(file), media_type)
