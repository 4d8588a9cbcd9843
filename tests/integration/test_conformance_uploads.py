"""Uploads and listings by the library's functions, on every server: each content goes over the wire once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from galleria_storage.errors import BucketNotFoundError
from galleria_storage.s3_storage import (
    file_exists_in_s3,
    get_s3_client,
    list_bucket_files,
    upload_directory_to_s3,
    upload_file_to_s3,
)
from tests.support.photos.jpegs import photo
from tests.support.servers.gallery import Gallery
from tests.support.servers.wire import Wire, proxied

MIB = 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty photos in three folders."""
    for number in range(30):
        path = tmp_path / f"day {number % 3}" / f"{number}+å.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(photo(size=2000, seed=number))
    return tmp_path


def upload(gallery: Gallery, folder: Path, wire: Wire, *, dry_run: bool = False) -> dict[str, object]:
    wire.exchanges.clear()
    client = get_s3_client(wire.endpoint, gallery.server.access_key, gallery.server.secret_key, gallery.server.region)
    return upload_directory_to_s3(client, folder, gallery.buckets.public, gallery.prefix, dry_run=dry_run)


def test_a_file_is_uploaded_once_and_skipped_as_long_as_its_content_stays(gallery: Gallery, tmp_path: Path) -> None:
    key, path = gallery.key("a b+c%.jpg"), tmp_path / "photo.jpg"
    client = gallery.store(gallery.buckets.public).client
    skipped = []
    for content in (b"first", b"first", b"other"):
        path.write_bytes(content)
        result = upload_file_to_s3(client, path, gallery.buckets.public, key)
        assert (result["success"], result["error"] or "") == (True, "")
        skipped.append(result["skipped"])
    assert (skipped, gallery.copy(key)) == ([False, True, False], b"other")
    assert file_exists_in_s3(client, gallery.buckets.public, key)


def test_a_big_file_goes_in_parts_and_arrives_whole(gallery: Gallery, tmp_path: Path) -> None:
    key, path = gallery.key("big.jpg"), tmp_path / "big.jpg"
    path.write_bytes(photo(size=24 * MIB))
    client, steps = gallery.store(gallery.buckets.public).client, list[int]()
    assert upload_file_to_s3(client, path, gallery.buckets.public, key, steps.append)["success"]
    assert (gallery.copy(key), sum(steps)) == (path.read_bytes(), path.stat().st_size)
    assert upload_file_to_s3(client, path, gallery.buckets.public, key)["skipped"]


def test_a_second_run_over_a_folder_lists_and_sends_nothing(gallery: Gallery, folder: Path) -> None:
    with proxied(gallery.server.endpoint) as wire:
        first = upload(gallery, folder, wire)
        assert (first["success"], first["uploaded_files"], first["errors"]) == (True, 30, [])
        assert Counter(wire.names()) == {"GET list-type": 1, "PUT": 30}
        second = upload(gallery, folder, wire)
        assert (second["success"], second["skipped_files"], wire.names()) == (True, 30, ["GET list-type"])
    assert {key.removeprefix(gallery.prefix) for key in gallery.copies()} == {
        str(path.relative_to(folder)) for path in folder.rglob("*.jpg")
    }


def test_a_changed_file_is_the_only_one_sent_and_a_dry_run_says_so(gallery: Gallery, folder: Path) -> None:
    with proxied(gallery.server.endpoint) as wire:
        upload(gallery, folder, wire)
        next(folder.rglob("7+*.jpg")).write_bytes(photo(size=2000, seed=99))
        planned = upload(gallery, folder, wire, dry_run=True)
        assert (planned["uploaded_files"], wire.names().count("PUT")) == (1, 0)
        done = upload(gallery, folder, wire)
        # One HEAD more: the ETag differs, and the recorded SHA-256 decides.
        assert (done["uploaded_files"], Counter(wire.names())) == (1, {"GET list-type": 1, "HEAD": 1, "PUT": 1})


def test_a_listing_goes_on_beyond_a_thousand(gallery: Gallery) -> None:
    keys = [gallery.key(f"{number:04}.jpg") for number in range(1001)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: gallery.s3.put_object(Bucket=gallery.buckets.public, Key=key, Body=b""), keys))
    client = gallery.store(gallery.buckets.public).client
    assert list_bucket_files(client, gallery.buckets.public, gallery.prefix) == keys


def test_a_listing_of_a_missing_bucket_is_an_error_and_not_empty(gallery: Gallery) -> None:
    client = gallery.store("no-such-bucket-here").client
    with pytest.raises(BucketNotFoundError):
        list_bucket_files(client, "no-such-bucket-here")
