"""The user's own photos: each gets a correction that suits it, and none is changed."""

import errno
import os
from pathlib import Path

import pytest

from galleria_cli.demo.own_photos import photos_in
from galleria_cli.demo.samples import sample_photos
from galleria_cli.demo.verification import Capture
from galleria_storage.errors import SettingsError

SAMPLES = {photo.key: photo.data for photo in sample_photos()}


def test_no_correction_is_invented(tmp_path: Path) -> None:
    (tmp_path / "with.jpg").write_bytes(SAMPLES["little-endian.jpg"])
    [photo] = photos_in(tmp_path, {})
    assert (photo.correction, photo.expected) == ({}, None)


def test_photos_are_asked_for_what_their_owner_says(tmp_path: Path) -> None:
    (tmp_path / "with.jpg").write_bytes(SAMPLES["little-endian.jpg"])
    (tmp_path / "without.jpg").write_bytes(SAMPLES["no Exif.jpg"])
    asked = {"timestamp-offset-hours": "+01:30", "target-timezone-offset-hours": "+02:00"}
    found = {photo.key: (photo.correction, photo.expected) for photo in photos_in(tmp_path, {}, asked)}
    assert found == {"with.jpg": (asked, Capture("2024:06:15 14:00:45", "+02:00")), "without.jpg": (asked, None)}


def test_what_is_not_a_jpeg_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "drawing.png").write_bytes(SAMPLES["drawing.png"])
    [photo] = photos_in(tmp_path, {})
    assert (photo.correction, photo.expected) == ({}, None)


def test_folders_become_part_of_the_key_and_hidden_files_stay_out(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "å b.jpg").write_bytes(SAMPLES["no Exif.jpg"])
    for name in (".DS_Store", "galleria.toml", "2024/galleria.toml"):
        (tmp_path / name).write_bytes(b"x")
    assert [photo.key for photo in photos_in(tmp_path, {})] == ["2024/å b.jpg"]


def test_no_photo_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(SAMPLES["little-endian.jpg"])
    path.chmod(0o444)
    list(photos_in(tmp_path, {}))
    assert path.read_bytes() == SAMPLES["little-endian.jpg"]


@pytest.mark.parametrize(("name", "words"), [("absent", "is not a folder"), ("", "has no files")])
def test_a_folder_that_is_missing_or_empty_is_named(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        photos_in(tmp_path / name, {})


def test_an_entry_that_cannot_be_read_is_named_and_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(SAMPLES["no Exif.jpg"])
    (tmp_path / "long.jpg").symlink_to("x" * 300)
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    problems: dict[str, str] = {}
    assert [photo.key for photo in photos_in(tmp_path, problems)] == ["a.jpg"]
    assert set(problems) == {"long.jpg", "loop.jpg", "gone.jpg", "pipe.jpg"}


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.EACCES])
def test_a_file_system_that_fails_is_a_problem_of_that_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(SAMPLES["no Exif.jpg"])
    stat = Path.stat

    def failing(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == "a.jpg":
            raise OSError(number, os.strerror(number), str(path))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", failing)
    problems: dict[str, str] = {}
    assert [photo.key for photo in photos_in(tmp_path, problems)] == ["b.jpg"]
    assert os.strerror(number) in problems["a.jpg"]
