"""What an event asks for: one task per staging object, whatever wrapping the event came in.

Five forms are understood, and any of the first two inside an SQS message or
an SNS notification:

* S3 notification (`Records[].s3`), from AWS, Ceph, MinIO or an emulator;
* EventBridge (`source: aws.s3`);
* SQS (`Records[].eventSource: aws:sqs`), answered with the messages to keep;
* SNS (`Records[].EventSource: aws:sns`);
* S3 Batch Operations (`invocationSchemaVersion`), answered task by task.

Sources: S3 User Guide, "Event message structure" and "Invoke Lambda function"
under Batch Operations; Lambda Developer Guide, "Using Lambda with SQS".
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import quote_plus, unquote_plus

Form = Literal["event", "queue", "batch"]

_WANTED: Final = ("ObjectCreated:", "ObjectTagging:")
_WANTED_DETAIL: Final = ("Object Created", "Object Tags Added", "Object Tags Deleted")


@dataclass(frozen=True, slots=True)
class Task:
    """One staging object to look at.

    Attributes
    ----------
    bucket, key
        The object, its key decoded as that kind of event asks for.
    other_key
        The key read the other way, where that differs: servers disagree on
        whether an event's key is URL-encoded, so where nothing stands under
        `key`, look here. Empty: there is no other way.
    correlation_id
        Joins the log lines of one photo: the request id of the upload where
        the event has it, else the id of the event or message.
    reference
        What the caller knows the task by: SQS message id or Batch task id.
    problem
        Why no object could be read from this part of the event; else empty.
    """

    bucket: str
    key: str
    other_key: str = ""
    correlation_id: str = ""
    reference: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event taken apart.

    Attributes
    ----------
    form
        Who waits for the answer: nobody (`event`), SQS (`queue`) or S3 Batch Operations (`batch`).
    tasks
        In the order of the event. Test events and events of other kinds give none.
    invocation_id, schema_version
        To be repeated in the answer to S3 Batch Operations.
    """

    form: Form
    tasks: tuple[Task, ...]
    invocation_id: str = ""
    schema_version: str = ""


def unpack(event: Any) -> Delivery:
    """Take an event apart; never raises.

    A part that cannot be read becomes a task with a `problem`, so that the
    rest of the event is done and the bad part is still seen by somebody.

    Parameters
    ----------
    event
        The event as Lambda hands it to the handler.
    """
    if isinstance(event, Mapping) and "invocationSchemaVersion" in event:
        return _batch(event)
    records = _get(event, "Records")
    if isinstance(records, list) and records and _get(records[0], "eventSource") == "aws:sqs":
        return Delivery("queue", tuple(task for record in records for task in _message(record)))
    return Delivery("event", tuple(_tasks(event)))


def notification(bucket: str, key: str) -> dict[str, Any]:
    """Return the smallest S3 notification that names this object; `unpack` reads it back."""
    s3 = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}


def _tasks(event: Any) -> Iterator[Task]:
    """Yield the tasks of an S3, SNS or EventBridge event."""
    if not isinstance(event, Mapping):
        yield _unreadable("it is no JSON object")
    elif event.get("Event") == "s3:TestEvent":
        return  # S3 sends it once, when the notification is configured
    elif isinstance(records := event.get("Records"), list):
        for record in records:
            yield from _record(record)
    elif event.get("source") == "aws.s3":
        yield from _event_bridge(event)
    elif event.get("Type") == "Notification" and "Message" in event:
        yield from _tasks(_parse(event["Message"]))
    else:
        yield _unreadable("it has neither Records nor an S3 source")


def _record(record: Any) -> Iterator[Task]:
    """Yield the task of one S3 record, or those inside one SNS record."""
    if _get(record, "EventSource") == "aws:sns":
        yield from _tasks(_parse(_get(record, "Sns", "Message")))
        return
    name = str(_get(record, "eventName") or "").removeprefix("s3:")  # MinIO writes the prefix, AWS does not
    if name and not name.startswith(_WANTED):
        return
    request = str(_get(record, "responseElements", "x-amz-request-id") or "")
    # Ceph RGW puts the key in as it is (doc/radosgw/notifications); all others encode it as a form field.
    encoded = not str(_get(record, "eventSource") or "").startswith("ceph:")
    yield _task(_get(record, "s3", "bucket", "name"), _get(record, "s3", "object", "key"), request, encoded=encoded)


def _event_bridge(event: Mapping[str, Any]) -> Iterator[Task]:
    """Yield the task of an EventBridge event; its key is not encoded."""
    if event.get("detail-type") in _WANTED_DETAIL:
        correlation_id = str(_get(event, "detail", "request-id") or event.get("id") or "")
        bucket, key = _get(event, "detail", "bucket", "name"), _get(event, "detail", "object", "key")
        yield _task(bucket, key, correlation_id, encoded=False)


def _message(record: Any) -> Iterator[Task]:
    """Yield the tasks inside one SQS message, each with the message's id."""
    message_id = str(_get(record, "messageId") or "")
    for task in _tasks(_parse(_get(record, "body"))):
        yield replace(task, reference=message_id, correlation_id=task.correlation_id or message_id)


def _batch(event: Mapping[str, Any]) -> Delivery:
    """Take a Batch Operations event apart: schema 1.0 names the bucket by ARN, 2.0 by name."""
    invocation = str(event.get("invocationId", ""))
    items = event.get("tasks")
    tasks = []
    for item in items if isinstance(items, list) else ():
        bucket = _get(item, "s3Bucket") or str(_get(item, "s3BucketArn") or "").rpartition(":")[2]
        task = _task(bucket, _get(item, "s3Key"), invocation, encoded=True)
        tasks.append(replace(task, reference=str(_get(item, "taskId") or "")))
    return Delivery("batch", tuple(tasks), invocation, str(event["invocationSchemaVersion"]))


def _task(bucket: Any, key: Any, correlation_id: str, *, encoded: bool) -> Task:
    if not (isinstance(bucket, str) and bucket and isinstance(key, str) and key):
        return replace(_unreadable("it names no bucket and key"), correlation_id=correlation_id)
    decoded = unquote_plus(key)  # what is not UTF-8 becomes U+FFFD, and then `other_key` is the one that exists
    first, second = (decoded, key) if encoded else (key, decoded)
    return Task(bucket, first, second if second != first else "", correlation_id)


def _unreadable(why: str) -> Task:
    return Task("", "", problem=f"this is no event that names a photo: {why}")


def _parse(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def _get(value: Any, *path: str) -> Any:
    """Walk nested mappings; None where the path ends early."""
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
