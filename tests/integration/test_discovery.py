"""An unknown provider is tried out once: the answer is true, and nothing is left in the bucket."""

import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from galleria_storage.errors import ProviderError
from galleria_storage.s3 import trial_key
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.discovery import identify, settle
from galleria_storage.s3.profiles import CEPH, GOFAKES3, PROFILES, UNKNOWN
from galleria_storage.s3.trial import Trial
from galleria_storage.s3.trial_key import PREFIX, TrialKey
from tests.support.servers import S3Server
from tests.support.servers.bucket_names import bucket_name
from tests.support.servers.facts import conditions, features
from tests.support.servers.facts.site import Site
from tests.support.servers.request_log import RequestLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FACTS = [
    conditions.put_if_none_match,
    conditions.put_if_match,
    conditions.complete_if_none_match,
    conditions.complete_if_match,
    conditions.delete_if_match,
    features.content_md5_checked,
]


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    name = bucket_name("probed")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def unknown(server: S3Server, bucket: str) -> Connection:
    """A connection whose provider the settings do not name."""
    access = server.access(bucket)
    return connect(BucketAccess(bucket, replace(access.provider, profile="")))


def leftovers(s3: "S3Client", bucket: str) -> list[Any]:
    found = [*s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    with suppress(ClientError):  # rclone: there are none
        found += s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    with suppress(ClientError):  # a server without versions
        versions = s3.list_object_versions(Bucket=bucket)
        found += versions.get("Versions", []) + versions.get("DeleteMarkers", [])
    return found


def tried(connection: Connection, name: str = "") -> Connection:
    """Try out even a server that names itself."""
    key = TrialKey(connection.client, connection.bucket, PREFIX + (name or uuid.uuid4().hex))
    return connection._replace(profile=Trial(key, UNKNOWN).run())


def answers_with(connection: Connection, operation: str, status: int, *, when: Callable[[int], bool] = bool) -> None:
    """Answer an operation with a status, although it takes effect; `when` selects the calls, counted from 1."""
    calls = count(1)

    def change(parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        if when(next(calls)):
            http_response.status_code = status
            parsed["Error"] = {"Code": str(status), "Message": "no"}
            parsed["ResponseMetadata"]["HTTPStatusCode"] = status

    connection.client.meta.events.register(f"after-call.s3.{operation}", change)


def test_nothing_stays_behind(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    assert tried(unknown).profile.name in {"probed", "unknown"}
    assert leftovers(s3, bucket) == []


def test_nothing_is_left_in_a_versioned_bucket(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    try:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    except ClientError as error:
        pytest.skip(f"no versions here: {error}")
    tried(unknown)
    assert leftovers(s3, bucket) == []


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.__name__)
def test_no_more_is_promised_than_the_server_keeps(
    unknown: Connection, s3: "S3Client", bucket: str, fact: Callable[[Site], Any]
) -> None:
    found = getattr(tried(unknown).profile, fact.__name__)
    assert found not in {"honoured", True} or fact(Site(s3, bucket, bucket)) == found


def test_conditional_puts_are_found_where_they_work(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    site = Site(s3, bucket, bucket)
    works = [conditions.put_if_none_match(site), conditions.put_if_match(site)] == ["honoured", "honoured"]
    assert tried(unknown).profile.preconditions == works


def test_a_server_is_tried_out_once(unknown: Connection) -> None:
    first = settle(unknown)
    log = RequestLog(unknown.client)
    assert settle(unknown) == first
    assert log == []


def test_a_known_profile_is_taken_at_its_word(unknown: Connection) -> None:
    known = unknown._replace(profile=CEPH)
    log = RequestLog(unknown.client)
    assert settle(known) is known
    assert identify(known) is known
    assert log == []


def test_a_server_that_names_itself_is_recognised_without_a_write(unknown: Connection, server: S3Server) -> None:
    log = RequestLog(unknown.client)
    found = identify(unknown).profile
    named = {"seaweedfs": "seaweedfs", "juicefs": "minio", "ceph": "ceph"}.get(server.name, "unknown")
    assert found is PROFILES.get(named, GOFAKES3 if server.name == "rclone" else UNKNOWN)
    assert log == [f"HEAD /{unknown.bucket}"]


@pytest.mark.parametrize(
    "operation", ["DeleteObject", "GetObjectLockConfiguration", "ListObjectVersions+ListObjectsV2"]
)
def test_where_nothing_may_be_found_or_removed_nothing_is_written(
    unknown: Connection, s3: "S3Client", bucket: str, operation: str
) -> None:
    for denied in operation.split("+"):
        answers_with(unknown, denied, 403)
    log = RequestLog(unknown.client)
    assert tried(unknown).profile is UNKNOWN
    assert not [request for request in log if request.startswith(("PUT", "POST"))]
    assert leftovers(s3, bucket) == []


def test_a_bucket_that_locks_what_it_holds_is_not_written_to(server: S3Server, s3: "S3Client") -> None:
    bucket = bucket_name("locked")
    retention = {"Mode": "GOVERNANCE", "Days": 1}
    try:
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    except ClientError as error:
        pytest.skip(f"{server.name}: no Object Lock: {error}")
    access = BucketAccess(bucket, replace(server.access(bucket).provider, profile=""))
    assert tried(connect(access)).profile is UNKNOWN
    assert leftovers(s3, bucket) == []


def test_what_a_dead_trial_left_is_found_and_removed_and_nothing_else(
    unknown: Connection, s3: "S3Client", bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_key, "_DEAD_SECONDS", -3600)  # so that everything is as old as that
    for key in (f"{PREFIX}dead", "photo.jpg"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    with suppress(ClientError):  # rclone cannot list what was begun
        s3.list_multipart_uploads(Bucket=bucket)
        s3.create_multipart_upload(Bucket=bucket, Key=f"{PREFIX}dead")
    if tried(unknown).profile is UNKNOWN:
        pytest.skip("nothing can be tried out here")
    assert [found["Key"] for found in leftovers(s3, bucket)] in (["photo.jpg"], ["photo.jpg"] * 2)


def test_a_trial_that_runs_at_this_moment_is_left_alone(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=f"{PREFIX}running", Body=b"x")
    tried(unknown)
    assert {found["Key"] for found in leftovers(s3, bucket)} == {f"{PREFIX}running"}


def test_what_a_fault_left_the_next_trial_of_the_same_process_removes(
    unknown: Connection, server: S3Server, s3: "S3Client", bucket: str
) -> None:
    if tried(unknown).profile is UNKNOWN:
        pytest.skip(f"{server.name}: nothing can be tried out here")
    broken = connect(BucketAccess(bucket, replace(server.access(bucket).provider, profile="")))
    lies = {"DeleteObject", "ListObjectVersions", "ListObjectsV2"}
    puts = RequestLog(broken.client)
    for operation in lies:
        answers_with(broken, operation, 500, when=lambda _: any(request.startswith("PUT") for request in puts))
    answers_with(broken, "PutObject", 500, when=lambda call: call > 1)
    with pytest.raises(ProviderError):
        tried(broken, "process")
    tried(unknown, "process")
    assert leftovers(s3, bucket) == []


def leave_out_conditions(connection: Connection) -> None:
    """Let a server look as if it ignored all conditions, by leaving them out on the way."""

    def ignore(params: dict[str, Any], **_: Any) -> None:
        for header in ("If-None-Match", "If-Match"):
            params["headers"].pop(header, None)

    for operation in ("PutObject", "CompleteMultipartUpload", "DeleteObject"):
        connection.client.meta.events.register(f"before-call.s3.{operation}", ignore)


@pytest.mark.parametrize("nth", range(1, 9))
def test_spurious_answers_do_not_make_it_trust_a_server_that_ignores_conditions(
    unknown: Connection, s3: "S3Client", bucket: str, nth: int
) -> None:

    leave_out_conditions(unknown)
    answers_with(unknown, "PutObject", 412, when=lambda call: call in {nth, nth + 1})
    with suppress(ProviderError):  # where a write without a condition is answered so, the trial has failed
        profile = tried(unknown).profile
        assert "honoured" not in {profile.put_if_none_match, profile.put_if_match, profile.delete_if_match}
    assert leftovers(s3, bucket) == []


@pytest.mark.parametrize("seed", range(6))
def test_random_faults_do_not_make_it_trust_a_server_that_ignores_conditions_and_leave_nothing_for_long(
    unknown: Connection, server: S3Server, s3: "S3Client", bucket: str, seed: int
) -> None:
    rng = random.Random(seed)
    likely = rng.choice((0.02, 0.05, 0.1, 0.2))

    def lie(parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        if rng.random() < likely:
            http_response.status_code = rng.choice((500, 412, 412, 412, 403, 404, 501))
            parsed["Error"] = {"Code": "Fault", "Message": "no"}
            parsed["ResponseMetadata"]["HTTPStatusCode"] = http_response.status_code

    leave_out_conditions(unknown)
    unknown.client.meta.events.register("after-call.s3", lie)
    with suppress(ProviderError):
        profile = tried(unknown, "process").profile
        assert "honoured" not in {profile.put_if_none_match, profile.put_if_match, profile.delete_if_match}
    calm = connect(BucketAccess(bucket, replace(server.access(bucket).provider, profile="")))
    tried(calm, "process")
    assert leftovers(s3, bucket) == []
