"""A client is made for any provider from what people really write into a setting."""

import datetime as dt
import io
from typing import Any

import botocore
import pytest
from botocore.awsrequest import AWSResponse
from botocore.parsers import ResponseParserError
from urllib3 import HTTPResponse

from galleria_storage.errors import SettingsError
from galleria_storage.s3 import clients
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import connect, get_s3_client
from galleria_storage.s3.sdk.botocore_session import read_timestamp


def photos(*provider: str, **more: str) -> BucketAccess:
    return BucketAccess("photos", ProviderAccess(*provider, **more))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://fsn1.your-objectstorage.com", "https://fsn1.your-objectstorage.com"),
        ("fsn1.your-objectstorage.com", "https://fsn1.your-objectstorage.com"),
        (" https://fsn1.your-objectstorage.com/ ", "https://fsn1.your-objectstorage.com"),
        ("http://nas.local:9000", "http://nas.local:9000"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("localhost:9000", "http://localhost:9000"),
        ("[::1]:9000", "http://[::1]:9000"),
        ("https://example.org/storage/v1/s3", "https://example.org/storage/v1/s3"),
    ],
)
def test_an_endpoint_is_taken_with_and_without_a_scheme(written: str, url: str) -> None:
    assert get_s3_client(written, "key", "secret", "us-east-1").meta.endpoint_url == url


@pytest.mark.parametrize("endpoint", ["ftp://example.org", "https://", "example.org:port", "https://x?y=1", "[::1"])
def test_an_endpoint_that_is_not_an_address_is_an_error_that_shows_it(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="is not an address such as") as error:
        get_s3_client(endpoint, "key", "secret", "us-east-1")
    assert endpoint.partition("?")[0] in str(error.value)


def test_an_endpoint_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(SettingsError) as error:
        get_s3_client("https://user:hunter2@example.org", "key", "secret", "us-east-1")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("keys", [("key", ""), ("", "secret")])
def test_half_a_pair_of_keys_is_an_error(keys: tuple[str, str]) -> None:
    with pytest.raises(SettingsError, match="one of the two keys is missing"):
        get_s3_client("https://example.org", *keys, "us-east-1")


def test_an_empty_endpoint_is_aws_in_the_region_given() -> None:
    client = get_s3_client("", "key", "secret", "eu-west-1")
    assert client.meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"


@pytest.mark.parametrize("endpoint", ["https://s3.amazonaws.com", "s3.eu-west-1.amazonaws.com"])
def test_amazons_own_host_name_reaches_the_bucket_in_its_region(endpoint: str) -> None:
    client = get_s3_client(endpoint, "key", "secret", "eu-west-1")
    assert client.meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"


def test_an_explicit_aws_endpoint_is_not_diverted_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert "amazonaws" in get_s3_client("https://s3.amazonaws.com", "key", "secret", "eu-west-1").meta.endpoint_url


def test_a_region_that_contradicts_the_endpoint_is_an_error_that_names_both() -> None:
    with pytest.raises(SettingsError, match=r"eu-west-1.*us-east-1"):
        get_s3_client("s3.eu-west-1.amazonaws.com", "key", "secret", "us-east-1")


def test_the_region_of_backblaze_is_read_from_its_host_name() -> None:
    client = get_s3_client("https://s3.us-west-004.backblazeb2.com", "key", "secret", "")
    assert client.meta.region_name == "us-west-004"


def test_staging_is_where_the_standard_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert connect(BucketAccess("staging")).client.meta.endpoint_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("endpoint", "checksums"),
    [("", "when_supported"), ("https://nyc3.digitaloceanspaces.com", "when_required"), ("nas:9000", "when_required")],
)
def test_trailing_checksums_are_sent_to_aws_alone(endpoint: str, checksums: str) -> None:
    client = get_s3_client(endpoint, "key", "secret", "us-east-1")
    assert client.meta.config.request_checksum_calculation == checksums


def test_a_connection_knows_its_bucket_and_what_its_provider_can_do() -> None:
    connection = connect(photos("https://fsn1.your-objectstorage.com", "fsn1", "key", "secret"))
    assert (connection.bucket, connection.profile.name) == ("photos", "ceph")


def test_a_connection_to_an_unknown_provider_relies_on_nothing() -> None:
    profile = connect(photos("https://s3.example.org", "", "key", "secret")).profile
    assert (profile.name, profile.preconditions, profile.part_copy) == ("unknown", False, False)


def test_a_connection_follows_the_environments_endpoint_in_its_profile_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://nyc3.digitaloceanspaces.com")
    assert connect(photos(access_key="key", secret_key="secret")).profile.name == "ceph"


def test_an_endpoint_that_begins_with_the_bucket_is_an_error_that_says_what_to_write() -> None:
    with pytest.raises(SettingsError) as error:
        connect(photos("https://photos.nyc3.digitaloceanspaces.com", "", "key", "secret"))
    assert error.value.advice == "Leave the bucket out of it: nyc3.digitaloceanspaces.com"


def test_neither_a_connection_nor_its_settings_show_a_secret_when_printed() -> None:
    access = photos("https://s3.example.org", "", "key-id", "hunter2")
    assert "hunter2" not in repr(access) + repr(connect(access))


def test_content_md5_goes_where_a_server_insists_on_it() -> None:
    client = connect(photos("https://s3.example.org", "", "key", "secret")).client
    sent: dict[str, str] = {}

    def intercept(request: object, **_: object) -> None:
        sent.update(request.headers)
        raise ConnectionAbortedError

    client.meta.events.register("before-send.s3", intercept)
    with pytest.raises(ConnectionAbortedError):
        client.delete_objects(Bucket="photos", Delete={"Objects": [{"Key": "a"}]})
    assert len(sent["Content-MD5"]) == 24


def test_the_pool_has_room_for_every_upload_thread() -> None:
    assert get_s3_client("nas:9000", "key", "secret", "").meta.config.max_pool_connections == clients.CONNECTIONS


def test_a_request_names_botocore_and_its_version_to_the_provider() -> None:
    sent: list[str] = []
    client = connect(photos("http://127.0.0.1:9", access_key="key", secret_key="secret")).client

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(str(request.headers["User-Agent"]))
        body: Any = HTTPResponse(io.BytesIO(), preload_content=False)
        return AWSResponse(request.url, 200, {}, body)

    client.meta.events.register("before-send.s3", answer)
    client.head_object(Bucket="photos", Key="a.jpg")
    assert f"Botocore/{botocore.__version__}" in sent[0]


@pytest.mark.parametrize(
    "written",
    [
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "2015-10-21T07:28:00Z",
        "2015-10-21T09:28:00.000+02:00",
        1445412480,
        "1445412480",
    ],
)
def test_a_date_is_understood_in_every_form_that_a_provider_writes(written: object) -> None:
    assert read_timestamp(written) == dt.datetime(2015, 10, 21, 7, 28, tzinfo=dt.UTC)


def test_what_is_not_a_date_is_an_answer_that_cannot_be_read() -> None:
    with pytest.raises(ResponseParserError):
        read_timestamp("yesterday GMT")


def test_the_region_that_the_aws_command_line_takes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert connect(BucketAccess("photos")).client.meta.region_name == "eu-north-1"
