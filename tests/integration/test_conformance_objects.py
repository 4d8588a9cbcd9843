"""`ObjectStore` on every server: what it promises holds, and where a server ignores a condition the profile says so."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from galleria_storage.errors import BucketNotFoundError, NotFoundError, PreconditionFailedError
from galleria_storage.s3.clients import connect
from galleria_storage.s3.objects import ABSENT, Condition, Matches, ObjectStore
from galleria_storage.s3.profiles import PROFILES
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.gallery import Gallery

MIB = 1 << 20
#: No object here has this ETag.
STALE = Matches(hashlib.md5(b"another", usedforsecurity=False).hexdigest())


@pytest.fixture
def store(gallery: Gallery) -> ObjectStore:
    return gallery.store(gallery.buckets.public)


def read(store: ObjectStore, key: str, start: int = 0) -> bytes:
    with store.open(key, start) as stream:
        buffer = bytearray(stream.info.size - start)
        done = 0
        while done < len(buffer):
            done += stream.readinto(memoryview(buffer)[done:])
    return bytes(buffer)


def test_a_missing_object_is_none_and_an_empty_one_is_not(gallery: Gallery) -> None:
    key = gallery.put("empty.jpg", b"")
    staging = gallery.store(gallery.buckets.staging)
    info = staging.head(key)
    assert info is not None
    assert info.size == 0
    assert staging.head(f"{key}-missing") is None


def test_head_gives_size_etag_metadata_and_type(store: ObjectStore, gallery: Gallery) -> None:
    key = gallery.key("a.jpg")
    store.put(key, b"photo", {"ContentType": "image/jpeg", "Metadata": {"note": "Sommar 24"}}, None)
    info = store.head(key)
    assert info is not None
    assert (info.size, info.etag) == (5, hashlib.md5(b"photo", usedforsecurity=False).hexdigest())
    assert (dict(info.metadata), info.content_type) == ({"note": "Sommar 24"}, "image/jpeg")


def test_an_absent_object_has_no_head_and_cannot_be_opened(store: ObjectStore, gallery: Gallery) -> None:
    assert store.head(gallery.key("none.jpg")) is None
    with pytest.raises(NotFoundError, match=r"none\.jpg"):
        store.open(gallery.key("none.jpg"))


def test_a_missing_bucket_is_not_a_missing_key(gallery: Gallery) -> None:
    store = gallery.store("no-such-bucket-here")
    with pytest.raises(BucketNotFoundError, match="no-such-bucket-here"):
        store.open("a.jpg")
    with pytest.raises(BucketNotFoundError, match="no-such-bucket-here"):
        store.put("a.jpg", b"photo", {}, None)


def test_reading_starts_where_it_is_told_to(store: ObjectStore, gallery: Gallery) -> None:
    key = gallery.key("range")
    store.put(key, b"0123456789", {}, None)
    with store.open(key, 7) as stream:
        assert (stream.info.size, stream.position) == (10, 7)
    assert [read(store, key, start) for start in (0, 7)] == [b"0123456789", b"789"]


def test_an_empty_object_is_an_object(store: ObjectStore, gallery: Gallery) -> None:
    store.put(gallery.key("empty"), b"", {}, None)
    assert read(store, gallery.key("empty")) == b""


def test_a_changed_object_is_not_read_on(store: ObjectStore, gallery: Gallery) -> None:
    if gallery.server.name == "rclone":
        pytest.skip("rclone: ignores If-Match on GET")
    key = gallery.key("changed")
    old = store.put(key, b"old bytes", {}, None)
    store.put(key, b"new bytes", {}, None)
    with pytest.raises(PreconditionFailedError):
        store.open(key, 4, old.etag)


def test_a_put_under_a_condition_that_fails_changes_nothing_where_conditions_are_honoured(
    store: ObjectStore, gallery: Gallery
) -> None:
    if not store.profile.preconditions:
        pytest.skip(f"{gallery.server.name}: preconditions are {store.profile.put_if_none_match}")
    key = gallery.key("condition")
    store.put(key, b"first", {}, ABSENT)
    for condition in (ABSENT, STALE):
        with pytest.raises(PreconditionFailedError):
            store.put(key, b"second", {}, condition)
    assert read(store, key) == b"first"


def test_a_put_under_a_condition_that_holds_succeeds_everywhere(store: ObjectStore, gallery: Gallery) -> None:
    key = gallery.key("condition")
    first = store.put(key, b"first", {}, ABSENT)
    store.put(key, b"second", {}, Matches(first.etag))
    assert read(store, key) == b"second"


def test_of_many_writers_at_once_one_wins_where_conditions_are_honoured(store: ObjectStore, gallery: Gallery) -> None:
    if not store.profile.preconditions:
        pytest.skip(f"{gallery.server.name}: preconditions are {store.profile.put_if_none_match}")
    key = gallery.key("race")

    def write(number: int) -> bytes | None:
        try:
            store.put(key, body := b"writer %d" % number, {}, ABSENT)
        except PreconditionFailedError:
            return None
        return body

    with ThreadPoolExecutor(8) as pool:
        winners = [body for body in pool.map(write, range(8)) if body]
    assert [read(store, key)] == winners


@pytest.mark.parametrize("condition", [None, ABSENT], ids=["unconditional", "absent"])
def test_parts_become_one_object(store: ObjectStore, gallery: Gallery, condition: Condition) -> None:
    key, parts = gallery.key("parts"), [bytes(5 * MIB), b"the end"]
    upload = store.start_multipart(key, {"ContentType": "image/jpeg"})
    stored = [store.upload_part(key, upload, number, part, {}) for number, part in enumerate(parts, 1)]
    store.complete(key, upload, stored, condition)
    assert read(store, key) == b"".join(parts)
    info = store.head(key)
    assert info is not None
    assert info.content_type == "image/jpeg"


def test_a_completion_under_a_condition_that_fails_changes_nothing_where_conditions_are_honoured(
    store: ObjectStore, gallery: Gallery
) -> None:
    if store.profile.complete_if_none_match != "honoured":
        pytest.skip(f"{gallery.server.name}: conditions on completion are {store.profile.complete_if_none_match}")
    key = gallery.key("complete")
    store.put(key, b"first", {}, None)
    upload = store.start_multipart(key, {})
    part = store.upload_part(key, upload, 1, b"second", {})
    with pytest.raises(PreconditionFailedError):
        store.complete(key, upload, [part], ABSENT)
    assert read(store, key) == b"first"


def test_an_aborted_upload_leaves_nothing_and_can_be_aborted_again(store: ObjectStore, gallery: Gallery) -> None:
    key = gallery.key("abort")
    upload = store.start_multipart(key, {})
    store.upload_part(key, upload, 1, b"part", {})
    store.abort(key, upload)
    store.abort(key, upload)
    assert (store.head(key), gallery.unfinished()) == (None, [])


def test_a_part_is_copied_from_the_other_bucket(store: ObjectStore, gallery: Gallery) -> None:
    if not store.profile.part_copy:
        pytest.skip(f"{gallery.server.name}: its profile {store.profile.name} does not rely on copying")
    key, content = gallery.key("kopia +é.jpg"), bytes(range(256)) * 4096 * 6
    source = gallery.store(gallery.buckets.staging)
    source.put(key, content, {}, None)
    info = source.head(key)
    assert info is not None
    upload = store.start_multipart(key, {})
    first = store.upload_part(key, upload, 1, b"\x00" * (5 * MIB), {})
    second = store.copy_part(key, upload, 2, (source.bucket, info), range(5 * MIB, len(content)))
    store.complete(key, upload, [first, second], None)
    assert read(store, key) == bytes(5 * MIB) + content[5 * MIB :]


def test_tags_are_read(store: ObjectStore, gallery: Gallery) -> None:
    if gallery.server.name in {"swift", "rclone"}:
        pytest.skip(f"{gallery.server.name}: has no object tags")
    key = gallery.key("tagged")
    tags = {"target-timezone": "Europe/Stockholm", "timestamp-offset-hours": "-2"}
    gallery.s3.put_object(
        Bucket=store.bucket, Key=key, Body=b"x", Tagging="target-timezone=Europe%2FStockholm&timestamp-offset-hours=-2"
    )
    assert store.tags(key) == tags


def test_an_object_without_tags_has_none_and_a_missing_one_is_an_error(store: ObjectStore, gallery: Gallery) -> None:
    if gallery.server.name == "rclone":
        pytest.skip("rclone: answers GetObjectTagging with 500")
    key = gallery.key("untagged")
    gallery.s3.put_object(Bucket=store.bucket, Key=key, Body=b"x")
    assert store.tags(key) == {}
    if gallery.server.name != "swift":
        with pytest.raises(NotFoundError):
            store.tags(f"{key}-missing")


def test_a_deletion_goes_by_the_etag_where_conditions_are_honoured(store: ObjectStore, gallery: Gallery) -> None:
    key = gallery.key("delete")
    etag = store.put(key, b"wrong", {}, None).etag
    if store.profile.delete_if_match == "honoured":
        with pytest.raises(PreconditionFailedError):
            store.delete(key, STALE)
        assert read(store, key) == b"wrong"
    store.delete(key, Matches(etag))
    assert store.head(key) is None


@pytest.mark.parametrize("profile", ["minio", "ceph", "generic"])
def test_a_bucket_with_a_default_retention_takes_what_is_put_and_sent_in_parts(gallery: Gallery, profile: str) -> None:
    bucket = bucket_name("locked")
    retention = {"Mode": "GOVERNANCE", "Days": 1}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    try:
        gallery.s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        gallery.s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    except ClientError as error:
        pytest.skip(f"{gallery.server.name}: no Object Lock: {error}")
    store = ObjectStore(connect(gallery.server.access(bucket)).client, bucket, PROFILES[profile])
    assert store.put("a.jpg", bytearray(b"photo"), {}, None).etag
    upload = store.start_multipart("b.jpg", {})
    part = store.upload_part("b.jpg", upload, 1, bytearray(b"photo"), {})
    store.complete("b.jpg", upload, [part], None)
    assert read(store, "a.jpg") == read(store, "b.jpg") == b"photo"
