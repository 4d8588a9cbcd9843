"""`status`, `verify`, `publish --prefix`, `remove` and `manifest`: staging beside the public bucket."""

import csv
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from galleria_cli.console import main
from galleria_storage.s3.objects import ObjectStore
from tests.support.photos.samples import PHOTO
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SLOW = {"timestamp-offset-hours": "-2"}


@pytest.fixture(autouse=True)
def public_server(staging_environment: None, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    del staging_environment
    for name, value in server.as_public.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def photos(s3: "S3Client", buckets: Buckets, prefix: str) -> str:
    """Two photos in staging, and published."""
    for name in ("1.jpg", "2.jpg"):
        s3.put_object(Bucket=buckets.staging, Key=prefix + name, Body=PHOTO, Metadata=SLOW)
    assert main(["publish", "--prefix", prefix]) == 0
    return prefix


def states(capsys: pytest.CaptureFixture[str], command: str, prefix: str) -> dict[str, str]:
    capsys.readouterr()
    main([command, "--prefix", prefix, "--json"])
    *files, _ = map(json.loads, capsys.readouterr().out.splitlines())
    return {found["file"].removeprefix(prefix): found["status"] for found in files}


def test_all_is_right_after_publishing(photos: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--prefix", photos]) == 0
    assert "2 right" in capsys.readouterr().out
    assert main(["verify", "--prefix", photos]) == 0


def test_each_kind_of_fault_has_its_name(
    s3: "S3Client", buckets: Buckets, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}1.jpg", Body=PHOTO, Metadata={})
    s3.delete_object(Bucket=buckets.staging, Key=f"{photos}2.jpg")
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}3.jpg", Body=PHOTO)
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}4.jpg", Body=PHOTO[:100])
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}5.jpg", Body=PHOTO)
    s3.put_object(Bucket=buckets.public, Key=f"{photos}5.jpg", Body=PHOTO)
    s3.put_object(Bucket=buckets.public, Key=f"{photos}index.html", Body=b"a page")
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}1.xmp", Body=b"x")
    assert states(capsys, "status", photos) == {
        "1.jpg": "stale",
        "1.xmp": "ignored",
        "2.jpg": "orphan",
        "3.jpg": "missing",
        "4.jpg": "rejected",
        "5.jpg": "wrong",
        "index.html": "other",
    }
    assert main(["status", "--prefix", photos]) == 1


def test_bytes_that_changed_without_a_trace_are_found_by_verify_alone(
    s3: "S3Client", buckets: Buckets, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"{photos}1.jpg"
    found = s3.get_object(Bucket=buckets.public, Key=key)
    spoilt = bytearray(found["Body"].read())
    spoilt[-10] ^= 1
    s3.put_object(Bucket=buckets.public, Key=key, Body=bytes(spoilt), Metadata=found["Metadata"])
    assert states(capsys, "status", photos)["1.jpg"] == "right"
    assert states(capsys, "verify", photos) == {"1.jpg": "wrong", "2.jpg": "right"}


def test_a_photo_is_removed_everywhere_if_that_is_confirmed(photos: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remove", f"{photos}1.jpg"]) == 0
    assert "from staging and public" in capsys.readouterr().out
    assert states(capsys, "status", photos) == {"1.jpg": "right", "2.jpg": "right"}
    assert main(["remove", f"{photos}1.jpg", "--yes"]) == 0
    assert states(capsys, "status", photos) == {"2.jpg": "right"}


def test_what_this_service_did_not_publish_is_not_removed(
    s3: "S3Client", buckets: Buckets, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.put_object(Bucket=buckets.public, Key=f"{prefix}index.html", Body=b"a page")
    main(["remove", f"{prefix}index.html", "--yes"])
    assert s3.get_object(Bucket=buckets.public, Key=f"{prefix}index.html")["Body"].read() == b"a page"
    assert "did not write" in capsys.readouterr().out


def test_publish_needs_to_know_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish"]) == 2
    assert "give either KEYs" in capsys.readouterr().err


def manifest(capsys: pytest.CaptureFixture[str], prefix: str, *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["manifest", "--prefix", prefix, "--base-url", "https://photos.example.com/", *words]) == 0
    photos: list[dict[str, object]] = json.loads(capsys.readouterr().out)["photos"]
    return photos


def test_the_manifest_tells_a_site_generator_what_is_public(
    s3: "S3Client", buckets: Buckets, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    early = {"corrected-timestamp": "2024-06-15T10:00:00.25+02:00"}
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}an 3.jpg", Body=PHOTO, Metadata=early)
    s3.put_object(Bucket=buckets.public, Key=f"{photos}index.html", Body=b"a page")
    main(["publish", "--prefix", photos])
    first, *others = manifest(capsys, photos, "--sha256")
    published = s3.get_object(Bucket=buckets.public, Key=f"{photos}an 3.jpg")["Body"].read()
    assert first == {
        "key": f"{photos}an 3.jpg",
        "url": f"https://photos.example.com/{photos}an%203.jpg",
        "captured": "2024-06-15T10:00:00.25+02:00",
        "moment": "2024-06-15T08:00:00.25Z",
        "subsecond": "25",
        "size": len(published),
        "width": 480,
        "height": 320,
        "camera": first["camera"],
        "media_type": "image/jpeg",
        "sha256": hashlib.sha256(published).hexdigest(),
        "etag": first["etag"],
    }
    assert [(photo["captured"], photo["moment"]) for photo in others] == [("2024-06-15T10:30:45", None)] * 2


def test_only_what_changed_since_the_last_manifest_is_asked_for(
    s3: "S3Client", buckets: Buckets, photos: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["manifest", "--prefix", photos, "--output", str(tmp_path / "photos.json")]
    s3.put_object(Bucket=buckets.public, Key=f"{photos}index.html", Body=b"a page")
    main(words)
    before = json.loads((tmp_path / "photos.json").read_text())
    s3.put_object(Bucket=buckets.staging, Key=f"{photos}2.jpg", Body=PHOTO, Metadata={"timestamp-offset-hours": "-3"})
    main(["publish", f"{photos}2.jpg"])
    asked = []
    head = ObjectStore.head
    monkeypatch.setattr(ObjectStore, "head", lambda store, key: asked.append(key) or head(store, key))
    main(words)
    after = json.loads((tmp_path / "photos.json").read_text())
    assert asked == [f"{photos}2.jpg"]
    assert len(before["photos"]) == len(after["photos"]) == 2
    assert after["photos"][0]["captured"] == "2024-06-15T09:30:45"


def test_the_manifest_is_a_table_too(photos: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["manifest", "--prefix", photos, "--csv"]) == 0
    header, *rows = csv.DictReader(capsys.readouterr().out.splitlines()).reader
    assert header[:3] == ["key", "url", "captured"]
    assert [row[0] for row in rows] == [f"{photos}1.jpg", f"{photos}2.jpg"]


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    capsys.readouterr()
    main(["doctor", "--json", *words])
    *found, _ = map(json.loads, capsys.readouterr().out.splitlines())
    return {check["file"]: check["status"] for check in found}


def test_the_doctor_names_what_is_wrong_and_what_to_do(
    server: S3Server,
    s3: "S3Client",
    buckets: Buckets,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("S3_PUBLIC_PROFILE", server.profile)
    keeps_rules = server.name != "juicefs"
    if keeps_rules:
        s3.delete_bucket_cors(Bucket=buckets.public)
    found = checked(capsys)
    assert (found["settings"], found["staging bucket"], found["public bucket"]) == ("ok", "ok", "ok")
    assert (found["notification"], found["CORS"]) == ("note", "wrong" if keeps_rules else "note")
    main(["cors", "repair"])
    assert checked(capsys)["CORS"] == ("ok" if keeps_rules else "note")
    assert main(["doctor"]) == 0
    assert "sends no notifications of new objects. Publish with" in capsys.readouterr().out


def test_the_doctor_looks_no_further_than_it_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("S3_PUBLIC_BUCKET", "no-such-bucket-at-all")
    found = checked(capsys, "--no-write")
    assert found["public bucket"] == "wrong"
    assert "CORS" not in found
    monkeypatch.delenv("STAGING_BUCKET")
    assert checked(capsys) == {"settings": "wrong"}


def test_a_push_can_be_followed_until_the_copy_is_there(
    prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "1.jpg").write_bytes(PHOTO)
    words = ["push", str(tmp_path / "1.jpg"), "--prefix", prefix, "--correct", "shift=+1h", "--wait"]
    assert main([*words, "--wait-seconds", "0"]) == 1
    assert "no copy after 0 s" in capsys.readouterr().out
    main(["publish", f"{prefix}1.jpg"])
    capsys.readouterr()
    assert main(words) == 0
    assert f"published  {prefix}1.jpg  2024:06:15 13:30:45" in capsys.readouterr().out
