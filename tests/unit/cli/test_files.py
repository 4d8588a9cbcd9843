"""Files from several paths: each name is one place in the bucket."""

from pathlib import Path

import pytest

from galleria_cli.files import Chosen, other_rules
from galleria_storage.bulk.selection import EVERYTHING


@pytest.mark.parametrize(
    ("words", "names", "clashes"),
    [
        (["a", "b"], ["1.jpg", "1.jpg", "c/1.jpg"], [1]),
        (["a/1.jpg", "b"], ["1.jpg", "1.jpg", "c/1.jpg"], [1]),
        (["b", "a/1.jpg"], ["1.jpg", "c/1.jpg", "1.jpg"], [2]),
        (["b/c/1.jpg", "b"], ["1.jpg", "1.jpg", "c/1.jpg"], [1]),
        (["a", "a", "a/1.jpg", "link"], ["1.jpg"], []),
        (["."], ["a/1.jpg", "b/1.jpg", "b/c/1.jpg", "link/1.jpg"], []),
    ],
)
def test_two_files_of_one_name_clash_and_one_file_counts_once(
    words: list[str], names: list[str], clashes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/1.jpg", "b/1.jpg", "b/c/1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    found = list(Chosen([Path(word) for word in words], EVERYTHING))
    assert [file.name for file in found] == names
    assert [number for number, file in enumerate(found) if file.problem] == clashes


def test_rules_above_below_and_beside_are_named_since_they_do_not_count(tmp_path: Path) -> None:
    for name in ("wedding", "wedding/anna", "wedding/anna/raw", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "galleria.toml").touch()
    anna, other = tmp_path / "wedding/anna", tmp_path / "other"
    notes = other_rules([anna, other], anna / "galleria.toml")
    assert [note.partition("/galleria.toml does not count")[0] for note in notes] == [
        *(f"{tmp_path}/wedding", f"{other}", f"{anna}/raw"),
    ]
    assert other_rules([other], other / "galleria.toml") == []
