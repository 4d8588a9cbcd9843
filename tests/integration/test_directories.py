"""Uploading a folder: all that is new or changed is sent, and one bad file stops nothing else."""

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from galleria_storage.bulk import standing
from galleria_storage.s3_storage import list_bucket_files, upload_directory_to_s3
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets
from tests.support.servers.request_log import RequestLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS = {
    "success",
    "total_files",
    "uploaded_files",
    "skipped_files",
    "failed_files",
    "total_size",
    "upload_time",
    "errors",
}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twenty photos of ten bytes in two folders."""
    folder = tmp_path / "photos"
    for n in range(20):
        path = folder / f"day {n % 2}" / f"{n:02}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"photo %4d" % n)
    return folder


def numbers(result: dict[str, Any]) -> tuple[int, int, int, int]:
    assert set(result) == KEYS
    assert result["success"] == (result["failed_files"] == 0)
    assert len(result["errors"]) == result["failed_files"]
    return tuple(result[f"{name}_files"] for name in ("total", "uploaded", "skipped", "failed"))


def test_a_folder_arrives_with_its_folders(
    client: "S3Client", s3: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert numbers(result) == (20, 20, 0, 0)
    assert result["total_size"] == 200
    keys = sorted(f"{prefix}day {n % 2}/{n:02}.jpg" for n in range(20))
    assert sorted(list_bucket_files(client, buckets.public, prefix)) == keys
    body = s3.get_object(Bucket=buckets.public, Key=f"{prefix}day 1/07.jpg")["Body"].read()
    assert body == b"photo    7"


@pytest.mark.parametrize("written", ["/{}/", "{}", "{}/"])
def test_a_prefix_means_the_same_with_and_without_slashes(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path, written: str
) -> None:
    upload_directory_to_s3(client, photos / "day 0", buckets.public, written.format(prefix.rstrip("/")))
    assert f"{prefix}00.jpg" in list_bucket_files(client, buckets.public, prefix)


def test_a_second_run_lists_and_sends_nothing(client: "S3Client", buckets: Buckets, prefix: str, photos: Path) -> None:
    upload_directory_to_s3(client, photos, buckets.public, prefix)
    log = RequestLog(client)
    result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert numbers(result) == (20, 0, 20, 0)
    assert len(log) == log.count("LIST") == 1


def test_a_first_run_asks_for_no_file_that_the_listing_lacks(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    log = RequestLog(client)
    upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert (log.count("LIST"), log.count("PUT"), len(log)) == (1, 20, 21)


def test_only_changed_and_new_files_are_sent(
    client: "S3Client", server: S3Server, buckets: Buckets, prefix: str, photos: Path
) -> None:
    s3 = server.client()
    upload_directory_to_s3(client, photos, buckets.public, prefix)
    (photos / "day 0" / "00.jpg").write_bytes(b"other   10")
    (photos / "day 0" / "02.jpg").write_bytes(b"longer than before")
    (photos / "new.jpg").write_bytes(b"new")
    log = RequestLog(client)
    result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert numbers(result) == (21, 3, 18, 0)
    assert log.count("PUT") == 3
    assert s3.get_object(Bucket=buckets.public, Key=f"{prefix}day 0/00.jpg")["Body"].read() == b"other   10"


def test_a_dry_run_says_what_a_real_run_then_does_and_writes_nothing(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    upload_directory_to_s3(client, photos / "day 0", buckets.public, f"{prefix}day 0")
    (photos / "day 0" / "00.jpg").write_bytes(b"other   10")
    (photos / "broken.jpg").symlink_to("nowhere.jpg")
    log = RequestLog(client)
    names: list[str] = []
    dry = upload_directory_to_s3(
        client, photos, buckets.public, prefix, dry_run=True, progress_callback=lambda name, *_: names.append(name)
    )
    assert set(log) <= {f"LIST /{buckets.public}", f"HEAD /{buckets.public}/{prefix}day 0/00.jpg"}
    assert len(names) == 21
    real = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert dry | {"upload_time": 0} == real | {"upload_time": 0}
    assert numbers(real) == (21, 11, 9, 1)


def test_one_bad_file_does_not_stop_the_others(client: "S3Client", buckets: Buckets, prefix: str, photos: Path) -> None:
    os.mkfifo(photos / "pipe")
    (photos / "gone.jpg").symlink_to("nowhere.jpg")
    (photos / "itself.jpg").symlink_to("itself.jpg")
    (photos / "day 0" / "again").symlink_to(photos)
    long = photos.joinpath(*5 * ["n" * 205])
    long.mkdir(parents=True)
    (long / "photo.jpg").write_bytes(b"photo")
    result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert numbers(result) == (25, 20, 0, 5)
    assert [error.partition(": ")[2][:40] for error in result["errors"]] == [
        "the link leads back to a folder that hol",
        "'gone.jpg' cannot be read: No such file ",
        "'itself.jpg' cannot be read: Too many le",
        "the key is 1048 bytes long; allowed are ",
        "'pipe' is not a regular file",
    ]


def test_a_link_to_a_file_or_to_another_folder_is_followed(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path, tmp_path: Path
) -> None:
    (photos / "linked").symlink_to(photos / "day 1")
    (tmp_path / "outside.jpg").write_bytes(b"outside")
    (photos / "outside.jpg").symlink_to(tmp_path / "outside.jpg")
    assert numbers(upload_directory_to_s3(client, photos, buckets.public, prefix)) == (31, 31, 0, 0)


def test_a_file_that_fails_while_it_is_read_is_reported(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    (photos / "damaged.jpg").symlink_to("/proc/self/mem")  # reading its first bytes is an I/O error
    result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert numbers(result) == (21, 20, 0, 1)
    assert result["errors"] == ["damaged.jpg: the file cannot be read: Input/output error"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_and_folder_are_reported(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    (photos / "day 0" / "00.jpg").chmod(0)
    (photos / "day 1").chmod(0)
    try:
        result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    finally:
        (photos / "day 1").chmod(0o700)
    assert numbers(result) == (11, 9, 0, 2)
    assert all("Permission denied" in error for error in result["errors"])


def test_a_file_that_vanishes_during_the_run_is_reported(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    def remove_the_rest(_name: str, done: int, _total: int) -> None:
        if done == 1:
            for path in photos.rglob("*.jpg"):
                path.unlink()

    result = upload_directory_to_s3(client, photos, buckets.public, prefix, progress_callback=remove_the_rest)
    total, uploaded, _skipped, failed = numbers(result)
    assert (total, uploaded + failed) == (20, 20)
    assert failed > 0


def test_a_name_that_is_not_unicode_is_reported_and_can_be_printed(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    (photos / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"photo")
    result = upload_directory_to_s3(client, photos, buckets.public, prefix)
    assert numbers(result) == (21, 20, 0, 1)
    assert result["errors"] == ["caf\\udce9.jpg: the name is not valid Unicode, so it cannot be part of a key"]


def test_what_is_hidden_stays_at_home(client: "S3Client", buckets: Buckets, prefix: str, photos: Path) -> None:
    (photos / ".git").mkdir()
    (photos / ".git" / "config").write_bytes(b"secret")
    (photos / ".DS_Store").write_bytes(b"junk")
    assert numbers(upload_directory_to_s3(client, photos, buckets.public, prefix)) == (20, 20, 0, 0)


@pytest.fixture(params=[7, 5_000])
def _at_a_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_AT_A_TIME", request.param)


@pytest.mark.usefixtures("_at_a_time")
def test_progress_counts_up_to_the_total_in_the_callers_thread(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    calls: list[tuple[str, int, int]] = []
    upload_directory_to_s3(client, photos, buckets.public, prefix, progress_callback=lambda *call: calls.append(call))
    assert [(done, total) for _, done, total in calls] == [(n, 20) for n in range(1, 21)]
    assert sorted(name for name, _, _ in calls) == sorted(f"day {n % 2}/{n:02}.jpg" for n in range(20))


def test_an_error_of_the_callback_ends_the_run_and_reaches_the_caller(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    def broken(*_call: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upload_directory_to_s3(client, photos, buckets.public, prefix, progress_callback=broken)


def test_an_encrypted_folder_is_not_sent_again_at_the_cost_of_one_head_a_file(
    client: "S3Client", buckets: Buckets, prefix: str, photos: Path
) -> None:
    upload_directory_to_s3(client, photos, buckets.public, prefix)

    def encrypt(parsed: dict[str, Any], **_: Any) -> None:
        for entry in parsed["Contents"]:
            entry["ETag"] = '"00000000000000000000000000000000"'

    client.meta.events.register("after-call.s3.ListObjectsV2", encrypt)
    log = RequestLog(client)
    assert numbers(upload_directory_to_s3(client, photos, buckets.public, prefix)) == (20, 0, 20, 0)
    assert (log.count("LIST"), log.count("HEAD"), len(log)) == (1, 20, 21)


def test_a_folder_that_does_not_exist_is_an_error_in_words(
    client: "S3Client", buckets: Buckets, tmp_path: Path
) -> None:
    result = upload_directory_to_s3(client, tmp_path / "nowhere", buckets.public)
    assert set(result) == KEYS
    assert not result["success"]
    assert "no such folder" in result["errors"][0]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_missing_bucket_is_an_error_in_words(client: "S3Client", photos: Path, dry_run: bool) -> None:
    result = upload_directory_to_s3(client, photos, f"missing-{uuid.uuid4().hex}", dry_run=dry_run)
    assert not result["success"]
    assert "the bucket does not exist" in result["errors"][0]


def test_an_empty_folder_is_done_at_once(client: "S3Client", buckets: Buckets, tmp_path: Path) -> None:
    assert numbers(upload_directory_to_s3(client, tmp_path, buckets.public)) == (0, 0, 0, 0)
