"""Digests of files are remembered until a file changes."""

import os
from pathlib import Path

import pytest

from galleria_storage.bulk.remembered import RememberedFiles
from galleria_storage.transfer.file_upload import read_digests
from galleria_storage.transfer.local_content import LocalContent


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"photo")
    os.utime(path, (1_000, 1_000))
    return path


def test_a_file_that_has_not_changed_is_known_the_next_time(photo: Path, tmp_path: Path) -> None:
    first = RememberedFiles(tmp_path / "cache/files.sqlite")
    digests = read_digests(LocalContent(photo))
    first.remember(photo, digests)
    first.close()
    assert RememberedFiles(tmp_path / "cache/files.sqlite").digests(photo) == digests


@pytest.mark.parametrize("change", ["content", "time"])
def test_a_file_that_has_changed_is_not(photo: Path, tmp_path: Path, change: str) -> None:
    known = RememberedFiles(tmp_path / "files.sqlite")
    known.remember(photo, read_digests(LocalContent(photo)))
    if change == "content":
        photo.write_bytes(b"another photo")
    os.utime(photo, (1_000, 1_000 if change == "content" else 1_001))
    assert known.digests(photo) is None


def test_a_file_that_was_changed_just_now_is_read_again(photo: Path, tmp_path: Path) -> None:
    os.utime(photo)
    known = RememberedFiles(tmp_path / "files.sqlite")
    known.remember(photo, read_digests(LocalContent(photo)))
    assert known.digests(photo) is None


def test_a_cache_that_is_damaged_is_not_an_error(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "files.sqlite").write_bytes(b"no database" * 100)
    known = RememberedFiles(tmp_path / "files.sqlite")
    known.remember(photo, read_digests(LocalContent(photo)))
    assert known.digests(photo) is None
