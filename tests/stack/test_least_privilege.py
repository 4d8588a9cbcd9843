"""Each function may do exactly what it needs: the deployed policies, enforced, with and without each action.

The handlers run here, with the credentials of a role that has the deployed role's own policy, against an emulator
that enforces IAM and bucket policies. Every action of the policies is taken away once, and the use that needs it
must fail; what the policies do not name must be refused.
"""

import copy
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError

from galleria_storage.publishing.events import notification
from galleria_storage.s3 import services
from galleria_storage.s3.clients import connect
from galleria_storage.s3.objects import Matches, ObjectStore
from galleria_storage.settings import BucketAccess
from tests.stack.conftest import REGION, Cloud, Stack
from tests.support import jpegs
from tests.support.functions import Function

CORRECTION: Final = {"timestamp-offset-hours": "-2"}
#: What no server here enforces. X-Ray: the two actions that a traced function needs (Lambda Developer Guide, "X-Ray").
#: ListBucket: AWS answers 403 for a key that does not exist to whoever may not list (S3 API, HeadObject and GetObject,
#: "Permissions"); the emulator answers 404 to everybody. It is not used to list: see the next test but one.
#: GetObjectTagging: AWS tells the number of tags to whoever may read them (S3 API, GetObject, x-amz-tagging-count);
#: the emulator tells everybody. The tags themselves are read by version.
NOT_ENFORCED: Final = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "s3:ListBucket", "s3:GetObjectTagging"}


class RefusedError(Exception):
    """A use did not come to its right end."""


@dataclass
class Role:
    """A role with a deployed function's policy, which a test may change, and its session."""

    cloud: Cloud
    stack: Stack
    name: str
    policy: dict[str, Any]
    credentials: Mapping[str, str]

    def allow(self, policy: Mapping[str, Any]) -> None:
        iam = self.cloud.client("iam")
        iam.put_role_policy(RoleName=self.name, PolicyName="own", PolicyDocument=json.dumps(policy))

    def client(self, service: str) -> Any:
        return self.cloud.client(
            service,
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.credentials["AWS_SESSION_TOKEN"],
        )


def without(policy: Mapping[str, Any], sid: str, action: str) -> dict[str, Any]:
    """Return the policy with one action of one statement taken away."""
    changed = copy.deepcopy(dict(policy))
    for statement in changed["Statement"]:
        if statement["Sid"] == sid:
            statement["Action"] = [other for other in listed(statement["Action"]) if other != action]
    changed["Statement"] = [statement for statement in changed["Statement"] if statement["Action"]]
    return changed


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def role_like(cloud: Cloud, stack: Stack, logical_id: str) -> Role:
    """Make a role with the policy of a deployed one, and take a session of it."""
    iam, sts = cloud.client("iam"), cloud.client("sts")
    deployed = stack.resources[logical_id]
    assert not iam.list_attached_role_policies(RoleName=deployed)["AttachedPolicies"]
    (name,) = iam.list_role_policies(RoleName=deployed)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=deployed, PolicyName=name)["PolicyDocument"]
    account = sts.get_caller_identity()["Account"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    own = f"like-{logical_id}"
    arn = iam.create_role(RoleName=own, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    session = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    credentials = {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }
    return Role(cloud, stack, own, policy, credentials)


@pytest.fixture(scope="module")
def stack(cloud: Cloud) -> Stack:
    """Send no events: here the test itself calls the handlers. And have a bucket that nobody was given."""
    stack = cloud.deploy("least", EventBusName="default", InvalidateReplaced="yes", Tracing="Active")
    s3 = cloud.client("s3")
    s3.put_bucket_notification_configuration(Bucket=stack.staging, NotificationConfiguration={})
    s3.create_bucket(Bucket="elsewhere")
    return stack


def acting(role: Role, function: str) -> Iterator[Role]:
    """Give this process the role and the deployed function's variables; take both back in the end."""
    kept = dict(os.environ)
    os.environ.update(role.stack.variables(function), **role.credentials)
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
    services._client.cache_clear()  # made, as boto3's session, with the credentials of the role before
    boto3.setup_default_session()
    role.allow(role.policy)
    yield role
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture(scope="module")
def publisher_role(cloud: Cloud, stack: Stack) -> Iterator[Role]:
    yield from acting(role_like(cloud, stack, "PublishPhotoRole"), "PublishPhotoFunction")


@pytest.fixture(scope="module")
def auditor_role(cloud: Cloud, stack: Stack) -> Iterator[Role]:
    yield from acting(role_like(cloud, stack, "AuditCorsRole"), "AuditCorsFunction")


class Uses:
    """What the publish function is used for; each raises RefusedError if it does not come to its right end."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._handle = Function("publish_photo")
        self._s3 = role.cloud.client("s3")
        self._staging, self._public = role.stack.staging, role.stack.public

    def a_new_photo(self) -> None:
        self._put("new.jpg")
        self._s3.delete_object(Bucket=self._public, Key="new.jpg")
        self._expect("new.jpg", "published")

    def a_photo_with_tags(self) -> None:
        self._put("tagged.jpg", Tagging="target-timezone=Europe/Stockholm")
        self._expect("tagged.jpg", "published")

    def a_duplicate(self) -> None:
        self._put("again.jpg")
        self._as_administrator("again.jpg")
        self._expect("again.jpg", "duplicate")

    def a_replaced_photo(self) -> None:
        """The old copy is dropped from the CDN; if that is refused, someone is told."""
        self._put("replaced.jpg", seed=1)
        self._as_administrator("replaced.jpg")
        self._put("replaced.jpg", seed=2)
        self._drain()
        self._expect("replaced.jpg", "published")
        if messages := self._drain():
            raise RefusedError(messages)

    def a_photo_that_is_gone(self) -> None:
        self._expect("gone.jpg", "gone")

    def a_large_photo_refused_at_its_end(self) -> None:
        """Its trailer has absolute offsets, so the upload in parts is given up, and nothing is left behind."""
        body = jpegs.photo(size=18_000_000) + b"AXS!" + (1000).to_bytes(4, "big") + bytes(4)
        self._s3.put_object(
            Bucket=self._staging, Key="large.jpg", Body=body, Metadata={"target-timezone": "Asia/Tokyo"}
        )
        self._expect("large.jpg", "rejected")
        left = self._s3.list_multipart_uploads(Bucket=self._public).get("Uploads", [])
        for upload in left:
            self._s3.abort_multipart_upload(Bucket=self._public, Key=upload["Key"], UploadId=upload["UploadId"])
        if left:
            raise RefusedError(f"parts are left of {left[0]['Key']}")

    def a_copy_that_was_stored_wrong(self) -> None:
        etag = self._s3.put_object(Bucket=self._public, Key="wrong.jpg", Body=b"torn")["ETag"].strip('"')
        access = connect(BucketAccess(bucket=self._public))
        ObjectStore(access.client, access.bucket, access.profile).delete("wrong.jpg", Matches(etag))

    def a_rejected_photo(self) -> None:
        self._drain()
        self._s3.put_object(Bucket=self._staging, Key="page.jpg", Body=b"<html>")
        self._expect("page.jpg", "rejected")
        if not self._drain():
            raise RefusedError("nobody was told")

    def a_line_in_the_log(self) -> None:
        write_log_line(self._role, "PublishPhotoLogGroup")

    def _put(self, key: str, seed: int = 0, **more: Any) -> None:
        body = jpegs.photo(seed=seed)
        self._s3.put_object(Bucket=self._staging, Key=key, Body=body, Metadata=CORRECTION, **more)

    def _as_administrator(self, key: str) -> None:
        """Publish through the deployed function, whose own role is untouched."""
        event = json.dumps(notification(self._staging, key))
        function = self._role.stack.outputs["PublishFunction"]
        answer = self._role.cloud.client("lambda").invoke(FunctionName=function, Payload=event)
        assert "FunctionError" not in answer, answer["Payload"].read()

    def _expect(self, key: str, outcome: str) -> None:
        answer = self._handle(notification(self._staging, key))
        found = answer["outcomes"][0]
        if found["outcome"] != outcome:
            raise RefusedError(found)

    def _drain(self) -> list[str]:
        sqs, queue = self._role.cloud.client("sqs"), self._role.stack.resources["FailureQueue"]
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found


def write_log_line(role: Role, group: str) -> None:
    """Write a line as Lambda does in the function's name."""
    logs, name, stream = role.client("logs"), role.stack.resources[group], os.urandom(4).hex()
    logs.create_log_stream(logGroupName=name, logStreamName=stream)
    line = {"timestamp": 1_700_000_000_000, "message": "x"}
    logs.put_log_events(logGroupName=name, logStreamName=stream, logEvents=[line])


#: Statement and action -> the use that needs it.
PUBLISHING: Final = {
    ("ReadOriginals", "s3:GetObject"): "a_new_photo",
    ("ReadOriginals", "s3:GetObjectVersionTagging"): "a_photo_with_tags",
    ("WriteCopies", "s3:GetObject"): "a_duplicate",
    ("WriteCopies", "s3:PutObject"): "a_new_photo",
    ("WriteCopies", "s3:AbortMultipartUpload"): "a_large_photo_refused_at_its_end",
    ("WriteCopies", "s3:DeleteObject"): "a_copy_that_was_stored_wrong",
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


class Audits:
    """What the audit function is used for."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._handle = Function("audit_cors")

    def drifted_rules(self) -> None:
        """They are repaired, and somebody is told."""
        rules = [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://old.example"]}]
        self._role.cloud.client("s3").put_bucket_cors(
            Bucket=self._role.stack.public, CORSConfiguration={"CORSRules": rules}
        )
        answer = self._handle({})
        if (status := answer["buckets"][0]["status"]) != "repaired":
            raise RefusedError(status)

    def a_failed_invocation(self) -> None:
        """Lambda hands its record to the failure queue, in the function's name."""
        queue = self._role.stack.resources["FailureQueue"]
        self._role.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")

    def a_line_in_the_log(self) -> None:
        write_log_line(self._role, "AuditCorsLogGroup")


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
