"""The main job, from the event to the published photo, and every bad input that people send."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from galleria_cli.console import main
from galleria_cli.demo.samples import sample_photos
from galleria_cli.demo.verification import Capture, problems
from galleria_storage.delivery.events import notification
from galleria_storage.errors import GalleriaError
from tests.support.corrections.language import TWO_HOURS_BACK as CORRECTION
from tests.support.functions.function import Function
from tests.support.servers import S3Server
from tests.support.servers.gallery import Buckets

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PHOTO = sample_photos()[0].data
CORRECTED = Capture("2024:06:15 10:30:45", "+02:00")
WEIRD_KEYS = ["with space.jpg", "a+b.jpg", "100%25.jpg", "%2B.jpg", "🌅 å.jpg", "a//b.jpg", "#?&=;.jpg"]


@pytest.fixture
def environment(server: S3Server, buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The function's environment: both buckets at the server."""
    for name in ("FAILURE_QUEUE_URL", "EVENT_BUS_NAME", "_X_AMZN_TRACE_ID", "AWS_PROFILE", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)
    variables = {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_REGION": server.region,
        "AWS_DEFAULT_REGION": server.region,
        "STAGING_BUCKET": buckets.staging,
        "S3_PUBLIC_BUCKET": buckets.public,
        **server.as_public,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def function(environment: pytest.MonkeyPatch) -> Function:  # noqa: ARG001 # read when it is invoked
    return Function("publish_photo")


@pytest.fixture
def put(s3: "S3Client", buckets: Buckets) -> Callable[..., dict[str, Any]]:
    """Put an object into staging; return the event that names it."""

    def into_staging(key: str, data: bytes, **metadata: str) -> dict[str, Any]:
        try:
            s3.put_object(Bucket=buckets.staging, Key=key, Body=data, Metadata=metadata)
        except ClientError as error:
            pytest.skip(f"the server itself does not take the key {key!r}: {error}")
        return notification(buckets.staging, key)

    return into_staging


@pytest.fixture
def published(s3: "S3Client", buckets: Buckets) -> Callable[[str], bytes | None]:
    """Read a published object; None if there is none."""

    def from_public(key: str) -> bytes | None:
        try:
            return s3.get_object(Bucket=buckets.public, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None

    return from_public


Put = Callable[..., dict[str, Any]]
Published = Callable[[str], bytes | None]


def only(answer: dict[str, Any]) -> dict[str, Any]:
    [outcome] = answer["outcomes"]
    assert isinstance(outcome, dict)
    return outcome


def test_a_photo_is_published_with_the_right_time_and_nothing_else_changed(
    function: Function, put: Put, published: Published, prefix: str
) -> None:
    key = f"{prefix}photo.jpg"
    outcome = only(function(put(key, PHOTO, **CORRECTION)))
    copy = published(key)
    assert (outcome["outcome"], outcome["captured_after"]) == ("published", "2024:06:15 10:30:45+02:00")
    assert copy is not None
    assert problems(PHOTO, copy, CORRECTED) == []


def test_the_same_event_again_is_a_duplicate_and_reads_no_body(function: Function, put: Put, prefix: str) -> None:
    event = put(f"{prefix}photo.jpg", PHOTO, **CORRECTION)
    function(event)
    again = only(function(event))
    assert (again["outcome"], again["bytes_in"], again["bytes_out"]) == ("duplicate", 0, 0)


@pytest.mark.parametrize("name", WEIRD_KEYS)
def test_a_key_may_be_written_in_any_way(
    function: Function, put: Put, published: Published, prefix: str, name: str
) -> None:
    key = prefix + name
    assert only(function(put(key, PHOTO, **CORRECTION)))["outcome"] == "published"
    copy = published(key)
    assert copy is not None
    assert problems(PHOTO, copy, CORRECTED) == []


class Bad(NamedTuple):
    """Something that can never be published, and what the reason must mention."""

    data: bytes
    metadata: dict[str, str]
    words: list[str]


BAD = {
    "not a JPEG": Bad(b"<html>", {}, ["not a photo"]),
    "empty": Bad(b"", {}, ["empty"]),
    "truncated": Bad(PHOTO[:300], CORRECTION, ["cut off", "300 bytes"]),
    "yesterday": Bad(
        PHOTO, {"corrected-timestamp": "yesterday"}, ["corrected-timestamp", "'yesterday'", "2024-06-15T10:30:45"]
    ),
    "unknown zone": Bad(PHOTO, {"target-timezone": "Europe/Atlantis"}, ["target-timezone", "'Europe/Atlantis'"]),
    "impossible offset": Bad(
        PHOTO, {"target-timezone-offset-hours": "15"}, ["target-timezone-offset-hours", "15", "14"]
    ),
    "contradiction": Bad(
        PHOTO,
        {"corrected-timestamp": "2024-06-15T10:30:45", "timestamp-offset-hours": "1"},
        ["corrected-timestamp", "timestamp-offset-hours"],
    ),
    "nothing to move": Bad(
        next(photo.data for photo in sample_photos() if photo.key == "no Exif.jpg"),
        {"timestamp-offset-hours": "1"},
        ["no capture time"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_never_be_published_is_rejected_in_words(
    function: Function, put: Put, published: Published, prefix: str, name: str
) -> None:
    key, bad = f"{prefix}bad.jpg", BAD[name]
    outcome = only(function(put(key, bad.data, **bad.metadata)))
    assert outcome["outcome"] == "rejected"
    assert [word for word in bad.words if word not in outcome["reason"]] == []
    assert published(key) is None


def test_a_photo_that_was_deleted_before_its_turn_is_not_an_error(
    function: Function, s3: "S3Client", buckets: Buckets, put: Put, prefix: str
) -> None:
    event = put(f"{prefix}short-lived.jpg", PHOTO)
    s3.delete_object(Bucket=buckets.staging, Key=f"{prefix}short-lived.jpg")
    assert only(function(event))["outcome"] == "gone"


def test_a_public_bucket_that_does_not_exist_is_a_failure_that_names_it(
    function: Function, environment: pytest.MonkeyPatch, put: Put, prefix: str, server: S3Server
) -> None:
    if server.name == "seaweedfs":
        pytest.skip("SeaweedFS makes a missing bucket by itself")
    environment.setenv("S3_PUBLIC_BUCKET", "no-such-bucket-anywhere")
    with pytest.raises(GalleriaError, match="no-such-bucket-anywhere"):
        function(put(f"{prefix}photo.jpg", PHOTO, **CORRECTION))


def test_one_bad_photo_in_an_event_does_not_keep_the_others_back(
    function: Function, put: Put, published: Published, prefix: str
) -> None:
    records = [put(f"{prefix}{name}", data)["Records"][0] for name, data in [("bad.jpg", b"x"), ("good.jpg", PHOTO)]]
    answer = function({"Records": records})
    assert [outcome["outcome"] for outcome in answer["outcomes"]] == ["rejected", "published"]
    assert published(f"{prefix}good.jpg") == PHOTO


def test_the_log_of_a_real_run_holds_no_secret(function: Function, put: Put, prefix: str, server: S3Server) -> None:
    function(put(f"{prefix}photo.jpg", PHOTO, **CORRECTION))
    function(put(f"{prefix}bad.jpg", PHOTO, **{"corrected-timestamp": "yesterday"}))
    assert server.secret_key not in json.dumps(function.printed)


def test_photos_can_be_published_by_hand(
    environment: pytest.MonkeyPatch,  # noqa: ARG001 # names the buckets
    put: Put,
    published: Published,
    prefix: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put(f"{prefix}a b.jpg", PHOTO, **CORRECTION)
    assert main(["publish", f"{prefix}a b.jpg"]) == 0
    assert main(["publish", "--transfers", "1", f"{prefix}a b.jpg", f"{prefix}absent.jpg"]) == 1
    first, _, again, gone, _ = capsys.readouterr().out.splitlines()
    assert first.split() == [
        "published",
        f"{prefix}a",
        "b.jpg",
        "2024:06:15",
        "12:30:45",
        "→",
        "2024:06:15",
        "10:30:45+02:00",
    ]
    assert again.startswith("already published")
    assert gone.startswith("gone")
    assert published(f"{prefix}a b.jpg") is not None
