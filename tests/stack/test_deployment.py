"""The stack does its job once it is deployed: uploads go through notification, queue and role to the public bucket."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError

from galleria_storage.delivery.events import notification
from tests.support.corrections.language import TWO_HOURS_BACK as CORRECTION
from tests.support.photos import jpegs
from tests.support.stack.cloud import Cloud, DeployedStack, eventually


@pytest.fixture(scope="module")
def stack(cloud: Cloud) -> Iterator[DeployedStack]:
    return cloud.deploy("gallery")


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    return cloud.client("s3")


def copy(s3: Any, stack: DeployedStack, key: str) -> bytes | None:
    """Return a published copy, or None while there is none."""
    try:
        found: bytes = s3.get_object(Bucket=stack.public, Key=key)["Body"].read()
    except ClientError:
        return None
    return found


def published_as(s3: Any, stack: DeployedStack, key: str, capture: tuple[str, str]) -> bytes:
    """Wait for a copy with these tags."""

    def look() -> bytes | None:
        found = copy(s3, stack, key)
        return found if found and jpegs.capture(found) == capture else None

    found: bytes = eventually(look, lambda: f"{key} published with {capture}; log: {stack.log('PublishPhotoLogGroup')}")
    return found


def test_a_photo_put_into_staging_comes_out_corrected(s3: Any, stack: DeployedStack) -> None:
    original = jpegs.photo()
    s3.put_object(Bucket=stack.staging, Key="a b+c/ö.jpg", Body=original, Metadata=CORRECTION)
    found = published_as(s3, stack, "a b+c/ö.jpg", ("2024:06:15 10:30:45", "+02:00"))
    assert jpegs.image_data(found) == jpegs.image_data(original)
    headers = s3.head_object(Bucket=stack.public, Key="a b+c/ö.jpg")
    assert (headers["ContentType"], headers["CacheControl"]) == ("image/jpeg", "public, max-age=86400")


def test_a_changed_tag_publishes_the_photo_again(cloud: Cloud, s3: Any, stack: DeployedStack) -> None:
    """The emulator sends no event for tags, so the test hands the event over; roles are the deployed ones."""
    s3.put_object(Bucket=stack.staging, Key="tagged.jpg", Body=jpegs.photo(), Metadata=CORRECTION)
    published_as(s3, stack, "tagged.jpg", ("2024:06:15 10:30:45", "+02:00"))
    tags = [{"Key": "timestamp-offset-hours", "Value": "+1"}]
    s3.put_object_tagging(Bucket=stack.staging, Key="tagged.jpg", Tagging={"TagSet": tags})
    event = notification(stack.staging, "tagged.jpg")
    event["Records"][0]["eventName"] = "ObjectTagging:Put"
    cloud.client("lambda").invoke(FunctionName=stack.outputs["PublishFunction"], Payload=json.dumps(event))
    published_as(s3, stack, "tagged.jpg", ("2024:06:15 13:30:45", "+02:00"))


def test_a_rejected_photo_lands_in_the_failure_queue_with_the_reason(
    cloud: Cloud, s3: Any, stack: DeployedStack
) -> None:
    s3.put_object(
        Bucket=stack.staging, Key="wrong.jpg", Body=jpegs.photo(), Metadata={"corrected-timestamp": "yesterday"}
    )
    sqs = cloud.client("sqs")
    answer = eventually(
        lambda: sqs.receive_message(QueueUrl=stack.resources["FailureQueue"]).get("Messages"), lambda: "a message"
    )
    message = json.loads(answer[0]["Body"])
    assert (message["key"], message["outcome"]) == ("wrong.jpg", "rejected")
    assert "yesterday" in message["reason"]
    assert copy(s3, stack, "wrong.jpg") is None


def test_the_bucket_has_its_rules_when_the_deployment_ends_and_a_schedule_keeps_them(
    cloud: Cloud, s3: Any, stack: DeployedStack
) -> None:
    (rule,) = s3.get_bucket_cors(Bucket=stack.public)["CORSRules"]
    assert sorted(rule["AllowedMethods"]) == ["GET", "HEAD"]
    s3.delete_bucket_cors(Bucket=stack.public)
    answer = cloud.client("lambda").invoke(FunctionName=stack.outputs["AuditFunction"], Payload=b"{}")
    body = json.loads(answer["Payload"].read())
    assert [bucket["status"] for bucket in body["buckets"]] == ["repaired"]
    targets = cloud.client("events").list_targets_by_rule(Rule=stack.resources["AuditCorsFunctionOnSchedule"])
    assert targets["Targets"][0]["Arn"] == stack.outputs["AuditFunction"]


def test_s3_batch_operations_may_call_the_function_and_is_answered(cloud: Cloud, s3: Any, stack: DeployedStack) -> None:
    s3.put_object(Bucket=stack.staging, Key="batch.jpg", Body=jpegs.photo(), Metadata=CORRECTION)
    published_as(s3, stack, "batch.jpg", ("2024:06:15 10:30:45", "+02:00"))
    s3.delete_object(Bucket=stack.public, Key="batch.jpg")
    task = {"taskId": "1", "s3Key": "batch.jpg", "s3VersionId": None, "s3BucketArn": f"arn:aws:s3:::{stack.staging}"}
    event = {"invocationSchemaVersion": "1.0", "invocationId": "i", "job": {"id": "j"}, "tasks": [task]}
    answer = cloud.client("lambda").invoke(FunctionName=stack.outputs["PublishFunction"], Payload=json.dumps(event))
    assert json.loads(answer["Payload"].read())["results"][0]["resultCode"] == "Succeeded"
    assert copy(s3, stack, "batch.jpg")


def test_nobody_reads_the_buckets_without_credentials(cloud: Cloud, stack: DeployedStack) -> None:
    cloud.client("s3").put_object(Bucket=stack.public, Key="private.jpg", Body=b"x")
    for bucket in (stack.staging, stack.public):
        with closing(http.client.HTTPConnection(cloud.wire.endpoint.removeprefix("http://"))) as connection:
            connection.request("GET", f"/{bucket}/private.jpg")
            assert connection.getresponse().status == 403


@pytest.mark.parametrize(
    "parameters",
    [
        {"PublicAccess": "public-read", "Trigger": "direct", "LogLevel": "WARN"},
        {"NotificationPrefix": "2024/", "MaximumConcurrency": "5", "EventBusName": "default"},
        {
            "AlarmEmail": "someone@example.com",
            "StagingRetentionDays": "30",
            "CorsMode": "audit",
            "CorsBuckets": "one,two",
        },
    ],
    ids="-".join,
)
def test_the_stack_deploys_with_the_parameters_that_change_its_shape(cloud: Cloud, parameters: dict[str, str]) -> None:
    name = "shape-" + "".join(c for c in min(parameters).lower() if c.isalpha())[:12]
    stack = cloud.deploy(name, **parameters)
    assert stack.outputs["StagingBucketName"].startswith(name)
    cloud.client("cloudformation").delete_stack(StackName=name)
