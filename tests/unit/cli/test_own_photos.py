"""The user's own photos: each is asked for what suits it, and none is changed."""

from pathlib import Path

import pytest

from galleria_cli.own_photos import photos_in
from galleria_cli.samples import sample_photos
from galleria_cli.verification import Capture
from galleria_storage.errors import SettingsError

SAMPLES = {photo.key: photo.data for photo in sample_photos()}


def test_a_photo_with_a_capture_time_is_moved_and_one_without_gets_one(tmp_path: Path) -> None:
    (tmp_path / "with.jpg").write_bytes(SAMPLES["little-endian.jpg"])
    (tmp_path / "without.jpg").write_bytes(SAMPLES["no Exif.jpg"])
    expected = {photo.key: photo.expected for photo in photos_in(tmp_path)}
    assert expected == {
        "with.jpg": Capture("2024:06:15 14:00:45", "+02:00"),
        "without.jpg": Capture("2024:06:15 10:30:45", "+02:00"),
    }


def test_what_is_no_jpeg_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "drawing.png").write_bytes(SAMPLES["drawing.png"])
    [photo] = photos_in(tmp_path)
    assert (photo.correction, photo.expected) == ({}, None)


def test_folders_become_part_of_the_key_and_hidden_files_stay_out(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "å b.jpg").write_bytes(SAMPLES["no Exif.jpg"])
    (tmp_path / ".DS_Store").write_bytes(b"x")
    assert [photo.key for photo in photos_in(tmp_path)] == ["2024/å b.jpg"]


def test_no_photo_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(SAMPLES["little-endian.jpg"])
    path.chmod(0o444)
    list(photos_in(tmp_path))
    assert path.read_bytes() == SAMPLES["little-endian.jpg"]


@pytest.mark.parametrize(("name", "words"), [("absent", "is no folder"), ("", "there is no file")])
def test_a_folder_that_is_missing_or_empty_is_named(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        list(photos_in(tmp_path / name))
