"""Keys rotate while photos come: against a server that checks every signature, and forgets old keys at once."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from galleria_cli.demo.samples import sample_photos
from galleria_storage.delivery.events import notification
from galleria_storage.errors import GalleriaError
from tests.support.functions.function import Function
from tests.support.servers import running

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import AccessKeyTypeDef

PHOTO = sample_photos()[0].data
REGION = "us-east-1"
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@dataclass
class Account:
    """An account whose server knows which keys are valid.

    Attributes
    ----------
    endpoint
        Of all its services.
    operator
        The key that works on the account itself, and reads staging.
    gallery
        The key that the public bucket's secret holds.
    """

    endpoint: str
    operator: "AccessKeyTypeDef"
    gallery: "AccessKeyTypeDef"
    secret: str = ""

    def client(self, service: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.operator["AccessKeyId"],
            aws_secret_access_key=self.operator["SecretAccessKey"],
        )

    def values(self) -> str:
        """Return what the secret holds."""
        keys = {"ACCESS_KEY": self.gallery["AccessKeyId"], "SECRET_KEY": self.gallery["SecretAccessKey"]}
        return json.dumps({f"S3_PUBLIC_{name}": value for name, value in keys.items()})

    def rotate(self, *, tell: bool = True) -> None:
        """Make another key, put it into the secret, and make the old one invalid."""
        iam, old = self.client("iam"), self.gallery
        self.gallery = iam.create_access_key(UserName="gallery")["AccessKey"]
        if tell:
            self.client("secretsmanager").put_secret_value(SecretId=self.secret, SecretString=self.values())
        iam.delete_access_key(UserName="gallery", AccessKeyId=old["AccessKeyId"])

    def put(self, key: str) -> dict[str, Any]:
        """Put a photo into staging; return its event."""
        self.client("s3").put_object(Bucket="staging", Key=key, Body=PHOTO)
        return notification("staging", key)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with running("moto_server", tmp_path) as server:
        iam = server_client(server.endpoint, "iam")
        keys = {}
        for name in ("operator", "gallery"):
            iam.create_user(UserName=name)
            iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=EVERYTHING)
            keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
        made = Account(server.endpoint, keys["operator"], keys["gallery"])
        for bucket in ("staging", "public"):
            server_client(server.endpoint, "s3").create_bucket(Bucket=bucket)
        secrets = server_client(server.endpoint, "secretsmanager")
        made.secret = secrets.create_secret(Name="public", SecretString=made.values())["ARN"]
        check_every_signature(server.endpoint)
        yield made


def server_client(endpoint: str, service: Any) -> Any:
    """Return a client for the time before anybody checks keys."""
    known = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **known)


def check_every_signature(endpoint: str) -> None:
    """Tell moto to check keys, signatures and policies from now on (moto documentation, "IAM-like access control")."""
    order = urllib.request.Request(  # noqa: S310 # loopback
        f"{endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}
    )
    urllib.request.urlopen(order)  # noqa: S310 # loopback


@pytest.fixture
def function(account: Account, monkeypatch: pytest.MonkeyPatch) -> Function:
    for name in ("FAILURE_QUEUE_URL", "EVENT_BUS_NAME", "_X_AMZN_TRACE_ID", "AWS_PROFILE", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)
    variables = {
        "AWS_ENDPOINT_URL": account.endpoint,
        "AWS_ACCESS_KEY_ID": account.operator["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": account.operator["SecretAccessKey"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "STAGING_BUCKET": "staging",
        "S3_PUBLIC_BUCKET": "public",
        "S3_PUBLIC_ENDPOINT": account.endpoint,
        "S3_PUBLIC_REGION": REGION,
        "S3_PUBLIC_PROFILE": "generic",
        "S3_PUBLIC_SECRET_ARN": account.secret,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Function("publish_photo")


def published(function: Function, event: dict[str, Any]) -> str:
    [outcome] = function(event)["outcomes"]
    return str(outcome["outcome"])


def test_no_photo_fails_while_keys_rotate_again_and_again(function: Function, account: Account) -> None:
    for number in range(9):
        if number in {2, 3, 6}:
            account.rotate()
        assert published(function, account.put(f"{number}.jpg")) == "published"
        assert published(function, notification("staging", f"{number}.jpg")) == "duplicate"


def test_all_photos_of_an_event_are_published_although_the_keys_change_before_it(
    function: Function, account: Account
) -> None:
    assert published(function, account.put("before.jpg")) == "published"
    events = [account.put(f"{number}.jpg") for number in range(3)]
    account.rotate()
    answer = function({"Records": [record for event in events for record in event["Records"]]})
    assert [outcome["outcome"] for outcome in answer["outcomes"]] == ["published"] * 3


def test_a_photo_fails_while_the_secret_still_holds_old_keys_and_is_published_once_it_does_not(
    function: Function, account: Account
) -> None:
    assert published(function, account.put("before.jpg")) == "published"
    account.rotate(tell=False)
    event = account.put("between.jpg")
    with pytest.raises(GalleriaError, match=r"between\.jpg"):
        function(event)
    account.client("secretsmanager").put_secret_value(SecretId=account.secret, SecretString=account.values())
    assert published(function, event) == "published"
