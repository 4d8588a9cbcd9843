"""The CORS functions of the library, on every server: no rules, our rules, other rules, no bucket, no such API."""

import uuid
from typing import TYPE_CHECKING

import pytest

from galleria_storage.s3_storage import (
    configure_bucket_cors,
    examine_bucket_cors,
    get_bucket_cors,
    get_default_gallery_cors_rules,
)
from tests.support.servers import S3Server
from tests.support.servers.bucket_names import bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EXAMINATION = {"success", "configured", "current_rules", "expected_rules", "needs_update", "error"}
#: Servers without the API, or with half of it.
WITHOUT = {"juicefs", "swift", "rclone"}


@pytest.fixture
def bucket(server: S3Server, s3: "S3Client") -> str:
    if server.name in WITHOUT:
        pytest.skip(f"{server.name} keeps no CORS rules")
    name = bucket_name("cors")
    s3.create_bucket(Bucket=name)
    return name


def test_a_bucket_without_rules_needs_an_update(client: "S3Client", bucket: str) -> None:
    assert get_bucket_cors(client, bucket) == {"success": True, "cors_rules": [], "error": None}
    assert examine_bucket_cors(client, bucket) == {
        "success": True,
        "configured": False,
        "current_rules": [],
        "expected_rules": get_default_gallery_cors_rules(),
        "needs_update": True,
        "error": None,
    }


def test_a_bucket_with_the_default_rules_is_in_order(client: "S3Client", bucket: str) -> None:
    assert configure_bucket_cors(client, bucket, get_default_gallery_cors_rules()) == {"success": True, "error": None}
    found = examine_bucket_cors(client, bucket)
    assert (found["success"], found["configured"], found["needs_update"]) == (True, True, False)


def test_a_bucket_with_other_rules_needs_an_update(client: "S3Client", bucket: str) -> None:
    other = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://gallery.example"]}]
    configure_bucket_cors(client, bucket, other)
    found = examine_bucket_cors(client, bucket)
    assert (found["configured"], found["needs_update"]) == (True, True)
    assert found["current_rules"][0]["AllowedOrigins"] == ["https://gallery.example"]


def test_rules_that_the_provider_refuses_are_an_error_in_words(client: "S3Client", bucket: str) -> None:
    result = configure_bucket_cors(client, bucket, [{"AllowedMethods": ["GET"]}])
    assert not result["success"]
    assert "AllowedOrigins" in result["error"]


def test_a_missing_bucket_is_not_a_bucket_without_rules(client: "S3Client") -> None:
    found = examine_bucket_cors(client, f"missing-{uuid.uuid4().hex}")
    assert set(found) == EXAMINATION
    assert (found["success"], found["configured"], found["needs_update"]) == (False, False, False)
    assert found["error"]


def test_a_provider_without_the_api_is_an_error_and_not_an_empty_answer(
    client: "S3Client", server: S3Server, s3: "S3Client"
) -> None:
    if server.name != "juicefs":
        pytest.skip("only MinIO's code answers so")
    name = bucket_name("cors")
    s3.create_bucket(Bucket=name)
    result = configure_bucket_cors(client, name, get_default_gallery_cors_rules())
    assert "does not offer this" in str(result["error"])
