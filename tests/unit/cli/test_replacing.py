"""Text files are replaced all at once, and nothing is written through a link that somebody has planted."""

from pathlib import Path

import pytest

from galleria_cli.replacing import replace_text
from galleria_storage.errors import LocalFileError


def test_the_new_text_takes_the_place_of_the_old_one_and_nothing_else_is_left(tmp_path: Path) -> None:
    (path := tmp_path / "a.toml").write_text("old")
    replace_text(path, "ü")
    assert path.read_text(encoding="utf-8") == "ü"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_under_the_name_of_the_part_is_not_followed(tmp_path: Path) -> None:
    (victim := tmp_path / "victim").write_text("kept")
    (folder := tmp_path / "folder").mkdir()
    (folder / ".a.toml.part").symlink_to(victim)
    replace_text(folder / "a.toml", "new")
    assert (victim.read_text(), (folder / "a.toml").read_text()) == ("kept", "new")
    assert not (folder / "a.toml").is_symlink()


def test_a_file_for_its_owner_alone_is_so_from_the_start(tmp_path: Path) -> None:
    replace_text(tmp_path / "a.toml", "secret", 0o600)
    assert (tmp_path / "a.toml").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_is_an_error_in_words_and_the_old_file_stays(tmp_path: Path) -> None:
    (path := tmp_path / "a.toml").mkdir()
    with pytest.raises(LocalFileError, match=r"a\.toml cannot be written: Is a directory"):
        replace_text(path, "new")
    assert list(tmp_path.iterdir()) == [path]
