"""The light table pushes as `push` does, and shows the result for each file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from galleria_cli.lighttable import push_run
from galleria_cli.lighttable.push_run import PushRun
from galleria_cli.reporting import Report
from galleria_storage.s3.objects import ObjectStore
from tests.support.photos.samples import PHOTO
from tests.support.servers.gallery import Buckets, keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (wedding := tmp_path / "wedding").mkdir()
    (wedding / "1.JPG").write_bytes(PHOTO)
    (wedding / "cut.jpg").write_bytes(PHOTO[:-100])
    (wedding / "galleria.toml").write_text('[[rule]]\nfiles = "*"\nshift = "-2h"\n')
    return wedding


@pytest.fixture
def run(folder: Path, prefix: str, staging_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Push the folder as the page does; every photo is published at once."""
    del staging_environment
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def follow(report: Report, _: ObjectStore, pushed: Sequence[str], *_more: float, **_sleep: object) -> bool:
        for key in pushed:
            report.file("published", key)
        return True

    monkeypatch.setattr(push_run, "follow", follow)

    def push(*, dry_run: bool = False) -> dict[str, Any]:
        made = PushRun(folder, prefix, dry_run=dry_run)
        made.start()
        assert made.wait(60)
        return made.results()

    return push


def test_each_photo_has_its_outcome(s3: "S3Client", buckets: Buckets, prefix: str, run: Run) -> None:
    told = run()
    assert (told["phase"], told["notes"]) == ("done", [])
    outcomes = {one["name"]: one["status"] for one in told["outcomes"]}
    assert outcomes == {"1.JPG": "published", "cut.jpg": "rejected"}
    assert "cut off" in next(one["reason"] for one in told["outcomes"] if one["name"] == "cut.jpg")
    assert keys(s3, buckets.staging, prefix) == [f"{prefix}1.JPG"]


def test_a_trial_sends_nothing(s3: "S3Client", buckets: Buckets, prefix: str, run: Run) -> None:
    told = run(dry_run=True)
    assert (told["phase"], told["counts"]) == ("done", {"would push": 1, "rejected": 1})
    assert keys(s3, buckets.staging, prefix) == []


def test_what_cannot_be_done_is_reported_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAGING_BUCKET")
    told = run()
    assert told["phase"] == "failed"
    assert "STAGING_BUCKET is not set" in told["notes"][0]
