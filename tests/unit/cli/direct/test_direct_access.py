"""Requests are made without the SDK only if the access itself says all that they need."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from galleria_cli.direct.client import DirectClient
from galleria_cli.direct.direct_access import connect_for_many
from galleria_storage.errors import GalleriaError, SettingsError
from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.listing import list_objects
from galleria_storage.s3.objects import ABSENT, ObjectStore
from galleria_storage.transfer import file_upload
from galleria_storage.transfer.local_content import LocalContent
from tests.support.servers.scripted_http import scripted_server

HETZNER = "fsn1.your-objectstorage.com"
KEYS = {"access_key": "a", "secret_key": "s"}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"AWS_CONFIG_FILE": str(tmp_path / "none")}


def is_direct(env: dict[str, str], bucket: str = "photos", **provider: Any) -> bool:
    connection = connect_for_many(BucketAccess(bucket, ProviderAccess(**provider)), env=env)
    return isinstance(connection.client, DirectClient)


def test_an_endpoint_with_its_keys_needs_no_sdk(env: dict[str, str]) -> None:
    assert is_direct(env, endpoint=HETZNER, **KEYS)
    assert connect_for_many(BucketAccess("p12", ProviderAccess(HETZNER, **KEYS)), env=env).profile.name == "ceph"


def test_neither_does_one_of_the_environment(env: dict[str, str]) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
    assert is_direct({**env, "AWS_ENDPOINT_URL_S3": f"https://{HETZNER}", **keys})


@pytest.mark.parametrize(
    "more",
    [
        {"HTTPS_PROXY": "proxy:3128"},
        {"https_proxy": "proxy:3128"},
        {"AWS_PROFILE": "studio"},
        {"AWS_SESSION_TOKEN": "t"},
    ],
)
def test_what_diverts_requests_is_left_to_the_sdk(
    more: dict[str, str], env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert not is_direct({**env, **more}, endpoint=HETZNER, **KEYS)


def test_a_configuration_file_is_left_to_the_sdk(env: dict[str, str]) -> None:
    Path(env["AWS_CONFIG_FILE"]).write_text("[default]\n")
    assert not is_direct(env, endpoint=HETZNER, **KEYS)


@pytest.mark.parametrize(
    "provider",
    [
        {"endpoint": "s3.eu-central-1.amazonaws.com", **KEYS},
        {"endpoint": HETZNER},
        {**KEYS},
        {"endpoint": HETZNER, "profile": "aws", **KEYS},
    ],
)
def test_so_is_aws_and_what_has_no_keys_or_endpoint(provider: dict[str, str], env: dict[str, str]) -> None:
    assert not is_direct(env, **provider)


def test_a_bucket_by_host_name_must_not_have_a_dot(env: dict[str, str]) -> None:
    assert is_direct(env, endpoint=HETZNER, addressing="virtual", **KEYS)
    assert not is_direct(env, "photos.example", endpoint=HETZNER, addressing="virtual", **KEYS)


def test_the_same_settings_are_refused_as_elsewhere(env: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="begins with the bucket's name"):
        is_direct(env, endpoint=f"photos.{HETZNER}", **KEYS)


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_a_request_that_fails_is_repeated_as_often_as_retries_says(
    retries: int, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", str(retries + 1))
    with scripted_server() as server:
        access = BucketAccess("photos", ProviderAccess(server.url, profile="seaweedfs", **KEYS))
        store = ObjectStore(*connect_for_many(access, env={**env, "AWS_MAX_ATTEMPTS": str(retries + 1)}))
        listed = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
        server.say(200, listed)  # what cannot work at all is left to the SDK
        assert list(list_objects(store.client, "photos")) == []
        for ask in (lambda: list(list_objects(store.client, "photos")), lambda: sent(store), lambda: store.head("a")):
            server.requests.clear()
            with pytest.raises(GalleriaError):
                ask()
            assert len(server.requests) == 1 + retries


def sent(store: ObjectStore) -> None:
    content = LocalContent(b"photo")
    file_upload.send(store, content, file_upload.read_digests(content), "a", ABSENT)


def test_a_folder_in_which_nothing_changed_needs_neither_the_sdk_nor_what_comes_with_it() -> None:
    code = "import sys, galleria_cli.deploying, galleria_cli.pushing, galleria_cli.direct.direct_access as _; "
    done = subprocess.run(
        [sys.executable, "-c", code + "print(*sys.modules)"], check=True, capture_output=True, text=True, timeout=60
    )
    assert {"boto3", "botocore", "urllib3", "http.client", "email", "ssl", "random"} & set(done.stdout.split()) == set()
