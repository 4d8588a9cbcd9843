"""`clocks` finds out which clock is wrong and writes galleria.toml; `correct` then puts all photos in order."""

import io
import json
import re
import shlex
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import piexif
import pytest
from PIL import Image

from galleria_cli.clock_photos import read_time
from galleria_cli.console import main
from galleria_storage.clocks.shots import Shot
from tests.support.clocks.shots import NOON, shots_at
from tests.support.weddings.files import write_files

GALLERY = "galleria.toml"
TIMES = [7, 70, 130, 260, 300, 410, 660, 900, 1300, 1500, 1700, 2000]
SLOW = timedelta(hours=1, seconds=-46)


@pytest.fixture
def wedding(tmp_path: Path) -> Path:
    """Two cameras with GPS receivers, one of them an hour and 46 seconds slow, that photograph in turn."""
    phone = shots_at(*TIMES, camera="Apple iPhone 15", offset=120, gps=True, folder="phone")
    camera = shots_at(*(time + 20 for time in TIMES), camera="Canon EOS R5", ahead=SLOW, gps=True, folder="camera")
    folder = tmp_path / "wedding"
    write_files([*phone, *camera], folder)
    return folder


def moment_of(path: Path) -> datetime:
    exif = piexif.load(str(path))["Exif"]
    time = f"{exif[36867].decode()}{exif[36881].decode()}"
    return datetime.strptime(time, "%Y:%m:%d %H:%M:%S%z")


def test_correct_puts_in_order_what_clocks_found_out(wedding: Path, tmp_path: Path) -> None:
    assert main(["clocks", str(wedding)]) == 0
    assert main(["correct", "-r", "--into", str(tmp_path / "right"), str(wedding)]) == 0
    moments = {path: moment_of(path) for path in (tmp_path / "right").rglob("*.JPG")}
    in_order = [path.parent.name for path in sorted(moments, key=lambda path: moments[path])]
    assert in_order == ["phone", "camera"] * len(TIMES)
    assert {moment.utcoffset() for moment in moments.values()} == {timedelta(hours=2)}


def test_each_camera_is_reported_with_its_evidence(wedding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clocks", "-n", str(wedding)]) == 0
    printed = capsys.readouterr().out
    assert "Canon EOS R5: 12 files, 2024-06-15 12:59 → 2024-06-15 13:32\n  certain, +1h46s ±2s, zone +02:00" in printed
    assert "GPS: in 12 photos, clock minus GPS time is +0:59:14" in printed
    assert "2 of 2 clocks are known" in printed
    assert not (wedding / GALLERY).exists()


def test_json_has_an_object_for_each_camera(wedding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clocks", "-n", "--json", str(wedding)]) == 0
    *cameras, summary = map(json.loads, capsys.readouterr().out.splitlines())
    found = {camera["camera"]: camera for camera in cameras}
    assert found["Canon EOS R5"]["shift"] == 3646
    assert found["Canon EOS R5"]["asked"] == {"shift": "+1h46s", "zone": "+02:00"}
    assert found["Apple iPhone 15"]["confidence"] == "right"
    assert summary["summary"]["known"] == 2


def test_rules_that_are_there_are_replaced_only_if_asked(
    wedding: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (wedding / GALLERY).write_text("# mine\n")
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    main(["clocks", str(wedding)])
    assert (wedding / GALLERY).read_text() == "# mine\n"
    assert "stays as it is" in capsys.readouterr().err
    main(["clocks", "--yes", str(wedding)])
    assert "shift" in (wedding / GALLERY).read_text()


def test_a_clock_of_which_nothing_is_known_is_not_success(tmp_path: Path) -> None:
    write_files(shots_at(*TIMES), tmp_path)
    assert main(["clocks", "-n", str(tmp_path)]) == 1


def test_a_photo_of_a_clock_decides(tmp_path: Path) -> None:
    write_files(shots_at(*TIMES, ahead=SLOW), tmp_path)
    time = (NOON + timedelta(hours=2, seconds=7)).isoformat()
    clock = ["--zone", "europe/stockholm", "--clock", f"IMG_0000.JPG={time}"]
    assert main(["clocks", str(tmp_path), *clock]) == 0
    text = (tmp_path / GALLERY).read_text()
    assert 'zone = "Europe/Stockholm"' in text
    assert 'shift = "+1h46s"' in text


@pytest.mark.parametrize(
    ("clock", "found"),
    [
        ("IMG_0000.JPG=noon", "2024-06-15T12:30:45"),
        ("IMG_0000.JPG", "no QR code"),
        ("nothing.jpg=12:00", "no such photo"),
    ],
)
def test_a_photo_of_a_clock_that_cannot_be_read_is_refused(
    clock: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(shots_at(*TIMES), tmp_path)
    assert main(["clocks", "-n", str(tmp_path), "--clock", clock]) == 2
    assert found in capsys.readouterr().err


def test_a_qr_code_in_a_photo_says_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_barcodes(picture: Image.Image) -> list[SimpleNamespace]:
        assert picture.mode == "L"
        return [SimpleNamespace(text="https://example.com"), SimpleNamespace(text="2024-06-15T14:00:07+02:00")]

    monkeypatch.setitem(sys.modules, "zxingcpp", SimpleNamespace(read_barcodes=read_barcodes))
    write_files(shots_at(*TIMES, ahead=SLOW), tmp_path)
    code = io.BytesIO()
    taken = piexif.load(str(tmp_path / "IMG_0000.JPG"))
    Image.new("RGB", (64, 64)).save(code, "JPEG", exif=piexif.dump(taken))
    (tmp_path / "IMG_0000.JPG").write_bytes(code.getvalue())
    assert main(["clocks", str(tmp_path), "--zone", "Europe/Stockholm", "--clock", "IMG_0000.JPG"]) == 0
    assert 'shift = "+1h46s"' in (tmp_path / GALLERY).read_text()


@pytest.mark.parametrize("text", ["1718452807", "1718452807000", "2024-06-15 14:00:07+02:00", "2024-06-15T12:00:07Z"])
def test_codes_say_the_time_in_several_ways(text: str) -> None:
    time = read_time(text)
    assert time
    assert time.timestamp() == 1718452807


def test_a_camera_that_people_know_to_be_right_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(shots_at(*TIMES), tmp_path)
    assert main(["clocks", "-n", str(tmp_path), "--zone", "+02:00", "--right", "eos r5"]) == 0
    assert "shown clock: is known to be right" in capsys.readouterr().out
    assert main(["clocks", "-n", str(tmp_path), "--right", "Cannon"]) == 2
    assert "the cameras are Canon EOS R5" in capsys.readouterr().err


def test_a_guess_is_written_as_a_comment(tmp_path: Path) -> None:
    phone = shots_at(*TIMES, camera="Apple iPhone 15", offset=120, gps=True, folder="phone")
    write_files([*phone, *shots_at(0, 60, 90, ahead=timedelta(hours=1), offset=60, folder="camera")], tmp_path)
    assert main(["clocks", str(tmp_path)]) == 1
    assert '# shift = "+1h"' in (tmp_path / GALLERY).read_text()


def test_photos_without_a_time_get_rules_of_their_own(tmp_path: Path) -> None:
    untimed = Shot("whatsapp [1]/IMG_20240615_140007.jpg", "photo", "image/jpeg")
    write_files([*shots_at(*TIMES, gps=True, offset=120), untimed], tmp_path)
    main(["clocks", str(tmp_path)])
    assert main(["correct", "-r", "--into", str(tmp_path / "right"), str(tmp_path)]) == 0
    assert moment_of(tmp_path / "right" / untimed.name).isoformat() == "2024-06-15T14:00:07+02:00"


def test_the_part_before_a_reset_is_left_alone(tmp_path: Path) -> None:
    right = shots_at(*TIMES, gps=True, offset=120)
    reset = shots_at(*(3000 + time for time in TIMES), ahead=datetime(2013, 1, 1) - NOON, gps=True, folder="later")
    reset = [shot._replace(name=shot.name.replace("IMG_0", "IMG_1")) for shot in reset]
    write_files([*right, *reset], tmp_path)
    assert main(["clocks", str(tmp_path)]) == 0
    assert main(["correct", "-r", "--into", str(tmp_path / "right"), str(tmp_path)]) == 0
    assert moment_of(tmp_path / "right/IMG_0000.JPG").isoformat() == "2024-06-15T14:00:07+02:00"
    assert moment_of(tmp_path / "right/later/IMG_1000.JPG").isoformat() == "2024-06-15T14:50:07+02:00"


def test_a_drifting_clock_is_put_right_photo_by_photo(tmp_path: Path) -> None:
    hours = range(0, 120, 5)
    shots = [
        shot._replace(clock=shot.clock and shot.clock + timedelta(seconds=round(6 * hour / 24)))
        for hour, shot in zip(hours, shots_at(*(3600 * hour for hour in hours), gps=True, offset=120), strict=True)
    ]
    write_files(shots, tmp_path)
    assert main(["clocks", str(tmp_path)]) == 0
    assert "drift = -6" in (tmp_path / GALLERY).read_text()
    assert main(["correct", "-r", "--into", str(tmp_path / "right"), str(tmp_path)]) == 0
    for hour, shot in zip(hours, shots, strict=True):
        off = moment_of(tmp_path / "right" / shot.name).replace(tzinfo=None) - timedelta(hours=2) - NOON
        assert abs(off - timedelta(hours=hour)) <= timedelta(seconds=2)


def test_what_cannot_be_read_is_reported(wedding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (wedding / "lost").mkdir()
    (wedding / "lost/IMG_0001.JPG").symlink_to("gone.JPG")
    (wedding / "lost/IMG_0002.JPG.json").symlink_to("gone.json")
    assert main(["clocks", "-n", "-q", str(wedding)]) == 1
    printed = capsys.readouterr().out
    assert "unreadable lost/IMG_0001.JPG" in printed
    assert "unreadable lost/IMG_0002.JPG.json" in printed
    assert "2 of 2 clocks are known, by 24 files; 2 could not be read" in printed


def test_a_folder_that_cannot_be_read_is_reported(wedding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (wedding / "camera/again").symlink_to("..")  # refused like a folder without permission, also for root
    assert main(["clocks", "-n", "-q", "--json", str(wedding)]) == 1
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["file"] for one in printed if one.get("status") == "unreadable"] == ["camera/again"]
    assert printed[-1]["summary"] == {"cameras": 2, "known": 2, "files": 24, "unreadable": 1}


def test_a_folder_without_photos_gets_no_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("Who is who")
    assert main(["clocks", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "there are no photos\n"
    assert not (tmp_path / GALLERY).exists()


def test_the_next_command_can_be_copied(wedding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = wedding.rename(wedding.with_name("Anna's wedding"))
    assert main(["clocks", str(folder)]) == 0
    words = capsys.readouterr().err.rpartition("Next: ")[2]
    assert shlex.split(words) == ["galleria-storage", "push", str(folder)]


def test_nothing_is_left_where_the_rules_cannot_be_written(wedding: Path) -> None:
    (wedding / GALLERY).mkdir()
    assert main(["clocks", "--yes", str(wedding)]) == 2
    assert sorted(path.name for path in wedding.iterdir()) == ["camera", GALLERY, "phone"]


def test_one_photo_is_spoken_of_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    phone = shots_at(TIMES[0], camera="Apple iPhone 15", offset=120, gps=True)
    camera = shots_at(TIMES[1], camera="Canon EOS R5", offset=60, folder="camera")
    write_files([*phone, *camera], tmp_path)
    main(["clocks", "-n", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "1 photo names the zone +02:00" in printed
    assert "1 photo says that the clock is set to +01:00" in printed
    assert "in 1 photo, clock minus GPS time" in printed
    assert not re.search(r"\b1 (photos|files|clocks)", printed)
