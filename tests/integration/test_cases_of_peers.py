"""What rclone, s5cmd and `aws s3 sync` test, tested with `push` and `deploy`.

Each docstring names the case as its project calls it: rclone's `fs/sync/sync_test.go`, s5cmd's `e2e/sync_test.go` and
`e2e/cp_test.go`, the AWS CLI's `tests/integration/customizations/s3/test_plugin.py` and
`tests/functional/s3/test_sync_command.py`. The situations are theirs, the expectations ours: content decides whether
a file is sent, nothing is ever deleted, and what cannot be sent is reported and stops nothing else.
"""

import json
import os
import socket
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from galleria_cli.console import main
from tests.support.photos.samples import PHOTO
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets, keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SENT: Final = {"push": "pushed", "deploy": "deployed"}
OLD, NEW = 1_500_000_000, 1_600_000_000


class Result(NamedTuple):
    """Exit status, number of files sent, files that were there, and what was said of the others."""

    status: int
    sent: int
    unchanged: int
    others: Mapping[str, str]


Sync = Callable[..., Result]


@pytest.fixture(params=["push", "deploy"])
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bucket(command: str, buckets: Buckets) -> str:
    return buckets.staging if command == "push" else buckets.public


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (folder := tmp_path / "folder").mkdir()
    return folder


@pytest.fixture
def sync(  # noqa: PLR0917 # fixtures
    command: str,
    folder: Path,
    prefix: str,
    server: S3Server,
    staging_environment: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Sync:
    del staging_environment
    for name, value in (server.as_public | {"S3_PUBLIC_PROFILE": server.profile}).items():
        monkeypatch.setenv(name, value)
    more = ["--no-cors-check"] if command == "deploy" else []

    def run(*words: str, source: Path = folder) -> Result:
        capsys.readouterr()
        status = main([command, str(source), "--prefix", prefix, "--json", *more, *words])
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        summary = lines[-1]["summary"] if lines else {}
        dull = {SENT[command], f"would {command}", "unchanged"}
        others = {line["file"]: line["status"] for line in lines[:-1] if line["status"] not in dull}
        return Result(status, summary.get(SENT[command], 0), summary.get("unchanged", 0), others)

    return run


@pytest.fixture
def stored(s3: "S3Client", bucket: str, prefix: str) -> Callable[[], list[str]]:
    return lambda: [key.removeprefix(prefix) for key in keys(s3, bucket, prefix)]


def write(path: Path, mark: bytes = b"", when: int = OLD) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PHOTO + mark)
    os.utime(path, (when, when))


class TestChanges:
    """One file is there already; something about it or the folder has changed."""

    @pytest.fixture(autouse=True)
    def first(self, folder: Path, sync: Sync) -> None:
        write(folder / "one.jpg", b"1")
        assert sync()[:3] == (0, 1, 0)

    def test_twice_the_same(self, sync: Sync) -> None:
        """Of s5cmd, TestSyncLocalFileToS3Twice: the second run does nothing."""
        assert sync()[:3] == (0, 0, 1)

    def test_the_time_alone(self, folder: Path, sync: Sync) -> None:
        """Of rclone, TestSyncAfterChangingModtimeOnly: nothing is sent."""
        os.utime(folder / "one.jpg", (NEW, NEW))
        assert sync()[:3] == (0, 0, 1)

    def test_the_size_alone(self, folder: Path, sync: Sync) -> None:
        """Of rclone, TestSyncAfterChangingFilesSizeOnly: another size at the same time is another file."""
        write(folder / "one.jpg", b"12")
        assert sync()[:3] == (0, 1, 0)

    def test_the_content_alone(self, folder: Path, sync: Sync) -> None:
        """Of rclone, TestSyncAfterChangingContentsOnly: another content of the same size."""
        write(folder / "one.jpg", b"2", NEW)
        assert sync()[:3] == (0, 1, 0)

    def test_the_same_size_but_older(self, folder: Path, sync: Sync) -> None:
        """Of s5cmd, TestSyncLocalFolderToS3BucketSameObjectsSourceOlder; there, another content would not be sent."""
        write(folder / "one.jpg", b"2", OLD - 1_000_000)
        assert sync()[:3] == (0, 1, 0)

    def test_the_same_size_but_newer(self, folder: Path, sync: Sync) -> None:
        """Of s5cmd, TestSyncLocalFolderToS3BucketSameObjectsSourceNewer; there, the same content would be sent."""
        write(folder / "one.jpg", b"1", NEW)
        assert sync()[:3] == (0, 0, 1)

    def test_by_checksum(self, folder: Path, sync: Sync) -> None:
        """Of rclone, TestSyncBasedOnCheckSum: the time does not matter, the content does."""
        os.utime(folder / "one.jpg", (NEW, NEW))
        assert sync("--checksum")[:3] == (0, 0, 1)
        write(folder / "one.jpg", b"2", NEW)
        assert sync("--checksum")[:3] == (0, 1, 0)

    def test_a_file_more(self, folder: Path, sync: Sync) -> None:
        """Of rclone, TestSyncAfterAddingAFile: only that one is sent."""
        write(folder / "sub/two.jpg", b"2")
        assert sync()[:3] == (0, 1, 1)

    def test_a_file_less(self, folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
        """Of rclone, TestCopyAfterDelete: what is in the bucket stays there."""
        (folder / "one.jpg").unlink()
        assert sync()[:3] == (0, 0, 0)
        assert stored() == ["one.jpg"]

    def test_a_dry_run(self, folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
        """Of rclone, TestCopyWithDryRun: nothing is written, and the numbers are those of a real run."""
        write(folder / "two.jpg", b"2")
        assert sync("--dry-run")[:3] == (0, 1, 1)
        assert stored() == ["one.jpg"]


def test_a_folder_that_does_not_exist(sync: Sync, folder: Path) -> None:
    """Of rclone, TestCopyMissingDirectory: an error, and not an empty folder."""
    assert sync(source=folder / "none").status == 2


def test_a_folder_without_files(folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of rclone, TestCopyEmptyDirectories: a bucket has no folders."""
    (folder / "empty/within").mkdir(parents=True)
    assert sync()[:3] == (0, 0, 0)
    assert stored() == []


def test_one_level_only(folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of rclone, TestCopyWithDepth."""
    write(folder / "one.jpg", b"1")
    write(folder / "sub/two.jpg", b"2")
    assert sync("--no-recursive")[:3] == (0, 1, 0)
    assert stored() == ["one.jpg"]


def test_names_that_are_chosen(folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of s5cmd, TestSyncWithExcludeFilters and TestSyncWithIncludeFilters, and of rclone, TestSyncWithExclude."""
    for name in ("a.jpg", "b.JPG", "c.jpeg", "drafts/d.jpg"):
        write(folder / name, name.encode())
    assert sync("--include", "*.jpg", "--exclude", "drafts/")[:3] == (0, 2, 0)
    assert stored() == ["a.jpg", "b.JPG"]


def test_files_that_are_empty(command: str, folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of the AWS CLI, test_sync_with_empty_files: an empty file is a file; but no photo."""
    write(folder / "one.jpg", b"1")
    (folder / "empty.jpg").touch()
    os.utime(folder / "empty.jpg", (OLD, OLD))
    first = sync()
    if command == "push":
        assert (first.status, stored()) == (1, ["one.jpg"])
        assert first.others == {"empty.jpg": "rejected"}
    else:
        assert first[:3] == (0, 2, 0)
        assert sync()[:3] == (0, 0, 2)


def test_links(folder: Path, tmp_path: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of the AWS CLI, TestSymlinks: links to files and folders are followed, as by default there."""
    write(tmp_path / "elsewhere/two.jpg", b"2")
    write(folder / "one.jpg", b"1")
    (folder / "link.jpg").symlink_to(folder / "one.jpg")
    (folder / "sub").symlink_to(tmp_path / "elsewhere")
    assert sync()[:3] == (0, 3, 0)
    assert stored() == ["link.jpg", "one.jpg", "sub/two.jpg"]


def test_links_that_lead_nowhere_or_in_a_circle(folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of the AWS CLI, TestSymlinks.test_bad_symlink: they are reported, the rest is sent, and the status says so."""
    write(folder / "one.jpg", b"1")
    (folder / "nowhere.jpg").symlink_to(folder / "none.jpg")
    (folder / "circle").symlink_to(folder)
    found = sync()
    assert (found.status, found.sent, found.others) == (1, 1, {"circle": "failed", "nowhere.jpg": "failed"})
    assert stored() == ["one.jpg"]


def test_sockets_and_pipes(folder: Path, sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of s5cmd, TestSyncSocketDestinationEmpty, and of the AWS CLI, test_is_special_file: reported, and never read."""
    write(folder / "one.jpg", b"1")
    os.mkfifo(folder / "pipe.jpg")
    monkeypatch.chdir(folder)  # the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.jpg")
        found = sync()
    assert (found.status, found.sent, found.others) == (1, 1, {"pipe.jpg": "failed", "socket.jpg": "failed"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_that_may_not_be_read(folder: Path, sync: Sync) -> None:
    """Of the AWS CLI, test_no_read_access: reported, and the rest is sent."""
    write(folder / "one.jpg", b"1")
    write(folder / "secret.jpg", b"2")
    (folder / "secret.jpg").chmod(0)
    found = sync()
    assert (found.status, found.sent, found.others) == (1, 1, {"secret.jpg": "failed"})


def test_times_that_no_calendar_has(folder: Path, sync: Sync) -> None:
    """Of the AWS CLI, test_warning_on_invalid_timestamp: the time of a file is not what matters."""
    write(folder / "early.jpg", b"1", -2_000_000_000)
    write(folder / "late.jpg", b"2", 10_000_000_000)
    assert sync()[:3] == (0, 2, 0)
    assert sync()[:3] == (0, 0, 2)


def test_one_name_in_two_spellings(folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of rclone, TestSyncUTFNorm; here, the key is the file's name, letter for letter, every time."""
    for form in ("NFC", "NFD"):
        write(folder / unicodedata.normalize(form, "Frühstück.jpg"), form.encode())
    count = len(list(folder.iterdir()))  # some file systems know one name only
    assert sync()[:3] == (0, count, 0)
    assert sync()[:3] == (0, 0, count)
    assert sorted(stored()) == sorted(path.name for path in folder.iterdir())


def test_odd_names(folder: Path, sync: Sync, stored: Callable[[], list[str]]) -> None:
    """Of s5cmd, TestCopyDirToS3 with names that need quoting, and of the AWS CLI, TestUnicode and `…_plus_char…`."""
    names = [
        "a b.jpg", "a+b.jpg", "a%20b.jpg", "a#b?.jpg", "a&b=c;d.jpg", "it's (1) [2] {3}.jpg", "ünïcödé.jpg", "写真.jpg",
        "*.jpg", "a:b@c!.jpg", "$HOME.jpg", "~a,b.jpg", "-n.jpg",
    ]  # fmt: skip
    for name in names:
        write(folder / name, name.encode())
    assert sync()[:3] == (0, len(names), 0)
    assert sorted(stored()) == sorted(names)
    assert sync()[:3] == (0, 0, len(names))


def test_names_that_sort_differently_with_a_slash(folder: Path, sync: Sync) -> None:
    """Of the AWS CLI, the order of `foo-bar`, `foo/` and `foo.txt` in a listing: nothing is sent twice."""
    names = ["foo-bar/a.jpg", "foo.jpg", "foo/a.jpg", "foo0.jpg", "foo/-.jpg", "Foo/a.jpg"]
    for name in names:
        write(folder / name, name.encode())
    assert sync()[:3] == (0, len(names), 0)
    assert sync()[:3] == (0, 0, len(names))


def test_what_another_program_has_put_there(folder: Path, sync: Sync, s3: "S3Client", bucket: str, prefix: str) -> None:
    """Of s5cmd, …BucketSameObjectsSourceNewer: it is recognised by its content, and not sent again."""
    write(folder / "one.jpg", b"1", NEW)
    s3.put_object(Bucket=bucket, Key=f"{prefix}one.jpg", Body=PHOTO + b"1")
    assert sync()[:3] == (0, 0, 1)


def test_more_files_than_a_listing_has_on_a_page(folder: Path, sync: Sync, server: S3Server, command: str) -> None:
    """Of s5cmd, TestIssue435 (many files), and of the AWS CLI, `…_paginate`: nothing is sent twice."""
    if server.name != "moto" or command != "deploy":
        pytest.skip("one server and one command are enough for a thousand files")
    for n in range(1_005):
        (folder / f"+{n}.gif").write_bytes(b"GIF89a" + bytes(10) + b";" + b"%d" % n)
    first, second = sync(), sync()
    assert (first.status, first.sent) == (0, 1_005)
    assert (second.status, second.sent, second.unchanged) == (0, 0, 1_005)
