"""Each function may do exactly what it needs: the deployed policies, enforced, with and without each action.

The handlers run here, with the credentials of a role that has the deployed role's own policy, against an emulator
that enforces IAM and bucket policies. Every action of the policies is taken away once, and the use that needs it
must fail; what the policies do not name must be refused.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from tests.stack.roles import Role, acting, listed, role_like, without
from tests.stack.uses import Audits, Uses
from tests.support.stack.cloud import Cloud, DeployedStack

#: What no server here enforces. X-Ray: the two actions that a traced function needs (Lambda Developer Guide, "X-Ray").
#: ListBucket: AWS answers 403 for a key that does not exist to whoever may not list (S3 API, HeadObject and GetObject,
#: "Permissions"); the emulator answers 404 to everybody. It is not used to list: see the next test but one.
#: GetObjectTagging: AWS tells the number of tags to whoever may read them (S3 API, GetObject, x-amz-tagging-count);
#: the emulator gives it to everybody. The tags themselves are read by version.
NOT_ENFORCED: Final = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "s3:ListBucket", "s3:GetObjectTagging"}


@pytest.fixture(scope="module")
def stack(cloud: Cloud) -> DeployedStack:
    """Send no events: here the test itself calls the handlers. And have a bucket that nobody was given."""
    stack = cloud.deploy("least", EventBusName="default", InvalidateReplaced="yes")
    s3 = cloud.client("s3")
    s3.put_bucket_notification_configuration(Bucket=stack.staging, NotificationConfiguration={})
    s3.create_bucket(Bucket="elsewhere")
    mapping = cloud.client("lambda").list_event_source_mappings(FunctionName=stack.resources["PublishPhotoFunction"])
    cloud.client("lambda").update_event_source_mapping(UUID=mapping["EventSourceMappings"][0]["UUID"], Enabled=False)
    return stack


@pytest.fixture(scope="module")
def publisher_role(cloud: Cloud, stack: DeployedStack) -> Iterator[Role]:
    yield from acting(role_like(cloud, stack, "PublishPhotoRole"), "PublishPhotoFunction")


@pytest.fixture(scope="module")
def auditor_role(cloud: Cloud, stack: DeployedStack) -> Iterator[Role]:
    yield from acting(role_like(cloud, stack, "AuditCorsRole"), "AuditCorsFunction")


#: Statement and action -> the use that needs it.
PUBLISHING: Final = {
    ("ReadOriginals", "s3:GetObject"): "a_new_photo",
    ("ReadOriginals", "s3:GetObjectVersionTagging"): "a_photo_with_tags",
    ("WriteCopies", "s3:GetObject"): "a_duplicate",
    ("WriteCopies", "s3:PutObject"): "a_new_photo",
    ("WriteCopies", "s3:AbortMultipartUpload"): "a_large_photo_that_breaks_off",
    ("WriteCopies", "s3:DeleteObject"): "a_copy_that_was_stored_wrong",
    ("TakeEvents", "sqs:ReceiveMessage"): "an_event_of_the_queue",
    ("TakeEvents", "sqs:DeleteMessage"): "an_event_of_the_queue",
    ("TakeEvents", "sqs:GetQueueAttributes"): "an_event_of_the_queue",
    ("TakeEvents", "sqs:ChangeMessageVisibility"): "an_event_of_the_queue",
    ("ReportFailures", "sqs:SendMessage"): "a_rejected_photo",
    ("InvalidateReplacedPhotos", "cloudfront:CreateInvalidation"): "a_replaced_photo",
    ("Announce", "events:PutEvents"): "a_new_photo",
    ("WriteLogs", "logs:CreateLogStream"): "a_line_in_the_log",
    ("WriteLogs", "logs:PutLogEvents"): "a_line_in_the_log",
}


@pytest.fixture(scope="module")
def uses(publisher_role: Role) -> Uses:
    return Uses(publisher_role)


def test_the_table_of_uses_names_every_action_of_the_publish_role(publisher_role: Role) -> None:
    granted = {(s["Sid"], action) for s in publisher_role.policy["Statement"] for action in listed(s["Action"])}
    assert {(sid, action) for sid, action in granted if action not in NOT_ENFORCED} == set(PUBLISHING)


@pytest.mark.parametrize("use", [*sorted(set(PUBLISHING.values())), "a_photo_that_is_gone"])
def test_with_its_policy_the_publish_function_does_all_of_its_work(uses: Uses, use: str) -> None:
    getattr(uses, use)()


@pytest.mark.parametrize(("sid", "action"), PUBLISHING, ids=lambda word: word)
def test_without_any_one_action_the_use_that_needs_it_fails(
    publisher_role: Role, uses: Uses, sid: str, action: str
) -> None:
    publisher_role.allow(without(publisher_role.policy, sid, action))
    try:
        with pytest.raises(Exception):  # noqa: B017, PT011 # a refusal has as many shapes as there are uses
            getattr(uses, PUBLISHING[sid, action])()
    finally:
        publisher_role.allow(publisher_role.policy)


OUTSIDE: Final[dict[str, Callable[[Role], Any]]] = {
    "write into staging": lambda r: r.client("s3").put_object(Bucket=r.stack.staging, Key="x", Body=b""),
    "delete an original": lambda r: r.client("s3").delete_object(Bucket=r.stack.staging, Key="x"),
    "read the operations bucket": lambda r: r.client("s3").get_object(
        Bucket=r.stack.outputs["OperationsBucketName"], Key="x"
    ),
    "write into another bucket": lambda r: r.client("s3").put_object(Bucket="elsewhere", Key="x", Body=b""),
    "read another bucket": lambda r: r.client("s3").get_object(Bucket="elsewhere", Key="x"),
    "list all buckets": lambda r: r.client("s3").list_buckets(),
    "change the public bucket's policy": lambda r: r.client("s3").delete_bucket_policy(Bucket=r.stack.public),
    "change the notifications": lambda r: r.client("s3").put_bucket_notification_configuration(
        Bucket=r.stack.staging, NotificationConfiguration={}
    ),
    "tag an original": lambda r: r.client("s3").put_object_tagging(
        Bucket=r.stack.staging, Key="x", Tagging={"TagSet": []}
    ),
    "read the failure queue": lambda r: r.client("sqs").receive_message(QueueUrl=r.stack.resources["FailureQueue"]),
    "read another secret": lambda r: r.client("secretsmanager").get_secret_value(SecretId="another"),
    "call a function": lambda r: r.client("lambda").invoke(FunctionName=r.stack.outputs["PublishFunction"]),
    "look at roles": lambda r: r.client("iam").list_roles(),
    "write into another function's log": lambda r: r.client("logs").create_log_group(logGroupName="another"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_publish_function_may_do_nothing_else(publisher_role: Role, name: str) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
        OUTSIDE[name](publisher_role)


def test_the_publish_function_never_lists_though_it_may(publisher_role: Role, uses: Uses) -> None:
    wire = publisher_role.cloud.wire
    before = len(wire.exchanges)
    for use in ("a_new_photo", "a_duplicate", "a_photo_that_is_gone"):
        getattr(uses, use)()
    own = publisher_role.credentials["AWS_ACCESS_KEY_ID"]
    asked = [e for e in wire.exchanges[before:] if own in e.headers.get("authorization", "")]
    assert asked
    assert not [e.path for e in asked if e.method == "GET" and e.path.count("/") < 2]  # GET on a bucket is a listing


def test_the_publish_function_may_not_touch_cors_rules(publisher_role: Role) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        publisher_role.client("s3").get_bucket_cors(Bucket=publisher_role.stack.public)


AUDITING: Final = {
    ("LookAtCorsRules", "s3:GetBucketCORS"): "drifted_rules",
    ("LookAtCorsRules", "s3:PutBucketCORS"): "drifted_rules",
    ("ReportFailures", "sqs:SendMessage"): "a_failed_invocation",
    ("Announce", "events:PutEvents"): "drifted_rules",
    ("WriteLogs", "logs:CreateLogStream"): "a_line_in_the_log",
    ("WriteLogs", "logs:PutLogEvents"): "a_line_in_the_log",
}


@pytest.fixture(scope="module")
def audits(auditor_role: Role) -> Audits:
    return Audits(auditor_role)


def test_the_table_of_audits_names_every_action_of_the_audit_role(auditor_role: Role) -> None:
    granted = {(s["Sid"], action) for s in auditor_role.policy["Statement"] for action in listed(s["Action"])}
    assert {(sid, action) for sid, action in granted if action not in NOT_ENFORCED} == set(AUDITING)


@pytest.mark.parametrize("use", sorted(set(AUDITING.values())))
def test_with_its_policy_the_audit_function_does_all_of_its_work(audits: Audits, use: str) -> None:
    getattr(audits, use)()


@pytest.mark.parametrize(("sid", "action"), AUDITING, ids=lambda word: word)
def test_without_any_one_action_the_audit_that_needs_it_fails(
    auditor_role: Role, audits: Audits, sid: str, action: str
) -> None:
    auditor_role.allow(without(auditor_role.policy, sid, action))
    try:
        with pytest.raises(Exception):  # noqa: B017, PT011 # a refusal has as many shapes as there are uses
            getattr(audits, AUDITING[sid, action])()
    finally:
        auditor_role.allow(auditor_role.policy)


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_audit_function_may_do_nothing_else(auditor_role: Role, name: str) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
        OUTSIDE[name](auditor_role)


@pytest.mark.parametrize("bucket", ["staging", "public"])
def test_the_audit_function_may_not_read_or_write_photos(auditor_role: Role, bucket: str) -> None:
    s3, name = auditor_role.client("s3"), getattr(auditor_role.stack, bucket)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=name, Key="x")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=name, Key="x", Body=b"")
