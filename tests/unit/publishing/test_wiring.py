"""The publisher that the environment describes."""

import re
from dataclasses import replace

import pytest

from galleria_storage.errors import SettingsError
from galleria_storage.publishing import wiring
from galleria_storage.publishing.publisher import Publisher
from galleria_storage.publishing.wiring import PublishService
from galleria_storage.s3 import secret
from tests.support.fakes.settings import ENV


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """What boto3 itself reads, and no publisher left over."""
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")


def publisher_from_environment(env: dict[str, str]) -> Publisher:
    return PublishService(env).publisher()


def test_staging_is_reached_by_the_aws_environment_and_public_by_the_settings() -> None:
    publisher = publisher_from_environment(ENV)
    assert (publisher.staging.bucket, publisher.staging.profile.name) == ("staging", "aws")
    assert (publisher.public.bucket, publisher.public.profile.name) == ("public", "ceph")
    assert publisher.public.client.meta.endpoint_url == "https://s3.example.com"


def test_the_publisher_is_kept_as_long_as_the_settings_stay_the_same() -> None:
    env = dict(ENV)
    service = PublishService(env)
    first = service.publisher()
    env["_X_AMZN_TRACE_ID"] = "Root=1"
    service.read_settings()
    assert service.publisher() is first
    env["CACHE_CONTROL"] = "no-cache"
    service.read_settings()
    assert service.publisher() is not first


def test_settings_are_parsed_again_only_where_a_variable_has_changed() -> None:
    env = dict(ENV)
    service = PublishService(env)
    first = service.read_settings()
    env["_X_AMZN_TRACE_ID"] = "Root=2"
    assert service.read_settings() is first
    env["CACHE_CONTROL"] = "no-cache"
    assert service.read_settings().cache_control == "no-cache"


def test_all_photos_of_an_invocation_see_the_same_settings() -> None:
    env = dict(ENV)
    service = PublishService(env)
    service.read_settings()
    env["CACHE_CONTROL"] = "no-cache"
    assert service.publisher().settings.cache_control == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMESTAMP_OFFSET_HOURS", "a lot"),
        ("CAMERA_TIMEZONE", "Europe/Stokholm"),
        ("TARGET_TIMEZONE_OFFSET_HOURS", "+15:00"),
        ("TARGET_TIMEZONE", "Europe/Stokholm"),
        ("DATE_FIELDS", "both"),
        ("REMOVE_FROM_COPIES", "everything"),
    ],
)
def test_a_default_correction_that_makes_no_sense_is_refused_at_start_by_the_name_of_its_setting(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: .*{re.escape(value)}") as refused:
        publisher_from_environment({**ENV, name: value})
    assert refused.value.tag == name


@pytest.mark.parametrize("endpoint", ["https://s3.example.com", "http://s3.example.com:443/"])
def test_one_bucket_for_both_is_refused_at_start(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    env = {**ENV, "S3_PUBLIC_BUCKET": "staging", "AWS_ENDPOINT_URL_S3": endpoint}
    with pytest.raises(SettingsError, match="forever"):
        publisher_from_environment(env)


def test_one_name_at_two_providers_is_two_buckets() -> None:
    assert publisher_from_environment({**ENV, "S3_PUBLIC_BUCKET": "staging"}).public.bucket == "staging"


CEPH = "https://s3.example.com"


@pytest.mark.parametrize(
    ("staging", "public", "copies"),
    [
        ({"AWS_ENDPOINT_URL_S3": CEPH, "AWS_ACCESS_KEY_ID": "key"}, {}, True),
        ({"AWS_ENDPOINT_URL_S3": f"{CEPH}:443/", "AWS_ACCESS_KEY_ID": "key"}, {}, True),
        ({"AWS_ENDPOINT_URL_S3": CEPH, "AWS_ACCESS_KEY_ID": "another"}, {}, False),
        ({"AWS_ENDPOINT_URL_S3": "https://s3.example.org", "AWS_ACCESS_KEY_ID": "key"}, {}, False),
        ({"AWS_ENDPOINT_URL_S3": "http://s3.example.com", "AWS_ACCESS_KEY_ID": "key"}, {}, False),
        (
            {"AWS_ENDPOINT_URL_S3": "http://s3.example.com:80", "AWS_ACCESS_KEY_ID": "key"},
            {"S3_PUBLIC_ENDPOINT": "http://s3.example.com"},
            True,
        ),
        (
            {"AWS_ACCESS_KEY_ID": "role"},
            {name: "" for name in ENV if name.startswith("S3_PUBLIC_") and name != "S3_PUBLIC_BUCKET"},
            True,
        ),
    ],
    ids=["one key", "the port said", "two keys", "two hosts", "two ports", "http", "a role at AWS"],
)
def test_tails_are_copied_only_within_one_account_of_one_provider(
    monkeypatch: pytest.MonkeyPatch, staging: dict[str, str], public: dict[str, str], copies: bool
) -> None:
    monkeypatch.setattr(wiring, "identify", lambda connection: connection)  # there is nobody to ask
    for name, value in staging.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    publisher = publisher_from_environment({**ENV, **staging, **public})
    assert publisher._writer.copies == copies


def test_an_account_that_a_secret_names_copies_no_tails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose key it holds is not compared: it changes when the secret is rotated."""
    monkeypatch.setattr(wiring, "identify", lambda connection: connection)  # there is nobody to ask
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", CEPH)
    keys = {"access_key": "key", "secret_key": "secret"}
    monkeypatch.setattr(
        secret,
        "resolve",
        lambda access: replace(access.provider, secret_arn="", **(keys if access.provider.secret_arn else {})),
    )
    bare = dict.fromkeys(("S3_PUBLIC_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"), "")
    arn = "arn:aws:secretsmanager:eu-north-1:123456789012:secret:public"
    publisher = publisher_from_environment({**ENV, **bare, "S3_PUBLIC_SECRET_ARN": arn, "AWS_ACCESS_KEY_ID": "key"})
    assert not publisher._writer.copies
