"""`galleria-storage deploy` puts a site into the public bucket, and nothing over a photo's corrected copy."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from galleria_cli.console import main
from galleria_storage.bulk import standing
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets, keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(autouse=True)
def settings(
    server: S3Server,
    buckets: Buckets,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = {
        **server.as_public,
        "S3_PUBLIC_BUCKET": buckets.public,
        "S3_PUBLIC_PROFILE": server.profile,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    main(["cors", "repair"])
    capsys.readouterr()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for n in range(3):
        (tmp_path / f"{n}.jpg").write_bytes(b"photo %d" % n)
    return tmp_path


def test_a_folder_is_uploaded_and_then_found_unchanged(
    s3: "S3Client", buckets: Buckets, prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", str(photos), "--prefix", prefix]) == 0
    assert keys(s3, buckets.public, prefix) == [f"{prefix}{n}.jpg" for n in range(3)]
    assert main(["deploy", str(photos), "--prefix", prefix]) == 0
    first, second = [line for line in capsys.readouterr().out.splitlines() if "already" in line]
    assert first.startswith("3 deployed (21 bytes), 0 already there: ")
    assert second.startswith("0 deployed (0 bytes), 3 already there: ")


def test_a_dry_run_writes_nothing(
    s3: "S3Client", buckets: Buckets, prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", str(photos), "--prefix", prefix, "--dry-run"]) == 0
    assert "3 would be deployed" in capsys.readouterr().out
    assert keys(s3, buckets.public, prefix) == []


def test_another_bucket_may_be_named(s3: "S3Client", buckets: Buckets, prefix: str, photos: Path) -> None:
    assert main(["deploy", str(photos), "--prefix", prefix, "--bucket", buckets.staging, "--no-cors-check"]) == 0
    assert len(keys(s3, buckets.staging, prefix)) == 3


def test_a_file_that_fails_is_named_and_changes_the_exit_status(
    prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "gone.jpg").symlink_to("nowhere.jpg")
    assert main(["deploy", str(photos), "--prefix", prefix]) == 1
    output = capsys.readouterr()
    assert "3 deployed (21 bytes), 0 already there, 1 failed" in output.out
    assert "failed     gone.jpg  'gone.jpg' cannot be read: No such file or directory\n" in output.out


def test_a_folder_that_is_not_there_is_an_error_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", str(tmp_path / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_missing_setting_is_named(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("S3_PUBLIC_BUCKET")
    assert main(["deploy", str(photos)]) == 2
    assert "S3_PUBLIC_BUCKET is not set" in capsys.readouterr().err


def test_each_entry_that_cannot_be_uploaded_is_a_separate_error(
    s3: "S3Client", buckets: Buckets, prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "long.jpg").symlink_to("x" * 300)
    (photos / "loop.jpg").symlink_to("loop.jpg")
    (photos / "circle").symlink_to(photos)
    os.mkfifo(photos / "pipe.jpg")
    here = os.open(photos, os.O_RDONLY)
    for _ in range(20):  # a path of more than 4,096 bytes
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert main(["deploy", str(photos), "--prefix", prefix]) == 1
    output = capsys.readouterr()
    assert "3 deployed (21 bytes), 0 already there, 5 failed" in output.out
    assert output.out.count("failed     ") == 5
    assert keys(s3, buckets.public, prefix) == [f"{prefix}{n}.jpg" for n in range(3)]


def test_a_name_with_escape_codes_and_line_feeds_is_shown_without_them(
    server: S3Server, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if server.name == "ceph":
        pytest.skip("ceph: a listing whose prefix has a line feed is answered with 500")
    (tmp_path / "a\x1b[31m\nb.jpg").symlink_to("nowhere.jpg")
    assert main(["deploy", str(tmp_path), "--prefix", prefix]) == 1
    output = capsys.readouterr().out
    assert output.startswith("failed     a·[31m·b.jpg  ")
    assert output.count("\n") == 2
    assert "\x1b" not in output


def copy_of_a_photo(s3: "S3Client", bucket: str, key: str) -> None:
    recorded = {"galleria-fingerprint": "2-00", "galleria-run": "1-00"}
    s3.put_object(Bucket=bucket, Key=key, Body=b"corrected", Metadata=recorded)


def test_nothing_takes_the_place_of_a_corrected_copy(
    s3: "S3Client", buckets: Buckets, prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_of_a_photo(s3, buckets.public, f"{prefix}1.jpg")
    assert main(["deploy", str(photos), "--prefix", prefix]) == 1
    assert s3.get_object(Bucket=buckets.public, Key=f"{prefix}1.jpg")["Body"].read() == b"corrected"
    said = capsys.readouterr().out
    assert "refused    1.jpg" in said
    assert "2 deployed" in said


def test_a_copy_that_is_published_meanwhile_is_not_replaced_either(
    s3: "S3Client", buckets: Buckets, prefix: str, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "look", lambda *_: standing.Standing({}, complete=True))
    copy_of_a_photo(s3, buckets.public, f"{prefix}1.jpg")
    main(["deploy", str(photos), "--prefix", prefix])
    found = s3.get_object(Bucket=buckets.public, Key=f"{prefix}1.jpg")["Body"].read()
    assert found == b"corrected"


@pytest.mark.usefixtures("keeps_rules")
def test_nothing_is_deployed_where_no_page_may_read_the_photos(
    s3: "S3Client", buckets: Buckets, prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.delete_bucket_cors(Bucket=buckets.public)
    assert main(["deploy", str(photos), "--prefix", prefix]) == 1
    assert "--setup-cors" in capsys.readouterr().err
    assert keys(s3, buckets.public, prefix) == []
    assert main(["deploy", str(photos), "--prefix", prefix, "--setup-cors"]) == 0
    assert capsys.readouterr().err == f"{buckets.public}: its CORS rules are replaced; before: there were none\n"


def test_a_provider_that_keeps_no_cors_rules_gets_the_site_and_the_person_a_note(
    server: S3Server, prefix: str, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if server.name != "juicefs":
        pytest.skip(f"{server.name} keeps CORS rules")
    assert main(["deploy", str(photos), "--prefix", prefix]) == 0
    output = capsys.readouterr()
    assert "unsupported: the provider keeps no CORS rules" in output.err
    assert "3 deployed (21 bytes)" in output.out


def test_headers_follow_rules(s3: "S3Client", buckets: Buckets, prefix: str, photos: Path) -> None:
    for name in ("index.html", "a.css", "b.geojson"):
        (photos / name).write_text("x")
    rules = ["--cache-control", "*.css=max-age=31536000", "--media-type", "*.geojson=application/geo+json"]
    assert main(["deploy", str(photos), "--prefix", prefix, *rules]) == 0
    heads = {name: s3.head_object(Bucket=buckets.public, Key=prefix + name) for name in ("index.html", "a.css")}
    assert heads["index.html"]["CacheControl"] == "no-cache"
    assert heads["a.css"]["CacheControl"] == "max-age=31536000"
    assert s3.head_object(Bucket=buckets.public, Key=f"{prefix}b.geojson")["ContentType"] == "application/geo+json"


def test_nothing_is_deployed_while_it_is_unknown_whether_pages_may_read(
    buckets: Buckets, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("S3_PUBLIC_BUCKET", f"{buckets.public}-none")
    assert main(["deploy", str(photos)]) == 2
    told = capsys.readouterr()
    assert "--no-cors-check" in told.err
    assert told.out == ""
