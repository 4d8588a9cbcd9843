"""`publish` by hand: whose settings apply, which keys are published, and again with --force."""

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from galleria_cli.commands import publish
from galleria_cli.console import main
from galleria_storage.aws import calls
from tests.support.fakes.fake_stack import FakeStack
from tests.support.photos.samples import PHOTO
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets, keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(autouse=True)
def reach(staging_environment: None, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    del staging_environment
    for name, value in server.as_public.items():
        monkeypatch.setenv(name, value)
    return server.as_public


@pytest.fixture
def photos(s3: "S3Client", buckets: Buckets, prefix: str) -> str:
    for name in ("a/1.jpg", "a/2.JPG", "b/3.jpg"):
        s3.put_object(Bucket=buckets.staging, Key=prefix + name, Body=PHOTO)
    return prefix


@pytest.fixture
def _stack(reach: dict[str, str], buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    places = {"STAGING_BUCKET": buckets.staging, "S3_PUBLIC_BUCKET": buckets.public}
    monkeypatch.setattr(calls, "_client", FakeStack({**reach, **places, "CACHE_CONTROL": "max-age=60"}).client)


def cache_control(s3: "S3Client", buckets: Buckets, key: str) -> str:
    return s3.head_object(Bucket=buckets.public, Key=key).get("CacheControl", "")


@pytest.mark.usefixtures("_stack")
def test_the_stacks_settings_decide_and_who_publishes_with_others_hears_of_it(
    s3: "S3Client", buckets: Buckets, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", f"{photos}a/1.jpg", "--settings-from", "galleria"]) == 0
    assert cache_control(s3, buckets, f"{photos}a/1.jpg") == "max-age=60"
    assert main(["status", "--prefix", f"{photos}a/1", "--settings-from", "galleria"]) == 0
    capsys.readouterr()
    assert main(["publish", f"{photos}a/1.jpg", "--dry-run"]) == 0
    assert "made with other settings: Cache-Control was max-age=60, is not set" in capsys.readouterr().out
    assert cache_control(s3, buckets, f"{photos}a/1.jpg") == "max-age=60"
    assert main(["publish", f"{photos}a/1.jpg"]) == 0
    told = capsys.readouterr()
    assert "made with other settings: Cache-Control was max-age=60, is not set" in told.out
    assert "1 copy was made with other settings" in told.err
    assert cache_control(s3, buckets, f"{photos}a/1.jpg") == ""


def test_patterns_folders_and_selections_say_which_keys(
    s3: "S3Client", buckets: Buckets, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", f"{photos}a/*.jpg"]) == 0
    assert keys(s3, buckets.public, photos) == [f"{photos}a/1.jpg"]
    assert main(["publish", "-r", photos.rstrip("/"), "--include", "*.jpg"]) == 0
    assert len(keys(s3, buckets.public, photos)) == 3
    capsys.readouterr()
    assert main(["remove", "-r", f"{photos}a", "--json"]) == 0
    *found, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(one["file"], one["status"]) for one in found] == [
        (f"{photos}a/1.jpg", "would remove"),
        (f"{photos}a/2.JPG", "would remove"),
    ]
    assert main(["remove", "-r", f"{photos}a", "--yes"]) == 0
    assert keys(s3, buckets.staging, photos) == keys(s3, buckets.public, photos) == [f"{photos}b/3.jpg"]
    capsys.readouterr()
    assert main(["remove", f"{photos}a/1.jpg", f"{photos}b/3.jpg", "--yes"]) == 0
    output = capsys.readouterr().out
    assert f"absent     {photos}a/1.jpg" in output
    assert "1 absent, 1 removed" in output


def test_a_right_copy_is_written_again_if_that_is_forced_at_any_rate(
    s3: "S3Client", buckets: Buckets, photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"{photos}b/3.jpg"
    main(["publish", key])
    first = s3.head_object(Bucket=buckets.public, Key=key)["Metadata"]["galleria-run"]
    capsys.readouterr()
    main(["publish", key])
    assert "1 already published\n" in capsys.readouterr().out
    assert main(["publish", key, "--force", "--bwlimit", "50M", "--retries", "1", "--transfers", "2"]) == 0
    second = s3.head_object(Bucket=buckets.public, Key=key)["Metadata"]["galleria-run"]
    assert first != second
    assert main(["verify", "--prefix", key, "--bwlimit", "50M"]) == 0


def test_a_watch_publishes_what_comes_and_what_gets_another_tag_until_ctrl_c(
    s3: "S3Client", buckets: Buckets, prefix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"{prefix}new.jpg"

    def meanwhile(seconds: float) -> None:
        assert seconds == 5
        match next(looks):
            case 1:
                s3.put_object(Bucket=buckets.staging, Key=key, Body=PHOTO)
            case 2:
                tag = {"Key": "timestamp-offset-hours", "Value": "-2"}
                s3.put_object_tagging(Bucket=buckets.staging, Key=key, Tagging={"TagSet": [tag]})
            case 4:
                raise KeyboardInterrupt

    looks = iter(range(1, 10))
    monkeypatch.setattr(publish, "time", SimpleNamespace(sleep=meanwhile))
    assert main(["publish", "--watch", "--prefix", prefix, "--every", "5", "--tags-every", "0.000001"]) == 130
    told = [line for line in capsys.readouterr().out.splitlines() if key in line]
    assert [line.split()[0] for line in told] == ["published", "published"]
    assert "2024:06:15 12:30:45 → 2024:06:15 10:30:45" in told[1]


def test_a_time_that_stays_is_reported_once_and_a_key_without_a_photo_is_named(
    photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", f"{photos}a/1.jpg"]) == 0
    assert capsys.readouterr().out.startswith(f"published  {photos}a/1.jpg  2024:06:15 12:30:45\n")
    for words in (["--dry-run"], []):
        assert main(["publish", f"{photos}none.jpg", *words]) == 1
        assert f"gone       {photos}none.jpg  there is no such original in staging" in capsys.readouterr().out
