"""Facts of the template that a deployment depends on, worked out for the parameters that change them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from galleria_storage.cors.rules import found_rules
from galleria_storage.cors.settings import cors_settings
from galleria_storage.publishing.settings import publish_settings
from tests.support.processes import ROOT
from tests.support.template import Stack, source

FUNCTIONS = {"PublishPhotoFunction": "publish_photo", "AuditCorsFunction": "audit_cors"}
ELSEWHERE = {
    "PublicBucketName": "gallery",
    "PublicEndpoint": "https://fsn1.your-objectstorage.com",
    "PublicSecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gallery-AbCdEf",
    "PublicProfile": "ceph",
}
EVERYTHING = {
    "PublicAccess": "cloudfront",
    "InvalidateReplaced": "yes",
    "EventBusName": "default",
    "AlarmEmail": "someone@example.com",
    "StagingRetentionDays": 30,
    "NotificationPrefix": "2024/",
    "NotificationSuffix": ".jpg",
    "ReservedConcurrency": 20,
}


def references(node: Any) -> set[str]:
    """Return every resource that a part of the template refers to."""
    names = set(source()["Resources"])
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    found: set[str] = set()
    for key, value in node.items():
        if key == "Ref":
            found.add(value.split(".")[0])
        elif key == "Fn::GetAtt":
            found.add(value[0])
        elif key == "Fn::Sub":
            text = value if isinstance(value, str) else value[0]
            found |= {name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text)} | references(value)
        elif key == "DependsOn":
            found |= {value} if isinstance(value, str) else set(value)
        else:
            found |= references(value)
    return found & names


def test_no_resource_waits_for_itself_in_the_end() -> None:
    waits = {name: references(entry) for name, entry in source()["Resources"].items()}
    while ready := [name for name, others in waits.items() if not others]:
        for name in ready:
            del waits[name]
        waits = {name: others - set(ready) for name, others in waits.items()}
    assert not waits


def test_every_parameter_is_described_grouped_and_has_a_default() -> None:
    interface = source()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in interface for name in group["Parameters"]]
    parameters = source()["Parameters"]
    assert sorted(grouped) == sorted(parameters)
    for name, entry in parameters.items():
        assert entry["Description"], name
        assert "Default" in entry, name
        if pattern := entry.get("AllowedPattern"):
            assert re.fullmatch(pattern, str(entry["Default"])), name


def test_the_functions_read_settings_that_the_template_gives() -> None:
    publishing = publish_settings(Stack().environment("PublishPhotoFunction"))
    auditing = cors_settings(Stack().environment("AuditCorsFunction"))
    assert publishing.staging_bucket == "galleria-staging-123456789012-us-east-1"
    assert publishing.public == auditing.buckets[0].access
    assert publishing.default_correction == {}
    assert auditing.rules is None
    assert (auditing.mode, auditing.origins) == ("repair", ("*",))


def test_a_public_bucket_at_another_provider_needs_nothing_of_ours_but_its_secret() -> None:
    stack = Stack(ELSEWHERE)
    access = publish_settings(stack.environment("PublishPhotoFunction")).public
    assert (access.bucket, access.provider.endpoint) == ("gallery", ELSEWHERE["PublicEndpoint"])
    assert (access.provider.secret_arn, access.provider.profile) == (ELSEWHERE["PublicSecretArn"], "ceph")
    assert not {"PublicBucket", "PublicBucketPolicy", "Distribution"} & set(stack.resources)
    for role in ("PublishPhotoRole", "AuditCorsRole"):
        assert "gallery/" not in json.dumps(stack.properties(role))
        assert "secretsmanager:GetSecretValue" in json.dumps(stack.properties(role))


def test_rules_and_buckets_of_the_audit_reach_it_as_they_were_given() -> None:
    rules = '[{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://gallery.example"]}]'
    stack = Stack({"CorsRules": rules, "CorsBuckets": "one,two"})
    settings = cors_settings(stack.environment("AuditCorsFunction"))
    assert [target.access.bucket for target in settings.buckets] == ["one", "two"]
    assert settings.rules
    assert found_rules(settings.rules) == found_rules(json.loads(rules))
    (statement,) = [s for s in statements(stack, "AuditCorsRole") if "s3:GetBucketCORS" in s["Action"]]
    assert statement["Resource"] == ["arn:aws:s3:::one", "arn:aws:s3:::two"]


def test_an_audit_that_may_not_write_has_no_permission_to() -> None:
    assert "s3:PutBucketCORS" in json.dumps(statements(Stack(), "AuditCorsRole"))
    assert "s3:PutBucketCORS" not in json.dumps(statements(Stack({"CorsMode": "audit"}), "AuditCorsRole"))


@pytest.mark.parametrize("role", ["PublishPhotoRole", "AuditCorsRole", "BatchOperationsRole"])
def test_no_statement_is_wider_than_one_kind_of_thing(role: str) -> None:
    for statement in statements(Stack(EVERYTHING), role):
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        assert not [action for action in actions if "*" in action]
        if statement["Resource"] == "*":
            assert {action.split(":")[0] for action in actions} == {"xray"}


def test_originals_are_private_versioned_encrypted_and_never_deleted_with_the_stack() -> None:
    bucket = Stack().resources["StagingBucket"]
    properties = bucket["Properties"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["BucketEncryption"]
    rules = properties["LifecycleConfiguration"]["Rules"]
    assert [rule["Id"] for rule in rules] == ["abort-incomplete-uploads", "forget-replaced-originals"]


def test_originals_expire_only_if_a_number_of_days_is_given() -> None:
    rules = Stack({"StagingRetentionDays": 30}).properties("StagingBucket")["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule] == [30]


@pytest.mark.parametrize("name", ["StagingBucket", "PublicBucket", "OperationsBucket"])
def test_every_bucket_refuses_requests_without_tls_and_has_no_acls(name: str) -> None:
    stack = Stack()
    first = stack.properties(f"{name}Policy")["PolicyDocument"]["Statement"][0]
    assert (first["Effect"], first["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    ownership = stack.properties(name)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_uploads_and_tag_changes_are_announced_to_the_alias_that_the_permission_names() -> None:
    stack = Stack()
    configurations = stack.properties("StagingBucket")["NotificationConfiguration"]["LambdaConfigurations"]
    permission = stack.properties("PublishFromStagingPermission")
    assert [entry["Event"] for entry in configurations] == ["s3:ObjectCreated:*", "s3:ObjectTagging:*"]
    assert {entry["Function"] for entry in configurations} == {permission["FunctionName"]}
    assert permission["SourceArn"].removeprefix("arn:aws:s3:::") == stack.properties("StagingBucket")["BucketName"]
    assert not any("Filter" in entry for entry in configurations)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"NotificationPrefix": "2024/"}, [{"Name": "prefix", "Value": "2024/"}]),
        ({"NotificationSuffix": ".jpg"}, [{"Name": "suffix", "Value": ".jpg"}]),
        (
            {"NotificationPrefix": "2024/", "NotificationSuffix": ".jpg"},
            [{"Name": "prefix", "Value": "2024/"}, {"Name": "suffix", "Value": ".jpg"}],
        ),
    ],
)
def test_notifications_are_filtered_by_what_is_set(given: dict[str, str], expected: list[dict[str, str]]) -> None:
    notification = Stack(given).properties("StagingBucket")["NotificationConfiguration"]
    for entry in notification["LambdaConfigurations"]:
        assert entry["Filter"]["S3Key"]["Rules"] == expected


def test_photos_are_read_through_the_cdn_alone_unless_the_bucket_is_public() -> None:
    private, public = Stack(), Stack({"PublicAccess": "public-read"})
    assert set(private.properties("PublicBucket")["PublicAccessBlockConfiguration"].values()) == {True}
    assert "Distribution" not in public.resources
    readers = {
        name: stack.properties("PublicBucketPolicy")["PolicyDocument"]["Statement"][1]["Principal"]
        for name, stack in {"private": private, "public": public}.items()
    }
    assert readers == {"private": {"Service": "cloudfront.amazonaws.com"}, "public": "*"}


def test_the_cdn_keeps_an_answer_apart_for_each_origin_that_asks() -> None:
    headers = Stack().properties("CachePolicy")["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    assert "Origin" in headers["HeadersConfig"]["Headers"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_end_for_its_failures_and_cannot_trigger_itself(name: str) -> None:
    stack = Stack()
    common = stack.value(source()["Globals"]["Function"])
    invoke = stack.properties(name)["EventInvokeConfig"]
    assert invoke["DestinationConfig"]["OnFailure"]["Destination"] == "<FailureQueue.Arn>"
    assert (common["Runtime"], common["Architectures"], common["RecursiveLoop"]) == (
        "python3.13",
        ["arm64"],
        "Terminate",
    )
    assert stack.properties(name)["LoggingConfig"]["LogFormat"] == "JSON"


def test_the_failure_queue_keeps_messages_as_long_as_there_is() -> None:
    queue = Stack().properties("FailureQueue")
    assert queue == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}


def test_alarms_reach_somebody_only_if_an_address_is_given() -> None:
    silent, heard = Stack(), Stack({"AlarmEmail": "someone@example.com"})
    alarms = [name for name, entry in silent.resources.items() if entry["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) >= 4
    assert not [name for name in alarms if "AlarmActions" in silent.properties(name)]
    assert {heard.properties(name)["AlarmActions"][0] for name in alarms} == {"<AlarmTopic>"}


def test_the_dashboard_is_json_and_shows_what_the_handlers_count() -> None:
    body = json.loads(Stack().properties("Dashboard")["DashboardBody"])
    shown = json.dumps(body)
    for function, metrics in {
        "publish_photo": ["Published", "Duplicate", "Rejected", "Failed", "BytesIn", "BytesOut"],
        "audit_cors": ["CorsDrift", "CorsRepaired", "CorsFailed"],
    }.items():
        handler = (ROOT / "functions" / function / "app.py").read_text(encoding="utf-8")
        assert [name for name in metrics if f'"{name}"' not in handler] == []
        assert [name for name in metrics if f'"{name}"' not in shown] == []


@pytest.mark.parametrize("path", sorted((ROOT / "events").glob("*.json")), ids=lambda path: path.stem)
def test_every_event_file_is_json_and_names_the_default_staging_bucket_or_none(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    json.loads(text)
    named = set(re.findall(r"[a-z-]+-staging-\d+-[a-z0-9-]+", text))
    assert named <= {Stack().environment("PublishPhotoFunction")["STAGING_BUCKET"]}


def statements(stack: Stack, role: str) -> list[dict[str, Any]]:
    (policy,) = stack.properties(role)["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found
