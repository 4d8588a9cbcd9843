"""An unknown provider is probed once: the answer is true, and nothing stays behind in the bucket."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from galleria_storage.s3 import probe
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import Connection, connect
from galleria_storage.s3.probe import identify, settle
from galleria_storage.s3.profiles import CEPH, PROFILES, UNKNOWN
from tests.support.facts import conditions, features
from tests.support.facts.site import Site
from tests.support.request_log import RequestLog
from tests.support.servers import S3Server

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
    name = f"probed-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def unknown(server: S3Server, bucket: str) -> Connection:
    """A connection of which the settings say nothing."""
    access = server.access(bucket)
    return connect(BucketAccess(bucket, replace(access.provider, profile="")))


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    probe._settled.clear()


def leftovers(s3: "S3Client", bucket: str) -> list[Any]:
    found = [*s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    with suppress(ClientError):  # rclone: there are none
        found += s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    with suppress(ClientError):  # a server without versions
        versions = s3.list_object_versions(Bucket=bucket)
        found += versions.get("Versions", []) + versions.get("DeleteMarkers", [])
    return found


def probed(connection: Connection) -> Connection:
    """Probe even a server that names itself."""
    return replace(connection, profile=probe._Probe(connection.client, connection.bucket, UNKNOWN).run())


def test_nothing_stays_behind(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    assert probed(unknown).profile.name == "probed"
    assert leftovers(s3, bucket) == []


def test_nothing_stays_behind_in_a_versioned_bucket(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    try:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    except ClientError as error:
        pytest.skip(f"no versions here: {error}")
    probed(unknown)
    assert leftovers(s3, bucket) == []


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.__name__)
def test_no_more_is_promised_than_the_server_keeps(
    unknown: Connection, s3: "S3Client", bucket: str, fact: Callable[[Site], Any]
) -> None:
    found = getattr(probed(unknown).profile, fact.__name__)
    assert found not in {"honoured", True} or fact(Site(s3, bucket, bucket)) == found


def test_conditional_puts_are_found_where_they_work(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    site = Site(s3, bucket, bucket)
    works = [conditions.put_if_none_match(site), conditions.put_if_match(site)] == ["honoured", "honoured"]
    assert probed(unknown).profile.preconditions == works


def test_a_server_is_probed_once(unknown: Connection) -> None:
    first = settle(unknown)
    log = RequestLog(unknown.client)
    assert settle(unknown) == first
    assert log == []


def test_a_known_profile_is_taken_at_its_word(unknown: Connection) -> None:
    known = replace(unknown, profile=CEPH)
    log = RequestLog(unknown.client)
    assert settle(known) is known
    assert identify(known) is known
    assert log == []


def test_a_server_that_names_itself_is_recognised_without_a_write(unknown: Connection, server: S3Server) -> None:
    log = RequestLog(unknown.client)
    found = identify(unknown).profile
    named = {"seaweedfs": "seaweedfs", "juicefs": "minio", "ceph": "ceph"}.get(server.name, "unknown")
    assert found is PROFILES.get(named, UNKNOWN)
    assert log == [f"HEAD /{unknown.bucket}"]


def test_where_nothing_may_be_removed_nothing_is_written(unknown: Connection, s3: "S3Client", bucket: str) -> None:
    def refuse(parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        http_response.status_code = 403
        parsed["Error"] = {"Code": "AccessDenied", "Message": "no"}

    unknown.client.meta.events.register("after-call.s3.DeleteObject", refuse)
    log = RequestLog(unknown.client)
    assert probed(unknown).profile is UNKNOWN
    assert log.count("PUT") == 0
    assert leftovers(s3, bucket) == []
