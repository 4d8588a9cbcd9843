"""The stack lives: settings change, buckets outlast it or were there before it, and nothing waits for a second try."""

import json
import re
from collections.abc import Callable
from typing import Any

import piexif
import pytest
from botocore.exceptions import ClientError

from tests.support.photos import jpegs
from tests.support.servers.processes import ROOT
from tests.support.stack.cloud import Cloud, DeployedStack, eventually, reasons

WRONG = '{"CORS_RULES": 1}'
TAKEN = "2024:06:15 12:30:45"


def put(cloud: Cloud, stack: DeployedStack, key: str, **metadata: str) -> None:
    cloud.client("s3").put_object(Bucket=stack.staging, Key=key, Body=jpegs.photo(), Metadata=metadata)


def published(cloud: Cloud, stack: DeployedStack, key: str) -> dict[str, Any]:
    """Wait for a copy; return its headers and its body."""
    s3 = cloud.client("s3")

    def look() -> dict[str, Any] | None:
        try:
            return dict(s3.get_object(Bucket=stack.public, Key=key))
        except ClientError:
            return None

    found: dict[str, Any] = eventually(look, lambda: f"{key} published; log: {stack.log('PublishPhotoLogGroup')}")
    return {**found, "Body": found["Body"].read()}


def message_of(cloud: Cloud, stack: DeployedStack) -> dict[str, Any]:
    """Wait for a message in the failure queue, and take it out."""
    sqs, queue = cloud.client("sqs"), stack.outputs["FailureQueueUrl"]
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), lambda: "a message")
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    body: dict[str, Any] = json.loads(message["Body"])
    return body


def capture(cloud: Cloud, stack: DeployedStack, key: str) -> tuple[str, str]:
    return jpegs.capture(published(cloud, stack, key)["Body"])


def ignored(cloud: Cloud, stack: DeployedStack, key: str) -> bool:
    put(cloud, stack, key)
    put(cloud, stack, f"{key}-after.jpg")
    published(cloud, stack, f"{key}-after.jpg")
    found = cloud.client("s3").list_objects_v2(Bucket=stack.public, Prefix=key).get("Contents", [])
    return [entry["Key"] for entry in found] == [f"{key}-after.jpg"]


def passed_through(cloud: Cloud, stack: DeployedStack, key: str) -> bool:
    cloud.client("s3").put_object(Bucket=stack.staging, Key=key, Body=b"%PDF-1.7\n%%EOF")
    return published(cloud, stack, key)["ContentType"] == "application/pdf"


def unpublished(cloud: Cloud, stack: DeployedStack, key: str) -> bool:
    published(cloud, stack, key)
    s3 = cloud.client("s3")
    s3.delete_object(Bucket=stack.staging, Key=key)
    return bool(
        eventually(lambda: "Contents" not in s3.list_objects_v2(Bucket=stack.public, Prefix=key), lambda: "removal")
    )


def nameless(cloud: Cloud, stack: DeployedStack, key: str) -> bool:
    exif = piexif.dump({"0th": {piexif.ImageIFD.Artist: b"Ada Lovelace", piexif.ImageIFD.Make: b"Maker"}})
    file = jpegs.photo()
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    cloud.client("s3").put_object(Bucket=stack.staging, Key=f"{key}.named.jpg", Body=file[:2] + segment + file[2:])
    body = published(cloud, stack, f"{key}.named.jpg")["Body"]
    return b"Ada Lovelace" not in body and b"Maker" in body


def has_more(cloud: Cloud, stack: DeployedStack, key: str) -> bool:
    titled = published(cloud, stack, key)["Metadata"].get("title") == "Dance"
    return titled and ignored(cloud, stack, f"{key}/left-out.jpg") and passed_through(cloud, stack, f"{key}.pdf")


#: What the last room of parameters holds.
MORE = {"METADATA_ALLOWLIST": "title", "IGNORED_KEYS": "left-out.jpg", "PASS_THROUGH_TYPES": "application/pdf"}
#: Parameter -> its new value, and what shows in the next photo that it took effect.
CHANGES: dict[str, tuple[str, Callable[[Cloud, DeployedStack, str], bool]]] = {
    "TimestampOffsetHours": ("-2", lambda c, s, k: capture(c, s, k)[0] == "2024:06:15 10:30:45"),
    "TargetTimezone": ("Europe/Stockholm", lambda c, s, k: capture(c, s, k)[1] == "+02:00"),
    "CacheControl": ("no-store", lambda c, s, k: published(c, s, k)["CacheControl"] == "no-store"),
    "MoreSettings": (json.dumps(MORE), has_more),
    "WhenRemoved": ("unpublish", unpublished),
}


def test_every_changed_parameter_shows_in_the_next_photo(cloud: Cloud) -> None:
    stack = cloud.deploy("changes")
    put(cloud, stack, "before.jpg", title="Dance")
    assert capture(cloud, stack, "before.jpg") == (TAKEN, "")
    before = published(cloud, stack, "before.jpg")
    assert (before["CacheControl"], "title" in before["Metadata"]) == ("public, max-age=86400", False)
    stack = cloud.deploy("changes", **{name: value for name, (value, _) in CHANGES.items()})
    for name, (_, shows) in CHANGES.items():
        put(cloud, stack, f"{name}.jpg", title="Dance")
        assert shows(cloud, stack, f"{name}.jpg"), name
    # By itself: what cannot be looked into, such as a PDF, is rejected from now on.
    assert nameless(cloud, cloud.deploy("changes", RemoveFromCopies="names"), "RemoveFromCopies")


def test_a_changed_cors_parameter_is_in_the_bucket_when_the_deployment_ends(cloud: Cloud) -> None:
    def origins(stack: DeployedStack) -> list[str]:
        rules = cloud.client("s3").get_bucket_cors(Bucket=stack.public)["CORSRules"]
        return [origin for rule in rules for origin in rule["AllowedOrigins"]]

    assert origins(cloud.deploy("origins")) == ["*"]
    assert origins(cloud.deploy("origins", CorsAllowedOrigins="https://a.example")) == ["https://a.example"]
    refused = cloud.try_to_deploy("origins", MoreSettings=WRONG)
    assert refused.returncode
    assert "CORS_RULES" in " ".join(reasons(cloud, "origins"))


def test_a_deleted_stack_can_be_deployed_again_and_its_buckets_are_kept(cloud: Cloud) -> None:
    first = cloud.deploy("again")
    put(cloud, first, "kept.jpg")
    published(cloud, first, "kept.jpg")
    cloud.delete("again")
    second = cloud.deploy("again")
    assert {second.staging, second.public}.isdisjoint({first.staging, first.public})
    for bucket in (first.staging, first.public):
        cloud.client("s3").head_object(Bucket=bucket, Key="kept.jpg")


def test_a_stack_takes_over_buckets_that_were_there_before_it(cloud: Cloud) -> None:
    first = cloud.deploy("heir")
    put(cloud, first, "kept.jpg")
    published(cloud, first, "kept.jpg")
    cloud.delete("heir")
    s3 = cloud.client("s3")
    bridge = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=first.staging, NotificationConfiguration=bridge)
    second = cloud.deploy("heir", StagingBucketName=first.staging, PublicBucketName=first.public)
    assert (second.staging, second.public) == (first.staging, first.public)
    put(cloud, second, "new.jpg", **{"timestamp-offset-hours": "-2"})
    assert capture(cloud, second, "new.jpg")[0] == "2024:06:15 10:30:45"
    cloud.delete("heir")
    s3.head_object(Bucket=first.staging, Key="new.jpg")


def test_kept_buckets_become_the_stacks_own_again_as_the_page_says(cloud: Cloud) -> None:
    first = cloud.deploy("imported")
    put(cloud, first, "kept.jpg")
    published(cloud, first, "kept.jpg")
    cloud.delete("imported")
    suffix = first.staging.rpartition("-")[2]
    account = cloud.client("sts").get_caller_identity()["Account"]
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    (template,) = re.findall(r"<<END\n(.*?)END\n", page, re.DOTALL)
    (resources,) = re.findall(r"--resources-to-import '(.*?)'\n", page, re.DOTALL)
    for word, value in {"galleria-": "imported-", "ACCOUNT": account, "SUFFIX": suffix}.items():
        template, resources = template.replace(word, value), resources.replace(word, value)
    formation = cloud.client("cloudformation")
    change = {"StackName": "imported", "ChangeSetName": "import"}
    parameters = [{"ParameterKey": "BucketSuffix", "ParameterValue": suffix}]
    formation.create_change_set(
        **change,
        ChangeSetType="IMPORT",
        TemplateBody=template,
        Parameters=parameters,
        ResourcesToImport=json.loads(resources),
    )
    formation.get_waiter("change_set_create_complete").wait(**change, WaiterConfig={"Delay": 1})
    formation.execute_change_set(**change)
    formation.get_waiter("stack_import_complete").wait(StackName="imported", WaiterConfig={"Delay": 1})
    second = cloud.deploy("imported", BucketSuffix=suffix)
    assert (second.staging, second.public) == (first.staging, first.public)
    assert "CdnDomainName" in second.outputs
    put(cloud, second, "new.jpg", **{"timestamp-offset-hours": "-2"})
    assert capture(cloud, second, "new.jpg")[0] == "2024:06:15 10:30:45"
    cloud.client("s3").head_object(Bucket=second.public, Key="kept.jpg")


def test_the_public_bucket_may_be_at_another_provider_whose_keys_are_in_a_secret(cloud: Cloud) -> None:
    """Here the other provider is the emulator again, reached by its endpoint and the administrator's keys."""
    cloud.client("s3").create_bucket(Bucket="their-gallery")
    keys = {
        "S3_PUBLIC_ACCESS_KEY": cloud.environment["AWS_ACCESS_KEY_ID"],
        "S3_PUBLIC_SECRET_KEY": cloud.environment["AWS_SECRET_ACCESS_KEY"],
    }
    secret = cloud.client("secretsmanager").create_secret(Name="their-keys", SecretString=json.dumps(keys))
    stack = cloud.deploy(
        "elsewhere",
        PublicBucketName="their-gallery",
        PublicEndpoint=cloud.wire.endpoint,
        PublicSecretArn=secret["ARN"],
    )
    put(cloud, stack, "there.jpg", **{"timestamp-offset-hours": "-2"})
    assert capture(cloud, stack, "there.jpg")[0] == "2024:06:15 10:30:45"
    assert cloud.client("s3").get_bucket_cors(Bucket="their-gallery")["CORSRules"]


def test_a_first_deployment_that_fails_leaves_nothing_in_the_way_of_the_second(cloud: Cloud) -> None:
    assert cloud.try_to_deploy("stumbles", MoreSettings=WRONG, BucketSuffix="fixed").returncode
    cloud.delete("stumbles")
    stack = cloud.deploy("stumbles", BucketSuffix="fixed")
    assert stack.staging.endswith("-fixed")


def test_the_trigger_can_be_changed_while_photos_come(cloud: Cloud) -> None:
    for number, trigger in enumerate(["queue", "direct", "queue"]):
        stack = cloud.deploy("trigger", Trigger=trigger)
        put(cloud, stack, f"{number}.jpg")
        published(cloud, stack, f"{number}.jpg")


def test_a_rejected_photo_is_reported_at_every_log_level(cloud: Cloud) -> None:
    stack = cloud.deploy("quiet", LogLevel="ERROR")
    put(cloud, stack, "wrong.jpg", **{"corrected-timestamp": "yesterday"})
    assert message_of(cloud, stack)["key"] == "wrong.jpg"


@pytest.mark.parametrize(
    "parameters",
    [
        {"PublicEndpoint": "https://s3.example"},
        {"PublicAccess": "public-read", "InvalidateReplaced": "yes"},
        {"PublicBucketName": "gallery", "PublicAccess": "public-read"},
        {"DomainName": "photos.example.com"},
    ],
    ids="-".join,
)
def test_contradictory_parameters_are_refused_before_anything_is_made(cloud: Cloud, parameters: dict[str, str]) -> None:
    refused = cloud.try_to_deploy("refused", **parameters)
    assert refused.returncode
    assert "rule" in (refused.stdout + refused.stderr).lower()
