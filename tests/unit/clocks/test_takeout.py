"""Google Takeout's JSON belongs to the photo beside it, however its name was shortened."""

from datetime import datetime

import pytest

from galleria_storage.clocks.takeout import is_takeout_name, moment_in, photo_name

NAMES = ["IMG_1.jpg", "IMG_1(1).jpg", "IMG_12.jpg", "a-very-long-name-of-a-photo.heic"]


@pytest.mark.parametrize(
    ("name", "photo"),
    [
        ("IMG_1.jpg.json", "IMG_1.jpg"),
        ("IMG_1.jpg(1).json", "IMG_1(1).jpg"),
        ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        ("IMG_1.jpg.supplemental-metadata(1).json", "IMG_1(1).jpg"),
        ("IMG_12.jpg.suppl.json", "IMG_12.jpg"),
        ("a-very-long-name-of-a-photo.heic.s.json", "a-very-long-name-of-a-photo.heic"),
        ("metadata.json", None),
        ("IMG_1.jpg.other.json", None),
        ("IMG_3.jpg.json", None),
    ],
)
def test_the_photo_of_a_json_file_is_found(name: str, photo: str | None) -> None:
    assert is_takeout_name(name)
    assert photo_name(name, NAMES) == photo


def test_the_moment_is_in_utc() -> None:
    assert moment_in(b'{"photoTakenTime": {"timestamp": "1718447445"}}') == datetime(2024, 6, 15, 10, 30, 45)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b"null", b'{"photoTakenTime": {"timestamp": "soon"}}', b'{"photoTakenTime": {}}', b"\xff\xfe",
     b'{"photoTakenTime": {"timestamp": "99999999999999999"}}', b"[" * 5000],
)  # fmt: skip
def test_what_is_not_takeouts_says_nothing(text: bytes) -> None:
    assert moment_in(text) is None
