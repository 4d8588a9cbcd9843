"""The public bucket's keys may lie in Secrets Manager, and never leave it in a message."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from galleria_storage.errors import NotFoundError, SettingsError
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.secret import forget, resolve

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

VALUES = {
    "S3_PUBLIC_ENDPOINT": "https://fsn1.your-objectstorage.com",
    "S3_PUBLIC_REGION": "fsn1",
    "S3_PUBLIC_ACCESS_KEY": "key-id",
    "S3_PUBLIC_SECRET_KEY": "hunter2",
}


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator["SecretsManagerClient"]:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-west-1")


def stored(manager: "SecretsManagerClient", text: str) -> BucketAccess:
    arn = manager.create_secret(Name="public-bucket", SecretString=text)["ARN"]
    return BucketAccess("photos", ProviderAccess(secret_arn=arn))


def test_a_bucket_without_a_secret_is_left_as_it_is() -> None:
    access = BucketAccess("photos", ProviderAccess("https://s3.example.org"))
    assert resolve(access) is access.provider


def test_the_secret_fills_in_what_the_settings_leave_out(manager: "SecretsManagerClient") -> None:
    found = resolve(stored(manager, json.dumps(VALUES)))
    assert found == ProviderAccess("https://fsn1.your-objectstorage.com", "fsn1", "key-id", "hunter2")


@pytest.mark.parametrize("text", ["hunter2", "[1]", '{"S3_PUBLIC_ACCESS_KEY": 1}', '{"a": "hunter2'])
def test_a_secret_of_another_form_is_an_error_that_does_not_show_it(manager: "SecretsManagerClient", text: str) -> None:
    with pytest.raises(SettingsError, match="is not a JSON object") as error:
        resolve(stored(manager, text))
    assert "hunter2" not in repr(vars(error.value))
    assert error.value.__context__ is None


@pytest.mark.parametrize("name", ["S3_PUBLIC_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"])
def test_a_secret_without_a_key_is_an_error_that_names_it(manager: "SecretsManagerClient", name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing in the secret"):
        resolve(stored(manager, json.dumps({**VALUES, name: ""})))


def test_a_secret_for_another_bucket_is_an_error(manager: "SecretsManagerClient") -> None:
    with pytest.raises(SettingsError, match="names bucket 'other', but S3_PUBLIC_BUCKET is 'photos'"):
        resolve(stored(manager, json.dumps({**VALUES, "S3_PUBLIC_BUCKET": "other"})))


def test_keys_that_were_rotated_are_fetched_once_the_old_ones_are_dropped(manager: "SecretsManagerClient") -> None:
    access = stored(manager, json.dumps(VALUES))
    resolve(access)
    rotated = json.dumps({**VALUES, "S3_PUBLIC_SECRET_KEY": "hunter3"})
    manager.put_secret_value(SecretId=access.provider.secret_arn, SecretString=rotated)
    assert resolve(access).secret_key == "hunter2"
    forget(access)
    assert resolve(access).secret_key == "hunter3"
    forget(BucketAccess("photos"))


@pytest.mark.usefixtures("manager")
def test_a_secret_that_does_not_exist_is_named() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone-AbCdEf"
    with pytest.raises(NotFoundError, match="secret:gone-AbCdEf could not be read"):
        resolve(BucketAccess("photos", ProviderAccess(secret_arn=arn)))
