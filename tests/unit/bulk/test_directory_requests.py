"""Ten thousand unchanged files cost ten requests; a few files in a huge bucket cost a few."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from moto.s3.models import S3Backend, s3_backends
from moto.server import ThreadedMotoServer

from galleria_storage.s3_storage import get_s3_client, list_bucket_files, upload_directory_to_s3
from tests.support.servers.request_log import RequestLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "ten-thousand"
FILES = 10_000


@pytest.fixture(scope="module")
def backend() -> Iterator[S3Backend]:
    """moto's memory, which is filled without a request for each object."""
    backend = s3_backends["123456789012"]["aws"]
    backend.create_bucket(BUCKET, "us-east-1")
    for n in range(FILES):
        backend.put_object(BUCKET, f"photos/{n:05}.jpg", b"%d" % n)
    for n in range(1001):
        backend.put_object(BUCKET, f"more/{n}.jpg", b"")
    yield backend
    backend.buckets.pop(BUCKET)


@pytest.fixture(scope="module")
def client(backend: S3Backend) -> Iterator["S3Client"]:
    del backend  # only to be filled first
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield get_s3_client(f"{host}:{port}", "testkey", "testsecretkey", "us-east-1")
    server.stop()


def test_an_unchanged_folder_of_10_000_files_makes_10_list_calls_and_not_one_more_request(
    client: "S3Client", tmp_path: Path
) -> None:
    for n in range(FILES):
        (tmp_path / f"{n:05}.jpg").write_bytes(b"%d" % n)
    log = RequestLog(client)
    result = upload_directory_to_s3(client, tmp_path, BUCKET, "photos")
    assert (result["skipped_files"], result["success"]) == (FILES, True)
    assert log == 10 * [f"LIST /{BUCKET}"]


def test_two_photos_into_a_huge_bucket_are_asked_for_instead_of_listing_it_all(
    client: "S3Client", tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "09999.jpg").write_bytes(b"9999")
    (tmp_path / "portrait.jpg").write_bytes(b"new")
    log = RequestLog(client)
    result = upload_directory_to_s3(client, tmp_path, BUCKET, dry_run=True)
    assert (result["uploaded_files"], result["skipped_files"]) == (1, 1)
    assert (log.count("LIST"), log.count("HEAD"), len(log)) == (2, 2, 4)


def test_the_listing_is_not_cut_at_a_thousand(client: "S3Client") -> None:
    assert len(list_bucket_files(client, BUCKET, "more/")) == 1001
