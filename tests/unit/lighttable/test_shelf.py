"""The table reads what is in its folder, and nothing else."""

from pathlib import Path

import pytest

from galleria_cli.lighttable.shelf import FolderShelf
from galleria_storage.errors import LocalFileError, NotFoundError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    (place / "day one").mkdir(parents=True)
    (place / "day one/a.jpg").write_bytes(b"inside")
    (tmp_path / "secret.jpg").write_bytes(b"outside")
    return place


def test_a_file_inside_is_read(folder: Path) -> None:
    shelf = FolderShelf(folder)
    assert [item.name for item in shelf.items()] == ["day one/a.jpg"]
    with shelf.open("day one/a.jpg") as source:
        assert source.read(0, source.size) == b"inside"


@pytest.mark.parametrize("name", ["../secret.jpg", "day one/../../secret.jpg", "/etc/passwd", "b.jpg", ""])
def test_a_name_that_was_not_listed_is_not_opened(folder: Path, name: str) -> None:
    shelf = FolderShelf(folder)
    shelf.items()
    with pytest.raises(NotFoundError), shelf.open(name):
        pass


def test_a_link_out_of_the_folder_is_listed_with_its_problem_and_never_read(folder: Path) -> None:
    (folder / "link.jpg").symlink_to(folder.parent / "secret.jpg")
    (folder / "linked").symlink_to(folder.parent, target_is_directory=True)
    shelf = FolderShelf(folder)
    problems = {item.name: item.problem for item in shelf.items() if item.problem}
    assert "link.jpg" in problems
    assert "linked/secret.jpg" in problems
    for name in ("link.jpg", "linked/secret.jpg"):
        with pytest.raises(LocalFileError, match="leads out"), shelf.open(name):
            pass


def test_a_file_that_becomes_a_link_later_is_not_followed(folder: Path) -> None:
    shelf = FolderShelf(folder)
    shelf.items()
    (folder / "day one/a.jpg").unlink()
    (folder / "day one/a.jpg").symlink_to(folder.parent / "secret.jpg")
    with pytest.raises(LocalFileError, match="leads out"), shelf.open("day one/a.jpg"):
        pass


def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "again.jpg").symlink_to(folder / "day one/a.jpg")
    shelf = FolderShelf(folder)
    assert all(not item.problem for item in shelf.items())
    with shelf.open("again.jpg") as source:
        assert source.size == 6


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="no such folder"):
        FolderShelf(tmp_path / "nothing")
