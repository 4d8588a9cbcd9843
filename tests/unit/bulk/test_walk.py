"""Files of a folder come in the order of their keys in a listing, and none is kept."""

import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.bulk.walk import walk

parts = st.text(st.sampled_from("ab-.0é写"), min_size=1, max_size=3).filter(lambda part: not part.startswith("."))
names = st.lists(st.lists(parts, min_size=1, max_size=3).map("/".join), max_size=12)


@given(names)
def test_the_order_is_that_of_the_keys(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = {name for name in wanted if _made(Path(folder) / name)}
        found = [file.name for file in walk(Path(folder))]
    assert found == sorted(made)


def _made(path: Path) -> bool:
    """Make a file, unless its name is taken by a folder, or a folder's by a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=not path.is_dir())
    except OSError:
        return False
    return True


def test_folders_are_read_when_their_turn_comes(tmp_path: Path) -> None:
    for name in ("a/1", "b/1"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    found = walk(tmp_path)
    first = next(found)
    (tmp_path / "b/2").touch()
    assert [file.name for file in [first, *found]] == ["a/1", "b/1", "b/2"]


def test_a_name_that_is_not_text_has_its_problem(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg"))).touch()
    (found,) = walk(tmp_path)
    assert "not valid Unicode" in (found.problem or "")
