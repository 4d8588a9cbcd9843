"""`galleria-storage push` puts photos into staging, with their corrections, and nothing anywhere else."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import piexif
import pytest

from galleria_cli.console import main
from tests.support.photos import films, heifs
from tests.support.photos.samples import PHOTO
from tests.support.servers.gallery import Buckets, keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RULES = '[[rule]]\nfolder = "a"\nshift = "-2h"\n'


@pytest.fixture(autouse=True)
def no_public_server(staging_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del staging_environment
    monkeypatch.setenv("S3_PUBLIC_ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (wedding := tmp_path / "wedding").mkdir()
    (wedding / "a").mkdir()
    (wedding / "a/1.JPG").write_bytes(PHOTO)
    (wedding / "2.jpg").write_bytes(PHOTO + b"\0")
    (wedding / "Thumbs.db").write_bytes(b"no photo")
    (wedding / "menu.pdf").write_bytes(b"%PDF-1.4")
    (wedding / "galleria.toml").write_text(RULES)
    return wedding


def tags(s3: "S3Client", buckets: Buckets, key: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(Bucket=buckets.staging, Key=key)["TagSet"]}


def push(*words: str | Path) -> int:
    return main(["push", *map(str, words)])


def test_photos_alone_go_into_staging_with_what_the_rules_ask(
    s3: "S3Client", buckets: Buckets, prefix: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(folder, "--prefix", prefix, "--as", "tags") == 0
    assert keys(s3, buckets.staging, prefix) == [f"{prefix}2.jpg", f"{prefix}a/1.JPG"]
    assert keys(s3, buckets.public, prefix) == []
    assert tags(s3, buckets, f"{prefix}a/1.JPG") == {"timestamp-offset-hours": "-02:00:00"}
    assert tags(s3, buckets, f"{prefix}2.jpg") == {}
    assert "2 pushed" in (said := capsys.readouterr().out)
    assert "2 left out" in said


def test_what_is_there_is_not_sent_again_and_a_changed_rule_changes_its_tags(
    s3: "S3Client", buckets: Buckets, prefix: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    push(folder, "--prefix", prefix, "--as", "tags")
    assert push(folder, "--prefix", prefix, "--as", "tags") == 0
    assert "0 pushed (0 bytes), 2 already there" in capsys.readouterr().out
    (folder / "galleria.toml").write_text(RULES.replace("-2h", "+90min"))
    assert push(folder, "--prefix", prefix, "--as", "tags", "--rules-only") == 0
    assert "0 pushed (0 bytes), 1 already there, 1 asked for other corrections" in capsys.readouterr().out
    assert tags(s3, buckets, f"{prefix}a/1.JPG") == {"timestamp-offset-hours": "+01:30:00"}


def test_a_dry_run_names_every_file_and_writes_nothing(
    s3: "S3Client", buckets: Buckets, prefix: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(folder, "--prefix", prefix, "--dry-run", "-v") == 0
    said = capsys.readouterr().out
    assert [name for name in ("a/1.JPG", "2.jpg", "Thumbs.db", "menu.pdf") if name not in said] == []
    assert keys(s3, buckets.staging, prefix) == []


def test_metadata_carries_the_correction_where_that_is_wanted(
    s3: "S3Client", buckets: Buckets, prefix: str, folder: Path
) -> None:
    assert push(folder, "--prefix", prefix, "--as", "metadata", "--correct", "zone=+02:00") == 0
    found = s3.head_object(Bucket=buckets.staging, Key=f"{prefix}a/1.JPG")["Metadata"]
    assert found["timestamp-offset-hours"] == "-02:00:00"
    assert found["target-timezone-offset-hours"] == "+02:00"
    assert push(folder, "--prefix", prefix, "--as", "metadata", "--correct", "zone=+03:00") == 0
    found = s3.head_object(Bucket=buckets.staging, Key=f"{prefix}a/1.JPG")["Metadata"]
    assert found["target-timezone-offset-hours"] == "+03:00"


def test_a_photo_that_would_be_rejected_is_named_and_not_sent(
    s3: "S3Client", buckets: Buckets, prefix: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a/cut.jpg").write_bytes(PHOTO[:100])
    assert push(folder, "--prefix", prefix) == 1
    assert "rejected   a/cut.jpg" in capsys.readouterr().out
    assert f"{prefix}a/cut.jpg" not in keys(s3, buckets.staging, prefix)


def test_the_result_is_one_json_object_per_line(prefix: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    push(folder, "--prefix", prefix, "--json")
    *files, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert {found["file"]: found["status"] for found in files} == {
        "2.jpg": "pushed",
        "a/1.JPG": "pushed",
        "Thumbs.db": "left out",
        "menu.pdf": "left out",
    }
    assert last["summary"]["pushed"] == 2


def test_a_selection_is_all_that_is_sent(s3: "S3Client", buckets: Buckets, prefix: str, folder: Path) -> None:
    push(folder, "--prefix", prefix, "--include", "*.jpg", "--exclude", "a/")
    assert keys(s3, buckets.staging, prefix) == [f"{prefix}2.jpg"]


def test_the_rule_of_one_photo_is_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert push(folder, "--explain", "--include", "1.jpg") == 0
    assert "rule 1: matches, so it counts" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_does_not_end_the_explanations(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "0.jpg").symlink_to(folder / "nowhere")
    assert push(folder, "--explain") == 1
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "0.jpg: '0.jpg' cannot be read: No such file or directory"
    assert "rule 1: matches, so it counts" in "\n".join(others)


def test_staging_must_be_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("STAGING_BUCKET")
    assert push(folder) == 2
    assert "STAGING_BUCKET is not set" in capsys.readouterr().err


def test_a_mistake_in_the_rules_stops_all_before_anything_is_sent(
    s3: "S3Client", buckets: Buckets, prefix: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "galleria.toml").write_text('zonne = "Europe/Stockholm"')
    assert push(folder, "--prefix", prefix) == 2
    assert "'zone' may be meant" in capsys.readouterr().err
    assert keys(s3, buckets.staging, prefix) == []


def test_both_halves_of_a_live_photo_ask_for_the_zone_that_the_photo_tells(
    s3: "S3Client", buckets: Buckets, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (live := tmp_path / "live").mkdir()
    gps = {29: "2020:01:02", 7: ((8, 1), (4, 1), (5, 1))}  # five hours after the capture time
    block: bytes = piexif.dump({"Exif": {36867: heifs.TAKEN}, "GPS": gps})
    (live / "1.HEIC").write_bytes(heifs.heif([heifs.MASTER, heifs.exif_item(data=block[6:])]))
    (live / "1.MOV").write_bytes(films.film(films.keys(b"2020-01-02T03:04:05-0500")))
    (live / "1.xmp").write_text("<x:xmpmeta/>")
    words = (live, "--prefix", prefix, "--as", "tags", "--also", "video/quicktime", "--correct", "zone=gps")
    assert push(*words, "--correct", "time=2021-03-04T05:06:07") == 1  # whose offset does not follow from a GPS time
    assert push(*words) == 0
    assert tags(s3, buckets, f"{prefix}1.HEIC") == {"target-timezone": "gps"}
    assert tags(s3, buckets, f"{prefix}1.MOV") == {"target-timezone-offset-hours": "-05:00"}
    assert keys(s3, buckets.staging, prefix) == [f"{prefix}1.HEIC", f"{prefix}1.MOV"]
    capsys.readouterr()


def test_two_photos_of_one_name_never_take_each_others_place(
    s3: "S3Client", buckets: Buckets, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for card in ("100CANON", "101CANON"):
        (tmp_path / card).mkdir()
        (tmp_path / card / "1.jpg").write_bytes(PHOTO + card.encode())
    cards = [str(tmp_path / card) for card in ("100CANON", "101CANON")]
    for _ in range(2):
        assert main(["push", *cards, "--prefix", prefix]) == 1
        assert f"would replace '{cards[0]}/1.jpg'" in capsys.readouterr().out
    assert main(["push", f"{cards[0]}/1.jpg", f"{cards[1]}/1.jpg", "--prefix", prefix]) == 1
    assert s3.get_object(Bucket=buckets.staging, Key=f"{prefix}1.jpg")["Body"].read().endswith(b"100CANON")
    capsys.readouterr()
    assert main(["push", cards[0], f"{cards[0]}/1.jpg", cards[0], "--prefix", prefix]) == 0, "it is the same file"
    assert "0 pushed (0 bytes), 1 already there" in capsys.readouterr().out


def test_what_takes_the_place_of_another_photo_says_so(
    folder: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    push(folder, "--prefix", prefix, "--include", "2.jpg")
    (folder / "2.jpg").write_bytes(PHOTO + b"another")
    capsys.readouterr()
    for words, verb in ((["--dry-run"], "would push"), ([], "pushed    ")):
        push(folder, "--prefix", prefix, "--include", "2.jpg", *words)
        line = capsys.readouterr().out.splitlines()[0]
        assert line.startswith(f"{verb} 2.jpg")
        assert line.endswith("in place of another file of its name")


def test_rules_of_the_folder_above_are_not_passed_over_in_silence(
    folder: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    push(folder / "a", "--prefix", prefix, "--dry-run")
    assert f"{folder}/galleria.toml does not count here" in capsys.readouterr().err
    push(folder, "--prefix", prefix, "--dry-run")
    push(folder / "a", "--prefix", prefix, "--dry-run", "--rules", str(folder / "galleria.toml"))
    assert capsys.readouterr().err == ""
