"""Which names a selection includes."""

import pytest

from galleria_storage.bulk.selection import Selection


@pytest.mark.parametrize(
    ("include", "exclude", "name", "meant"),
    [
        ((), (), "a.jpg", True),
        (("*.jpg",), (), "b/A.JPG", True),
        (("*.jpg",), (), "a.png", False),
        ((), ("raw/",), "a/raw/b.jpg", False),
        ((), ("raw/",), "rawest/b.jpg", True),
        (("*.jpg",), ("a*",), "a.jpg", False),
        (("day1/*.jpg",), (), "day1/a.jpg", True),
        (("day1/*.jpg",), (), "day2/a.jpg", False),
    ],
)
def test_patterns_choose_names(include: tuple[str, ...], exclude: tuple[str, ...], name: str, meant: bool) -> None:
    assert Selection(include, exclude).takes(name) is meant
