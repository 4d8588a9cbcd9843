"""Photos on this computer: a corrected copy of each is written, and nothing else is touched."""

import os
from pathlib import Path

import pytest

from galleria_cli.console import main
from galleria_cli.demo.samples import sample_photos
from galleria_cli.demo.verification import Capture, problems

PHOTO = next(photo.data for photo in sample_photos() if photo.key == "little-endian.jpg")
SLOW = "timestamp-offset-hours=1.5"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)
    return path


def test_a_corrected_copy_stands_in_the_folder_and_the_photo_is_only_read(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a" / "corrected"
    assert main(["correct", "--into", str(folder), SLOW, "target-timezone=Europe/Stockholm", str(photo)]) == 0
    copy = (folder / "photo.jpg").read_bytes()
    assert problems(PHOTO, copy, Capture("2024:06:15 14:00:45", "+02:00")) == []
    assert photo.read_bytes() == PHOTO
    assert "2024:06:15 12:30:45 → 2024:06:15 14:00:45+02:00" in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == ["photo.jpg"]


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["correct", "--dry-run", SLOW, str(photo)]) == 0
    assert "would be" in (said := capsys.readouterr().out)
    assert "→ 2024:06:15 14:00:45" in said
    assert list(photo.parent.iterdir()) == [photo]


def test_a_copy_that_is_there_already_is_not_replaced(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["correct", "--into", str(photo.parent), SLOW, str(photo)]) == 1
    assert "exists already" in capsys.readouterr().out
    assert photo.read_bytes() == PHOTO


def test_a_photo_that_is_rejected_stops_no_other_and_leaves_nothing(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (cut := tmp_path / "cut.jpg").write_bytes(PHOTO[:100])
    folder = tmp_path / "corrected"
    assert main(["correct", "--into", str(folder), SLOW, str(cut), str(tmp_path / "none.jpg"), str(photo)]) == 1
    assert [path.name for path in folder.iterdir()] == ["photo.jpg"]
    said = capsys.readouterr().out
    assert "the photo is cut off" in said.lower()
    assert "No such file" in said


def test_a_folder_that_cannot_be_made_is_an_error_in_words(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["correct", "--into", str(photo), SLOW, str(photo)]) == 2
    assert f"{photo} cannot be used as a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["photo.jpg"], "no correction is given"),
        ([SLOW], "no photo is given"),
        (["timestamp-offset-hours=soon", "photo.jpg"], "timestamp-offset-hours is 'soon'"),
        (["timestamp_offset_hours=2", "photo.jpg"], "timestamp-offset-hours may be meant"),
        ([SLOW, "timestamp-offset-hours=2", "photo.jpg"], "given twice"),
    ],
    ids=["no correction", "no photo", "nonsense", "almost a key", "twice"],
)
def test_a_wrong_correction_is_an_error_before_anything_is_read(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["correct", "--dry-run", *words]) == 2
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("planted", [".photo.jpg.part", "photo.jpg"])
def test_a_link_that_somebody_planted_is_not_followed(photo: Path, tmp_path: Path, planted: str) -> None:
    folder, victim = tmp_path / "corrected", tmp_path / "victim"
    folder.mkdir()
    victim.write_bytes(b"precious")
    (folder / planted).symlink_to(victim)
    main(["correct", "--into", str(folder), SLOW, str(photo)])
    assert victim.read_bytes() == b"precious"
    assert (folder / planted).is_symlink()


def test_a_dangling_link_under_the_copys_name_is_not_replaced(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder := tmp_path / "corrected").mkdir()
    (folder / "photo.jpg").symlink_to("nowhere.jpg")
    assert main(["correct", "--into", str(folder), SLOW, str(photo)]) == 1
    assert "exists already" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == ["photo.jpg"]


def test_a_name_as_long_as_a_file_system_allows_is_corrected(photo: Path, tmp_path: Path) -> None:
    long = photo.rename(tmp_path / ("x" * 251 + ".jpg"))
    folder = tmp_path / "corrected"
    assert main(["correct", "--into", str(folder), SLOW, str(long)]) == 0
    assert [path.name for path in folder.iterdir()] == [long.name]


def test_a_copy_has_the_permissions_of_any_new_file(photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corrected"
    assert main(["correct", "--into", str(folder), SLOW, str(photo)]) == 0
    (other := tmp_path / "other").touch()
    assert (folder / "photo.jpg").stat().st_mode == other.stat().st_mode


def test_what_is_not_a_file_is_rejected_without_waiting_for_it(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(pipe := tmp_path / "pipe.jpg")
    for where in (["--dry-run"], ["--into", str(tmp_path / "corrected")]):
        assert main(["correct", *where, SLOW, str(pipe), str(tmp_path), str(photo)]) == 1
        assert capsys.readouterr().out.count("is not a regular file") == 2
