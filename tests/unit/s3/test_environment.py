"""What the AWS environment and configuration file say counts as much as our own settings."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import botocore.credentials as credentials_module
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.credentials import Credentials

from galleria_storage.errors import SettingsError
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import Connection, connect, get_s3_client
from galleria_storage.s3.sdk.botocore_session import _FROM_AWS, FoundCredentials, credentials_of, plain_session

Write = Callable[[str], int]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        *("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME"),
        *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def config(tmp_path: Path) -> Write:
    return (tmp_path / "config").write_text


@pytest.fixture
def credentials(tmp_path: Path) -> Write:
    return (tmp_path / "credentials").write_text


def photos(endpoint: str = "", *, keys: bool = True, **more: str) -> Connection:
    account = {"access_key": "key", "secret_key": "secret"} if keys else {}
    return connect(BucketAccess("photos", ProviderAccess(endpoint, **account, **more)))


def url_asked(connection: Connection) -> str:
    """Return the URL that a HEAD of a photo goes to."""
    urls: list[str] = []

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        urls.append(request.url)
        raise ConnectionAbortedError

    connection.client.meta.events.register("before-send.s3", stop)
    with pytest.raises(ConnectionAbortedError):
        connection.client.head_object(Bucket="photos", Key="a.jpg")
    return urls[0]


IN_PROFILE = "[default]\nendpoint_url = https://nyc3.digitaloceanspaces.com\n"
IN_SERVICES = (
    "[default]\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = https://nyc3.digitaloceanspaces.com\n"
)


@pytest.mark.parametrize("text", [IN_PROFILE, IN_SERVICES])
def test_an_endpoint_in_the_configuration_file_chooses_the_profile(config: Write, text: str) -> None:
    config(text)
    found = photos()
    assert found.profile.name == "ceph"
    assert found.client.meta.endpoint_url == "https://nyc3.digitaloceanspaces.com"
    assert found.client.meta.config.request_checksum_calculation == "when_required"
    assert url_asked(found) == "https://nyc3.digitaloceanspaces.com/photos/a.jpg"


def test_an_unknown_endpoint_in_the_configuration_file_has_to_be_probed(config: Write) -> None:
    config("[default]\nendpoint_url = https://s3.example.org\n")
    assert photos().profile.name == "unknown"


def test_an_endpoint_that_is_to_be_ignored_is(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    config(IN_PROFILE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.org")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    found = photos(region="eu-west-1")
    assert (found.profile.name, found.client.meta.endpoint_url) == ("aws", "https://s3.eu-west-1.amazonaws.com")


def test_a_setting_wins_over_the_configuration_file(config: Write) -> None:
    config(IN_PROFILE)
    assert photos("https://fsn1.your-objectstorage.com").client.meta.endpoint_url.startswith("https://fsn1.")
    assert photos("https://s3.eu-west-1.amazonaws.com").client.meta.endpoint_url.startswith("https://s3.eu-west-1.")


def test_the_storage_services_own_function_follows_the_configuration_file_too(config: Write) -> None:
    config(IN_PROFILE)
    client = get_s3_client("", "key", "secret", "")
    assert client.meta.config.request_checksum_calculation == "when_required"


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
@pytest.mark.parametrize("value", ["127.0.0.1:9", "https://my_host", "https://KEY:secret@host", "ftp://x"])
def test_an_endpoint_of_the_environment_that_is_not_an_address_is_an_error_that_does_not_show_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as error:
        photos()
    assert error.value.tag == "AWS_ENDPOINT_URL_S3"
    assert "secret" not in str(error.value)


def test_a_host_that_botocore_refuses_is_an_error_in_words() -> None:
    with pytest.raises(SettingsError, match="the endpoint my_host is not an address"):
        photos("http://my_host:9000")


def test_an_aws_profile_that_does_not_exist_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    for make in (photos, lambda: get_s3_client("", "", "", "")):
        with pytest.raises(SettingsError, match=r"AWS configuration cannot be used.*nobody"):
            make()


# --- region


@pytest.mark.parametrize(
    ("endpoint", "region"),
    [
        ("https://0123.r2.cloudflarestorage.com", "auto"),
        ("https://s3.nl-ams.scw.cloud", "nl-ams"),
        ("https://s3.example.org", "us-east-1"),
        ("https://s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("http://127.0.0.1:9000", "eu-north-1"),
    ],
)
def test_the_region_of_lambda_means_nothing_to_other_providers(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, region: str
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert photos(endpoint).client.meta.region_name == region
    assert get_s3_client(endpoint, "key", "secret", "").meta.region_name == region


def test_a_region_that_is_not_of_aws_is_meant_for_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "garage")
    assert photos("https://s3.example.org").client.meta.region_name == "garage"


def test_the_setting_wins_over_the_host() -> None:
    assert photos("https://0123.r2.cloudflarestorage.com", region="weur").client.meta.region_name == "weur"


def test_the_configuration_files_region_is_taken(config: Write) -> None:
    config("[default]\nregion = garage\n")
    assert photos("https://s3.example.org").client.meta.region_name == "garage"


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("s3.dualstack.eu-west-1.amazonaws.com", "https://photos.s3.dualstack.eu-west-1.amazonaws.com/a.jpg"),
        ("s3-fips.us-gov-west-1.amazonaws.com", "https://photos.s3-fips.us-gov-west-1.amazonaws.com/a.jpg"),
        ("s3-fips.dualstack.us-east-2.amazonaws.com", "https://photos.s3-fips.dualstack.us-east-2.amazonaws.com/a.jpg"),
        ("s3.cn-north-1.amazonaws.com.cn", "https://photos.s3.cn-north-1.amazonaws.com.cn/a.jpg"),
        ("s3.us-gov-east-1.amazonaws.com", "https://photos.s3.us-gov-east-1.amazonaws.com/a.jpg"),
    ],
)
def test_every_kind_of_endpoint_of_aws_is_kept(endpoint: str, url: str) -> None:
    assert url_asked(photos(endpoint)) == url


# --- addressing


def test_a_provider_that_takes_the_bucket_in_the_host_alone_gets_it_there() -> None:
    assert (
        url_asked(photos("https://oss-cn-hangzhou.aliyuncs.com")) == "https://photos.oss-cn-hangzhou.aliyuncs.com/a.jpg"
    )


def test_the_setting_says_how_a_bucket_is_addressed() -> None:
    assert url_asked(photos("https://s3.example.org", addressing="virtual")) == "https://photos.s3.example.org/a.jpg"
    assert url_asked(photos("https://oss-cn-hangzhou.aliyuncs.com", addressing="path")).endswith(".com/photos/a.jpg")
    assert url_asked(photos(region="eu-west-1", addressing="path")) == "https://s3.eu-west-1.amazonaws.com/photos/a.jpg"


def test_the_configuration_files_style_of_addressing_is_respected(config: Write) -> None:
    assert url_asked(photos("https://s3.example.org")) == "https://s3.example.org/photos/a.jpg"
    config("[default]\ns3 =\n  addressing_style = virtual\n")
    assert url_asked(photos("https://s3.example.org")) == "https://photos.s3.example.org/a.jpg"


# --- which credentials go where


@contextmanager
def credential_server() -> Iterator[str]:
    """Answer as the credentials endpoint of a container does."""
    document = {
        "AccessKeyId": "id",
        "SecretAccessKey": "secret",
        "Token": "token",
        "Expiration": "2999-01-01T00:00:00Z",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["variables", "file", "process", "container"])
def temporary(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, credentials: Write, config: Write
) -> Iterator[str]:
    """Credentials with a session token, from each of the places where the SDK looks."""
    match request.param:
        case "variables":
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
                monkeypatch.setenv(name, "value")
            yield request.param
        case "file":
            credentials("[default]\naws_access_key_id = id\naws_secret_access_key = s\naws_session_token = token\n")
            yield request.param
        case "process":
            given = json.dumps({"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "s", "SessionToken": "token"})
            config(f"[default]\ncredential_process = echo '{given}'\n")
            yield request.param
        case "container":
            with credential_server() as url:
                monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
                yield request.param


def test_a_session_token_is_never_sent_to_another_provider(temporary: str) -> None:
    del temporary
    with pytest.raises(SettingsError, match=r"S3_PUBLIC_ACCESS_KEY is not set, .* nothing to s3.example.org"):
        photos("https://s3.example.org", keys=False)
    with pytest.raises(SettingsError, match="nothing to"):
        get_s3_client("https://s3.example.org", "", "", "")


@pytest.mark.parametrize(
    "endpoint", ["", "s3.amazonaws.com", "127.0.0.1:9", "https://a.vpce-1.s3.eu-west-1.vpce.amazonaws.com"]
)
def test_aws_and_an_emulator_nearby_may_see_it(temporary: str, endpoint: str) -> None:
    del temporary
    assert photos(endpoint, keys=False).bucket == "photos"


def test_with_keys_of_its_own_a_provider_never_sees_the_role(temporary: str) -> None:
    del temporary
    client = photos("https://s3.example.org").client
    assert client._request_signer._credentials.token is None


def test_where_the_configuration_names_the_endpoint_a_roles_token_is_refused_and_keys_in_a_file_are_not(
    temporary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.org")
    if temporary == "container":
        with pytest.raises(SettingsError, match="nothing to"):
            photos(keys=False)
    else:
        assert photos(keys=False).bucket == "photos"


def test_the_variables_of_lambda_hold_a_roles_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_FUNCTION_NAME"):
        monkeypatch.setenv(name, "value")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.example.org")
    with pytest.raises(SettingsError, match="nothing to"):
        photos(keys=False)


def test_plain_keys_of_the_environment_may_be_a_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "value")
    assert photos("https://s3.example.org", keys=False).profile.name == "unknown"


@pytest.mark.parametrize(
    ("method", "from_aws"),
    [
        *((method, True) for method in ("assume-role", "assume-role-with-web-identity", "container-role", "iam-role")),
        *((method, True) for method in ("sso", "login", "ec2-credentials-file")),
        *((method, False) for method in ("env", "shared-credentials-file", "config-file", "custom-process")),
    ],
)
def test_where_aws_hands_out_credentials_they_belong_to_aws(method: str, *, from_aws: bool) -> None:
    session = plain_session()
    session.get_credentials = lambda: Credentials("id", "secret", "token", method)
    assert credentials_of(session) == FoundCredentials(temporary=True, from_aws=from_aws)


def test_the_methods_that_belong_to_aws_are_named_as_botocore_names_them() -> None:
    named = {provider.METHOD for provider in vars(credentials_module).values() if hasattr(provider, "METHOD")}
    assert _FROM_AWS - {"login"} <= named, "an older botocore knows no login"
