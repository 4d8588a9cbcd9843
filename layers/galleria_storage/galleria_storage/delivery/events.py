"""What an event asks for: one task per staging object, however the event is wrapped.

A notice (`notices`) may come by itself, inside SQS messages or inside an SNS notification,
also as raw messages. The forms:

* S3 notification (`Records[].s3`), from AWS, Ceph, MinIO or an emulator;
* EventBridge (`source: aws.s3`), CloudTrail's data events included;
* SQS (`Records[].eventSource: aws:sqs`), answered with the messages to keep;
* EventBridge Pipes: a list of SQS messages, answered in the same way, or of whatever a pipe makes of them;
* SNS (`Records[].EventSource: aws:sns`);
* S3 Batch Operations (`invocationSchemaVersion`), answered task by task.

Sources: S3 User Guide, "Event message structure" and "Invoke Lambda function"
under Batch Operations; Lambda Developer Guide, "Using Lambda with SQS";
EventBridge User Guide, "Amazon EventBridge Pipes batching and concurrency".
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote_plus

from galleria_storage.aws.custom_resource import is_request
from galleria_storage.delivery.notices import Task, event_bridge, get, s3_record, task, unreadable

Form = Literal["event", "queue", "batch", "deployment"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The tasks of an event.

    Attributes
    ----------
    form
        Who expects an answer: nobody (`event`), SQS (`queue`), S3 Batch Operations (`batch`), or CloudFormation
        (`deployment`), whose event has no photos and is answered by `aws.custom_resource`.
    tasks
        In the order of the event; none for test events and events of other kinds.
    invocation_id, schema_version
        Repeated in the answer to S3 Batch Operations.
    """

    form: Form
    tasks: tuple[Task, ...]
    invocation_id: str = ""
    schema_version: str = ""


def unpack(event: Any) -> Delivery:
    """Return the tasks of an event; never raises.

    A part that cannot be read becomes a task with a `problem`, so that the
    rest of the event is done and the bad part is still reported.

    Parameters
    ----------
    event
        The event as Lambda passes it to the handler.
    """
    match event:
        case {"invocationSchemaVersion": _}:
            return _batch(event)
        case {"Records": [{"eventSource": "aws:sqs"}, *_] as messages} | ([{"eventSource": "aws:sqs"}, *_] as messages):
            return Delivery("queue", tuple(found for message in messages for found in _message(message)))
        case {"ResponseURL": _} if is_request(event):
            return Delivery("deployment", ())
    return Delivery("event", tuple(_tasks(event)))


def notification(bucket: str, key: str) -> dict[str, Any]:
    """Return the smallest S3 notification that names this object; `unpack` reads it back."""
    s3 = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}


def _tasks(event: Any) -> Iterator[Task]:
    """Yield the tasks of an S3, SNS or EventBridge event, or of a list of them."""
    match event:
        case {"Event": "s3:TestEvent"}:
            return  # S3 sends it once, when the notification is configured
        case {"Records": list(records)}:
            for record in records:
                yield from _record(record)
        case {"source": "aws.s3"}:
            yield from event_bridge(event)
        case {"Type": "Notification", "Message": message}:
            yield from _tasks(_parse(message))
        case {}:
            yield unreadable("it has neither Records nor an S3 source")
        case []:
            yield unreadable("it is an empty list")
        case list():
            yield from _each(event)
        case _:
            yield unreadable("it is not a JSON object")


def _each(events: Sequence[Any]) -> Iterator[Task]:
    """Yield the tasks of what a pipe sends: whole events, or texts that hold one."""
    for event in events:
        inner = _parse(event) if isinstance(event, str) else event
        yield from [unreadable("it is a list in a list")] if isinstance(inner, list) else _tasks(inner)


def _record(record: Any) -> Iterator[Task]:
    """Yield the task of one S3 record, or those inside one SNS record."""
    match record:
        case {"EventSource": "aws:sns"}:
            yield from _tasks(_parse(get(record, "Sns", "Message")))
        case _:
            yield from s3_record(record)


def _message(record: Any) -> Iterator[Task]:
    """Yield the tasks inside one SQS message, each with the message's id."""
    message_id = str(get(record, "messageId") or "")
    for found in _tasks(_parse(get(record, "body"))):
        yield replace(found, reference=message_id, correlation_id=found.correlation_id or message_id)


def _batch(event: Mapping[str, Any]) -> Delivery:
    """Return the tasks of a Batch Operations event: schema 1.0 names the bucket by ARN, 2.0 by name."""
    invocation = str(event.get("invocationId", ""))
    items = event.get("tasks")
    tasks = []
    for item in items if isinstance(items, list) else ():
        bucket = get(item, "s3Bucket") or str(get(item, "s3BucketArn") or "").rpartition(":")[2]
        found = task(bucket, get(item, "s3Key"), invocation, encoded=True)
        tasks.append(replace(found, reference=str(get(item, "taskId") or "")))
    return Delivery("batch", tuple(tasks), invocation, str(event["invocationSchemaVersion"]))


def _parse(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
