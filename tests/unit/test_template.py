"""Facts of the template that a deployment depends on, worked out for the parameters that change them."""

import fnmatch
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.cors.rules import found_rules
from galleria_storage.publishing.publish_settings import publish_settings
from galleria_storage.runtime.environment import MORE, completed
from tests.support.servers.processes import ROOT
from tests.support.stack.template import Stack, source

ELSEWHERE = {
    "PublicBucketName": "gallery",
    "PublicEndpoint": "https://fsn1.your-objectstorage.com",
    "PublicSecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gallery-AbCdEf",
}
EVERYTHING = {
    "PublicAccess": "cloudfront",
    "InvalidateReplaced": "yes",
    "WhenRemoved": "unpublish",
    "EventBusName": "default",
    "AlarmEmail": "someone@example.com",
    "StagingRetentionDays": 30,
    "StagingStorageClass": "GLACIER_IR",
    "NotificationPrefix": "2024/",
    "CorsBuckets": "one,two,three,four,five",
}
ADOPTED = {
    "StagingBucketName": "photos-in",
    "KmsKeyArns": "arn:aws:kms:us-east-1:123456789012:key/1,arn:aws:kms:us-east-1:123456789012:key/2",
}
QUEUE, FUNCTION = "<PublishQueue.Arn>", "<PublishPhotoFunction.Arn>"


BUCKETS = ("StagingBucket", "PublicBucket", "OperationsBucket")
COMMON = source()["Globals"]["Function"]["Environment"]["Variables"]


#: Names of the stack's own parts, which nobody types.
MADE_BY_THE_STACK = {"STAGING_BUCKET", "PUBLISH_QUEUE_URL", "FAILURE_QUEUE_URL", "CDN_DISTRIBUTION_ID"}


def parameters_in(node: Any) -> set[str]:
    """Return every parameter that a part of the template refers to."""
    return set(re.findall(r"'Ref': '(\w+)'", str(node))) & set(source()["Parameters"])


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
    assert publishing.staging_bucket == "galleria-staging-123456789012-51af3dc0"
    assert publishing.public == auditing.buckets[0].access
    assert publishing.default_correction == {}
    assert auditing.rules is None
    assert (auditing.mode, auditing.origins) == ("repair", ("*",))


def test_a_public_bucket_at_another_provider_needs_nothing_of_ours_but_its_secret() -> None:
    stack = Stack(ELSEWHERE)
    access = publish_settings(stack.environment("PublishPhotoFunction")).public
    assert (access.bucket, access.provider.endpoint) == ("gallery", ELSEWHERE["PublicEndpoint"])
    assert access.provider.secret_arn == ELSEWHERE["PublicSecretArn"]
    assert not {"PublicBucket", "PublicBucketPolicy", "Distribution"} & set(stack.resources)
    for role in ("PublishPhotoRole", "AuditCorsRole"):
        assert "gallery/" not in json.dumps(stack.properties(role))
        assert "secretsmanager:GetSecretValue" in json.dumps(stack.properties(role))


def test_rules_and_buckets_of_the_audit_reach_it_as_they_were_given() -> None:
    rules = '[{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://gallery.example"]}]'
    stack = Stack({"MoreSettings": json.dumps({"CORS_RULES": json.loads(rules)}), "CorsBuckets": "one,two"})
    settings = cors_settings(completed(stack.environment("AuditCorsFunction")))
    assert [target.access.bucket for target in settings.buckets] == ["one", "two"]
    assert settings.rules
    assert found_rules(settings.rules) == found_rules(json.loads(rules))
    (statement,) = [s for s in statements(stack, "AuditCorsRole") if "s3:GetBucketCORS" in s["Action"]]
    assert set(statement["Resource"]) == {"arn:aws:s3:::one", "arn:aws:s3:::two"}


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
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["BucketEncryption"]
    rules = properties["LifecycleConfiguration"]["Rules"]
    assert [rule["Id"] for rule in rules] == ["abort-incomplete-uploads", "forget-replaced-originals"]


def test_originals_expire_only_if_a_number_of_days_is_given() -> None:
    rules = Stack({"StagingRetentionDays": 30}).properties("StagingBucket")["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule] == [30]


@pytest.mark.parametrize("name", BUCKETS)
def test_every_bucket_refuses_requests_without_tls_and_has_no_acls(name: str) -> None:
    stack = Stack()
    first = stack.properties(f"{name}Policy")["PolicyDocument"]["Statement"][0]
    assert (first["Effect"], first["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    ownership = stack.properties(name)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def announced(stack: Stack) -> dict[str, str]:
    """Return the notifications that staging sends: event -> target."""
    configuration = stack.properties("StagingBucket")["NotificationConfiguration"]
    entries = [*configuration.get("QueueConfigurations", []), *configuration.get("LambdaConfigurations", [])]
    return {entry["Event"]: entry.get("Queue") or entry["Function"] for entry in entries}


@pytest.mark.parametrize(("trigger", "target"), [("queue", QUEUE), ("direct", FUNCTION)])
def test_uploads_and_tag_changes_are_announced_and_removals_if_they_count(trigger: str, target: str) -> None:
    kept, unpublished = (Stack({"Trigger": trigger, "WhenRemoved": word}) for word in ("keep", "unpublish"))
    assert announced(kept) == {"s3:ObjectCreated:*": target, "s3:ObjectTagging:*": target}
    assert announced(unpublished) == {**announced(kept), "s3:ObjectRemoved:*": target}


def test_an_existing_staging_bucket_is_left_as_it_is_and_heard_through_event_bridge() -> None:
    stack = Stack({**ADOPTED, "NotificationPrefix": "2024/"})
    assert not {"StagingBucket", "StagingBucketPolicy"} & set(stack.resources)
    assert publish_settings(stack.environment("PublishPhotoFunction")).staging_bucket == "photos-in"
    rule = stack.properties("EventsOfExistingStaging")
    assert rule["Targets"][0]["Arn"] == QUEUE
    assert rule["EventPattern"]["detail"]["bucket"] == {"name": ["photos-in"]}
    assert rule["EventPattern"]["detail"]["object"] == {"key": [{"wildcard": "2024/*"}]}
    assert "Object Deleted" not in rule["EventPattern"]["detail-type"]
    unpublishing = Stack({**ADOPTED, "WhenRemoved": "unpublish"}).properties("EventsOfExistingStaging")
    assert "Object Deleted" in unpublishing["EventPattern"]["detail-type"]
    assert {"anything-but": ["Lifecycle Expiration"]} in unpublishing["EventPattern"]["detail"]["reason"]


def test_the_keys_of_existing_buckets_are_named_one_by_one() -> None:
    assert not [s for s in statements(Stack(), "PublishPhotoRole") if "kms:" in json.dumps(s)]
    (statement,) = [s for s in statements(Stack(ADOPTED), "PublishPhotoRole") if "kms:" in json.dumps(s)]
    assert statement["Resource"] == ADOPTED["KmsKeyArns"].split(",")


@pytest.mark.parametrize("adopted", [{}, ADOPTED])
def test_only_the_staging_bucket_may_send_events(adopted: dict[str, str]) -> None:
    stack = Stack(adopted)
    permission = stack.properties("PublishFromStagingPermission")
    statement = stack.properties("PublishQueuePolicy")["PolicyDocument"]["Statement"][1]
    principal = "events.amazonaws.com" if adopted else "s3.amazonaws.com"
    assert permission["Principal"] == statement["Principal"]["Service"] == principal
    assert permission["SourceArn"] == statement["Condition"]["ArnLike"]["aws:SourceArn"]
    if not adopted:
        assert permission["SourceAccount"] == "123456789012"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
        name = stack.properties("StagingBucket")["BucketName"]
        assert fnmatch.fnmatchcase(f"arn:aws:s3:::{name}", permission["SourceArn"])


def test_a_second_deployment_has_its_own_buckets_unless_it_gets_the_names_of_the_first() -> None:
    names = {Stack().properties(bucket)["BucketName"] for bucket in BUCKETS}
    again = {Stack({"BucketSuffix": "51af3dc0"}).properties(bucket)["BucketName"] for bucket in BUCKETS}
    assert names == again == {f"galleria-{kind}-123456789012-51af3dc0" for kind in ("staging", "public", "operations")}
    longest = {"BucketPrefix": 24 * "p", "BucketSuffix": "ap-southeast-2"}
    assert max(len(Stack(longest).properties(bucket)["BucketName"]) for bucket in BUCKETS) <= 63


def test_every_photo_has_the_whole_timeout_and_is_tried_for_a_day_before_it_is_given_up() -> None:
    stack = Stack()
    queue, mapping = stack.properties("PublishQueue"), stack.properties("PublishFromQueue")
    assert queue["VisibilityTimeout"] >= 6 * stack.properties("PublishPhotoFunction")["Timeout"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == "<FailureQueue.Arn>"
    assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (1, ["ReportBatchItemFailures"])
    longest = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"]
    assert longest < queue["MessageRetentionPeriod"], "it would expire before it is given up"


def test_photos_published_at_once_are_bounded_where_they_are_called() -> None:
    queued, direct, free = Stack(), Stack({"Trigger": "direct"}), Stack({"MaximumConcurrency": 0})
    for stack in (queued, direct):
        assert stack.properties("PublishFromQueue")["ScalingConfig"] == {"MaximumConcurrency": 10}
    assert "ScalingConfig" not in free.properties("PublishFromQueue")
    assert "ReservedConcurrentExecutions" not in queued.properties("PublishPhotoFunction")
    assert direct.properties("PublishPhotoFunction")["ReservedConcurrentExecutions"] == 10


CONTRADICTIONS = [
    ({"PublicEndpoint": "https://s3.example"}, "needs PublicBucketName"),
    ({**ELSEWHERE, "PublicSecretArn": ""}, "needs PublicSecretArn"),
    ({**ELSEWHERE, "MaximumConcurrency": 0}, "needs a MaximumConcurrency"),
    ({"PublicBucketName": "gallery", "PublicAccess": "cloudfront"}, "PublicAccess is about a bucket of this stack"),
    ({"PublicBucketName": "photos-in", "StagingBucketName": "photos-in"}, "are the same"),
    ({"PublicBucketName": "gallery", "InvalidateReplaced": "yes"}, "need this stack's CDN"),
    ({"PublicAccess": "public-read", "InvalidateReplaced": "yes"}, "need this stack's CDN"),
    ({"PublicAccess": "public-read", "CdnLogs": "yes"}, "need this stack's CDN"),
    ({"PublicAccess": "public-read", "PriceClass": "PriceClass_All"}, "need this stack's CDN"),
    ({"DomainName": "photos.example.com"}, "need each other"),
    ({"StagingBucketName": "photos-in", "StagingRetentionDays": 30}, "an existing one keeps its lifecycle"),
    ({"StagingBucketName": "photos-in", "StagingStorageClass": "GLACIER"}, "an existing one keeps its lifecycle"),
    ({"KmsKeyArns": "arn:aws:kms:us-east-1:123456789012:key/1"}, "KmsKeyArns is about existing buckets"),
]


@pytest.mark.parametrize(("parameters", "words"), CONTRADICTIONS, ids=lambda value: "-".join(value)[:60])
def test_contradictory_parameters_are_refused_before_anything_is_made(parameters: dict[str, Any], words: str) -> None:
    assert words in " ".join(Stack(parameters).refusals())


@pytest.mark.parametrize("parameters", [{}, ELSEWHERE, EVERYTHING, ADOPTED])
def test_parameters_that_belong_together_are_not_refused(parameters: dict[str, Any]) -> None:
    assert Stack(parameters).refusals() == []


def test_a_region_without_the_cdn_refuses_it() -> None:
    for region in ("us-gov-west-1", "cn-north-1"):
        assert Stack(pseudo={"AWS::Region": region}).refusals()
        assert not Stack({"PublicAccess": "public-read"}, pseudo={"AWS::Region": region}).refusals()
    assert Stack({"CdnLogs": "yes"}, pseudo={"AWS::Region": "eu-north-1"}).refusals()
    assert not Stack({"CdnLogs": "yes"}).refusals()


def test_no_partition_is_written_out() -> None:
    assert "arn:aws" not in (ROOT / "template.yaml").read_text(encoding="utf-8").replace("arn:aws-", "")
    stack = Stack(EVERYTHING, pseudo={"AWS::Partition": "aws-us-gov"})
    assert '"arn:aws:' not in json.dumps(stack.resources)


def test_a_changed_setting_reaches_the_next_photo_since_there_is_no_version_in_between() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    assert not [word for word in ("AutoPublishAlias", "SnapStart", ".Alias", ":live") if word in text]


@pytest.mark.parametrize(
    ("function", "called"),
    [("AuditCorsFunction", "AuditAtDeployment"), ("PublishPhotoFunction", "SettingsAtDeployment")],
)
def test_a_change_of_what_a_function_reads_has_it_look_at_once(function: str, called: str) -> None:
    resource = source()["Resources"][called]["Properties"]
    read = source()["Resources"][function]["Properties"]["Environment"]["Variables"]
    read = {name: value for name, value in read.items() if name not in MADE_BY_THE_STACK}
    read |= {name: value for name, value in COMMON.items() if name.startswith(("S3_PUBLIC_E", "S3_PUBLIC_R", "MORE_"))}
    missing = [name for name, value in read.items() if not parameters_in(value) <= parameters_in(resource)]
    assert missing == []


@pytest.mark.parametrize("path", sorted((ROOT / "events").glob("*.json")), ids=lambda path: path.stem)
def test_every_event_file_is_json_and_names_the_staging_bucket_of_the_examples_or_none(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    json.loads(text)
    named = set(re.findall(r"[a-z-]+-staging-\d+-[a-z0-9-]+", text))
    assert named <= {"galleria-staging-123456789012-us-east-1"}


def statements(stack: Stack, role: str) -> list[dict[str, Any]]:
    (policy,) = stack.properties(role)["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_what_the_application_repository_is_told_is_what_the_package_says() -> None:
    told = source()["Metadata"]["AWS::ServerlessRepo::Application"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (told["Name"], told["SemanticVersion"]) == (project["name"], project["version"])
    assert told["SpdxLicenseId"] == project["license"]
    assert (ROOT / told["LicenseUrl"]).is_file()
    assert (ROOT / told["ReadmeUrl"]).is_file()


def test_a_parameter_says_if_changing_it_swaps_a_bucket_or_a_cdn() -> None:
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    for name in ("BucketPrefix", "BucketSuffix", "StagingBucketName", "PublicBucketName", "PublicAccess"):
        assert re.search(r"no longer used|deleted", source()["Parameters"][name]["Description"]), name
        assert re.search(rf"^\| .*`{name}`.* \|", page, re.MULTILINE), name


def test_every_setting_of_the_readme_can_be_given_to_the_stack() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"## Configure\n(.*?)\n## ", readme, re.DOTALL)
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([A-Z_0-9]+)`", row)
    }
    given = {**Stack().environment("PublishPhotoFunction"), **Stack().environment("AuditCorsFunction")}
    in_the_secret = {"S3_PUBLIC_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"}
    assert named - given.keys() - MORE - in_the_secret == set()
    assert named >= MORE
