"""What a notice of a change in a bucket says: which object, and what happened to it.

A notice comes from S3 itself (`Records[].s3`), through EventBridge, or as a
data event of CloudTrail. Sources: S3 User Guide, "Event message structure",
"Using EventBridge" (Amazon S3 event detail); CloudTrail User Guide, "Record contents".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import unquote_plus

#: An object was written (or its tags, or it came back from an archive); somebody removed it; a lifecycle rule did.
Change = Literal["written", "removed", "expired"]

_BY_EVENT_NAME: Final[Mapping[str, Change]] = {
    "ObjectCreated:": "written",
    "ObjectTagging:": "written",
    "ObjectRestore:Completed": "written",
    "ObjectRemoved:": "removed",
    "LifecycleExpiration:": "expired",
    "ObjectLifecycle:Expiration:": "expired",  # Ceph RGW
}
_BY_DETAIL_TYPE: Final[Mapping[str, Change]] = {
    "Object Created": "written",
    "Object Tags Added": "written",
    "Object Tags Deleted": "written",
    "Object Restore Completed": "written",
    "Object Deleted": "removed",
}
_EXPIRY: Final = "Lifecycle Expiration"
#: MinIO and its relatives report an expiry as a removal by this agent (or, in old releases, host).
_MINIO_EXPIRY: Final = "[ilm-expiry]"
CLOUD_TRAIL: Final = "AWS API Call via CloudTrail"
_BY_API_CALL: Final[Mapping[str, Change]] = {
    "PutObject": "written",
    "PostObject": "written",
    "CopyObject": "written",
    "CompleteMultipartUpload": "written",
    "PutObjectTagging": "written",
    "DeleteObjectTagging": "written",
    "DeleteObject": "removed",
}


@dataclass(frozen=True, slots=True)
class Task:
    """One staging object to look at.

    Attributes
    ----------
    bucket, key
        The object, with its key decoded as this kind of event requires.
    other_key
        The key read the other way, if that differs: servers disagree on
        whether an event's key is URL-encoded, so if there is no object under
        `key`, look here. Otherwise empty.
    change
        What happened to the object.
    correlation_id
        Joins the log lines of one photo: the request id of the upload where
        the event has it, else the id of the event or message.
    reference
        The caller's name for the task: SQS message id or Batch task id.
    problem
        Why this part of the event names no object; otherwise empty.
    """

    bucket: str
    key: str
    other_key: str = ""
    change: Change = "written"
    correlation_id: str = ""
    reference: str = ""
    problem: str = ""


def task(bucket: Any, key: Any, correlation_id: str, *, encoded: bool, change: Change = "written") -> Task:
    """Return the task for an object, or one with a problem if bucket or key is missing.

    Parameters
    ----------
    bucket, key
        As the event has them.
    correlation_id, change
        As `Task` has them.
    encoded
        Whether that kind of event encodes keys as form fields.
    """
    if not (isinstance(bucket, str) and bucket and isinstance(key, str) and key):
        return replace(unreadable("it names no bucket and key"), correlation_id=correlation_id)
    decoded = unquote_plus(key)  # anything but UTF-8 becomes U+FFFD; then `other_key` is the one that exists
    first, second = (decoded, key) if encoded else (key, decoded)
    return Task(bucket, first, second if second != first else "", change, correlation_id)


def unreadable(why: str) -> Task:
    """Return the task for a part of an event that names no object."""
    return Task("", "", problem=f"no photo could be read from this event: {why}")


def s3_record(record: Any) -> Iterator[Task]:
    """Yield the task of one record of an S3 notification; none for other kinds of changes."""
    if get(record, "eventSource") == "s3.amazonaws.com":
        yield from _api_call(record)
        return
    name = str(get(record, "eventName") or "").removeprefix("s3:")  # MinIO writes the prefix, AWS does not
    change: Change | None = next((change for start, change in _BY_EVENT_NAME.items() if name.startswith(start)), None)
    if name and not change:
        return
    if change == "removed" and _MINIO_EXPIRY in str(get(record, "source")).lower():
        change = "expired"
    request = str(get(record, "responseElements", "x-amz-request-id") or "")
    # Ceph RGW puts the key in as it is (doc/radosgw/notifications); all others encode it as a form field.
    encoded = not str(get(record, "eventSource") or "").startswith("ceph:")
    bucket, key = get(record, "s3", "bucket", "name"), get(record, "s3", "object", "key")
    yield task(bucket, key, request, encoded=encoded, change=change or "written")


def event_bridge(event: Mapping[str, Any]) -> Iterator[Task]:
    """Yield the task of an EventBridge event of S3, or of CloudTrail through EventBridge; keys are not encoded."""
    kind, detail = str(event.get("detail-type")), event.get("detail")
    event_id = str(event.get("id") or "")
    if kind == CLOUD_TRAIL:
        yield from (replace(found, correlation_id=found.correlation_id or event_id) for found in _api_call(detail))
    elif change := _BY_DETAIL_TYPE.get(kind):
        if change == "removed" and get(detail, "reason") == _EXPIRY:
            change = "expired"
        bucket, key = get(detail, "bucket", "name"), get(detail, "object", "key")
        yield task(bucket, key, str(get(detail, "request-id") or event_id), encoded=False, change=change)


def _api_call(record: Any) -> Iterator[Task]:
    """Yield the task of a CloudTrail record; none for calls that failed or changed nothing."""
    name, request = get(record, "eventName"), str(get(record, "requestID") or "")
    if get(record, "errorCode"):
        return
    if name == "DeleteObjects":
        why = "CloudTrail does not say which objects DeleteObjects removed; let S3 notify the function itself"
        yield replace(unreadable(why), correlation_id=request)
    elif change := _BY_API_CALL.get(str(name)):
        bucket, key = get(record, "requestParameters", "bucketName"), get(record, "requestParameters", "key")
        yield task(bucket, key, request, encoded=False, change=change)


def get(value: Any, *path: str) -> Any:
    """Follow a path through nested mappings; None if it ends early."""
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
