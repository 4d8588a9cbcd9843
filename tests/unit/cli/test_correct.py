"""Photos on this computer: a corrected copy of each is written, and nothing else is touched."""

import os
from pathlib import Path

import piexif
import pytest

from galleria_cli.beside import followed
from galleria_cli.console import main
from galleria_cli.demo.verification import Capture, problems
from galleria_storage.corrections.capture_tags import CaptureTags
from tests.support.photos.samples import PHOTO

SLOW = "timestamp-offset-hours=1.5"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)
    return path


def test_a_corrected_copy_is_in_the_folder_and_the_photo_is_only_read(
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
    assert "would correct" in (said := capsys.readouterr().out)
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
        assert "is not a regular file" in (said := capsys.readouterr().out)
        assert "it is a folder" in said


SIDECAR = b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'
  xmp:Rating='5' xmp:CreateDate='2024-06-15T12:30:45' photoshop:DateCreated='2001-01-01T00:00:00'/>
</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"""


@pytest.fixture
def wedding(tmp_path: Path) -> Path:
    folder = tmp_path / "wedding"
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/1.JPG").write_bytes(PHOTO)
    (folder / "a/b/1.xmp").write_bytes(SIDECAR)
    (folder / "2.jpg").write_bytes(PHOTO)
    (folder / "menu.pdf").write_bytes(b"%PDF-1.4")
    (folder / "galleria.toml").write_text('[[rule]]\nfolder = "a"\nshift = "+1h"')
    os.utime(folder / "a/b/1.JPG", (1_000_000, 1_000_000))
    return folder


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_folder_is_corrected_by_its_rules_and_keeps_its_tree_and_times(wedding: Path, tmp_path: Path) -> None:
    into = tmp_path / "out"
    assert main(["correct", "-r", str(wedding), "--into", str(into)]) == 0
    assert files_in(into) == ["2.jpg", "a/b/1.JPG", "a/b/1.xmp"]
    assert problems(PHOTO, (into / "a/b/1.JPG").read_bytes(), Capture("2024:06:15 13:30:45", "")) == []
    assert (into / "2.jpg").read_bytes() == PHOTO
    assert (into / "a/b/1.JPG").stat().st_mtime == 1_000_000


def test_a_sidecar_follows_its_photo_and_keeps_every_other_byte(wedding: Path, tmp_path: Path) -> None:
    main(["correct", "-r", str(wedding), "--into", str(tmp_path / "out")])
    expected = SIDECAR.replace(b"2024-06-15T12:30:45", b"2024-06-15T13:30:45")
    assert (tmp_path / "out/a/b/1.xmp").read_bytes() == expected


def test_what_is_not_a_photo_is_carried_over_if_that_is_asked(wedding: Path, tmp_path: Path) -> None:
    assert main(["correct", "-r", "--others", str(wedding), "--into", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out/menu.pdf").read_bytes() == b"%PDF-1.4"


def test_another_file_of_the_same_length_is_not_taken_for_the_copy(
    wedding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["correct", "-r", "--others", str(wedding), "--into", str(tmp_path / "out")]
    main(words)
    (tmp_path / "out/menu.pdf").write_bytes(b"%PDF-1.7")
    assert main(words) == 1
    assert "menu.pdf exists already" in capsys.readouterr().out
    assert (tmp_path / "out/menu.pdf").read_bytes() == b"%PDF-1.7"


def test_a_run_that_was_stopped_goes_on_where_it_was(
    wedding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["correct", "-r", str(wedding), "--into", str(tmp_path / "out")]
    main(words)
    (tmp_path / "out/2.jpg").unlink()
    capsys.readouterr()
    assert main(words) == 0
    assert "2 already there, 1 copied, 1 left out" in capsys.readouterr().out
    (tmp_path / "out/2.jpg").write_bytes(b"something else")
    assert main(words) == 1


def test_copies_in_the_folder_itself_are_not_corrected_again(wedding: Path) -> None:
    words = ["correct", "-r", str(wedding), "--into", str(wedding / "out")]
    assert (main(words), main(words)) == (0, 0)
    assert not (wedding / "out/out").exists()


def test_short_forms_are_understood(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["correct", "--dry-run", "shift=+1h", "zone=+02:00", str(photo)]) == 0
    assert "→ 2024:06:15 13:30:45+02:00" in capsys.readouterr().out


def test_a_photo_that_is_right_already_is_copied(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (["shift=0"], ["target-timezone-offset-hours=13"], ["time=2024-06-15T12:30:45"]):
        assert main(["correct", "--dry-run", *asked, str(photo)]) == 0
        assert capsys.readouterr().out.startswith(f"would copy {photo.name}  it is right already\n")
    assert main(["correct", "--into", str(tmp_path / "out"), "shift=0", str(photo)]) == 0
    assert "1 copied" in capsys.readouterr().out
    assert (tmp_path / "out" / photo.name).read_bytes() == PHOTO


def test_a_time_that_stays_is_reported_once(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exif = piexif.load(PHOTO)
    exif["Exif"][piexif.ExifIFD.BodySerialNumber] = b"042021000123"
    piexif.insert(piexif.dump(exif), PHOTO, str(photo))
    assert main(["correct", "--dry-run", "remove=serial-numbers", str(photo)]) == 0
    assert "would correct photo.jpg  2024:06:15 12:30:45\n1 would correct; nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rules", "why"), [("", "wedding/galleria.toml asks for none"), (None, "there is no {}/wedding/galleria.toml")]
)
def test_a_folder_without_any_correction_is_told_of_its_rules(
    wedding: Path, rules: str | None, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = wedding / "galleria.toml"
    path.unlink()
    if rules is not None:
        path.write_text(rules)
    assert main(["correct", "-r", str(wedding), "--dry-run"]) == 2
    assert why.format(wedding.parent) in capsys.readouterr().err


def test_a_folder_without_r_is_told_how(wedding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["correct", str(wedding), "--dry-run"]) == 2
    assert "add -r" in capsys.readouterr().err
    assert main(["correct", "shift=1", str(wedding), "--dry-run"]) == 1
    assert "wedding  it is a folder; -r takes the photos in it" in capsys.readouterr().out


def test_a_sidecar_that_says_another_time_stays_as_it_is() -> None:
    before, after = CaptureTags("2020:01:01 00:00:00"), CaptureTags("2020:01:01 01:00:00")
    assert followed(SIDECAR, before, after) == SIDECAR


@pytest.mark.parametrize(("content", "why"), [(b"", "it is empty"), (b"<html>", "it is not a photo, whatever")])
def test_a_file_that_only_claims_to_be_a_photo_is_not_left_out_in_silence(
    wedding: Path, content: bytes, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (wedding / "3.JPG").write_bytes(content)
    assert main(["correct", "-r", str(wedding), "--dry-run"]) == 1
    assert f"rejected   3.JPG  {why}" in (said := capsys.readouterr().out)
    assert "1 left out (--verbose names them)" in said


def test_two_photos_of_one_name_never_take_each_others_place(
    wedding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (wedding / "a/b/2.jpg").write_bytes(PHOTO)
    words = ["correct", "shift=1", "--into", str(tmp_path / "out"), str(wedding / "2.jpg"), str(wedding / "a/b/2.jpg")]
    assert main(words) == 1
    assert "rejected   2.jpg  it would replace" in (said := capsys.readouterr().out)
    assert "1 corrected, 1 rejected" in said
