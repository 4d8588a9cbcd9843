"""What the deployed functions are used for, one method for each use."""

import json
import os
from typing import Any, Final

from galleria_storage.delivery.events import notification
from galleria_storage.errors import GalleriaError
from galleria_storage.s3.access import BucketAccess
from galleria_storage.s3.clients import connect
from galleria_storage.s3.objects import Matches, ObjectStore
from tests.stack.roles import Role
from tests.support.functions.function import Function
from tests.support.photos import jpegs

CORRECTION: Final = {"timestamp-offset-hours": "-2"}


class RefusedError(Exception):
    """A use did not end as it should."""


class Uses:
    """What the publish function is used for; each raises RefusedError if it does not end as it should."""

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
        """The old copy is dropped from the CDN; if that is refused, it is reported."""
        self._put("replaced.jpg", seed=1)
        self._as_administrator("replaced.jpg")
        self._put("replaced.jpg", seed=2)
        self._drain()
        self._expect("replaced.jpg", "published")
        if messages := self._drain():
            raise RefusedError(messages)

    def a_photo_that_is_gone(self) -> None:
        self._expect("gone.jpg", "gone")

    def a_large_photo_that_breaks_off(self) -> None:
        """Its second part is always refused, so the upload is aborted, and nothing is left over."""
        body = jpegs.photo(size=40_000_000)
        self._s3.put_object(Bucket=self._staging, Key="large.jpg", Body=body, Metadata=CORRECTION)
        wire = self._role.cloud.wire
        wire.fault = lambda exchange: "refuse" if "partNumber=2" in exchange.query else None
        try:
            self._handle(notification(self._staging, "large.jpg"))
        except GalleriaError:
            pass
        else:
            raise RefusedError("the upload did not break off")
        finally:
            wire.fault = lambda _exchange: None
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

    def an_event_of_the_queue(self) -> None:
        """Lambda takes it in the function's name; the function puts it off; Lambda deletes it in the end."""
        queue, sqs = self._role.stack.outputs["PublishQueueUrl"], self._role.client("sqs")
        self._role.cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
        sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
        (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
        receipt = {"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]}
        sqs.change_message_visibility(**receipt, VisibilityTimeout=600)
        sqs.delete_message(**receipt)

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


class Audits:
    """What the audit function is used for."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._handle = Function("audit_cors")

    def drifted_rules(self) -> None:
        """They are repaired, and that is announced."""
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
