"""Whatever wrapping an event comes in, the same objects are found in it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.delivery.events import Delivery, notification, unpack

KEYS = [
    "photo.jpg",
    "a b.jpg",
    "a+b.jpg",
    "100%.jpg",
    "%2B.jpg",
    "sommar/å ä ö.jpg",
    "🌅/x.jpg",
    "a//b.jpg",
    "/lead",
    "a&b=c",
]


def s3_event(
    *keys: str, name: str = "ObjectCreated:Put", source: str = "aws:s3", request: str = "REQ1"
) -> dict[str, Any]:
    def record(key: str) -> dict[str, Any]:
        return {
            "eventVersion": "2.3",
            "eventSource": source,
            "eventName": name,
            "responseElements": {"x-amz-request-id": request},
            "s3": {"bucket": {"name": "staging", "arn": "arn:aws:s3:::staging"}, "object": {"key": key, "size": 1}},
        }

    return {"Records": [record(key) for key in keys]}


def event_bridge(key: str, detail_type: str = "Object Created") -> dict[str, Any]:
    detail = {"bucket": {"name": "staging"}, "object": {"key": key}, "request-id": "REQ2"}
    return {"version": "0", "id": "EB1", "detail-type": detail_type, "source": "aws.s3", "detail": detail}


def queue_event(*bodies: object) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m{n}",
                "eventSource": "aws:sqs",
                "body": body if isinstance(body, str) else json.dumps(body),
            }
            for n, body in enumerate(bodies)
        ]
    }


def batch_event(*keys: str, version: str = "1.0") -> dict[str, Any]:
    bucket = {"s3BucketArn": "arn:aws:s3:::staging"} if version == "1.0" else {"s3Bucket": "staging"}
    tasks = [{"taskId": f"t{n}", "s3Key": key, "s3VersionId": None, **bucket} for n, key in enumerate(keys)]
    return {"invocationSchemaVersion": version, "invocationId": "INV", "job": {"id": "J"}, "tasks": tasks}


def found(event: Any) -> list[tuple[str, str]]:
    return [(task.bucket, task.key) for task in unpack(event).tasks]


def changes(event: Any) -> list[str]:
    return [task.change for task in unpack(event).tasks]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "encode", [quote_plus, quote, lambda key: quote(key, safe="")], ids=["plus", "%20", "%20 and %2F"]
)
def test_a_key_is_decoded_however_the_server_encodes_it(key: str, encode: Any) -> None:
    assert found(s3_event(encode(key))) == [("staging", key)]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_from_ceph_is_taken_as_it_is(key: str) -> None:
    assert found(s3_event(key, source="ceph:s3")) == [("staging", key)]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_from_eventbridge_is_taken_as_it_is(key: str) -> None:
    assert found(event_bridge(key)) == [("staging", key)]


@pytest.mark.parametrize("key", ["a b.jpg", "a+b.jpg", "100%25.jpg"])
def test_a_server_that_encodes_otherwise_than_expected_is_still_understood(key: str) -> None:
    [unencoded] = unpack(s3_event(key)).tasks
    [encoded] = unpack(event_bridge(quote_plus(key))).tasks
    assert key in (unencoded.key, unencoded.other_key)
    assert key in (encoded.key, encoded.other_key)


def test_a_plain_key_has_no_other_reading() -> None:
    assert [task.other_key for task in unpack(s3_event("photo.jpg")).tasks] == [""]


@given(st.text(min_size=1).filter(lambda key: key.isprintable()))
def test_a_notification_made_here_is_read_back(key: str) -> None:
    assert found(notification("staging", key)) == [("staging", key)]


def test_all_records_are_found_in_order() -> None:
    assert [key for _, key in found(s3_event("a", "b", "c"))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "name",
    [
        "ObjectCreated:Put",
        "ObjectCreated:CompleteMultipartUpload",
        "ObjectTagging:Put",
        "ObjectTagging:Delete",
        "s3:ObjectCreated:Copy",
        "ObjectRestore:Completed",
    ],
)
def test_a_new_object_a_changed_tag_and_one_back_from_the_archive_are_wanted(name: str) -> None:
    assert changes(s3_event("a", name=name)) == ["written"]


@pytest.mark.parametrize(
    "name", ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "s3:ObjectRemoved:Delete"]
)
def test_an_original_that_somebody_removed_is_told_from_others(name: str) -> None:
    assert changes(s3_event("a", name=name)) == ["removed"]


@pytest.mark.parametrize(
    "name",
    [
        "LifecycleExpiration:Delete",
        "s3:LifecycleExpiration:DeleteMarkerCreated",
        "s3:ObjectLifecycle:Expiration:Current",
    ],
)
def test_an_original_that_a_lifecycle_rule_removed_is_told_from_one_that_somebody_removed(name: str) -> None:
    assert changes(s3_event("a", name=name)) == ["expired"]


@pytest.mark.parametrize(
    "source", [{"userAgent": "Internal: [ILM-Expiry]", "host": "node1"}, {"host": "Internal: [ILM-EXPIRY]"}]
)
def test_a_removal_by_a_lifecycle_rule_of_minio_is_an_expiry(source: dict[str, str]) -> None:
    event = s3_event("a", name="s3:ObjectRemoved:Delete", source="minio:s3")
    event["Records"][0]["source"] = source
    assert changes(event) == ["expired"]


@pytest.mark.parametrize(("reason", "change"), [("DeleteObject", "removed"), ("Lifecycle Expiration", "expired")])
@pytest.mark.parametrize("kind", ["Permanently Deleted", "Delete Marker Created"])
def test_eventbridge_says_why_an_object_was_deleted(reason: str, change: str, kind: str) -> None:
    event = event_bridge("a+b", "Object Deleted")
    event["detail"] |= {"reason": reason, "deletion-type": kind}
    assert found(event) == [("staging", "a+b")]
    assert changes(event) == [change]


def cloud_trail(name: str, **more: object) -> dict[str, Any]:
    request = {"bucketName": "staging", "key": "a+b.jpg"}
    record = {"eventSource": "s3.amazonaws.com", "eventName": name, "requestParameters": request, "requestID": "CT1"}
    return {**record, **more}


def through_event_bridge(record: dict[str, Any]) -> dict[str, Any]:
    return {"id": "EB1", "source": "aws.s3", "detail-type": "AWS API Call via CloudTrail", "detail": record}


@pytest.mark.parametrize("wrap", [through_event_bridge, lambda record: {"Records": [record]}], ids=["bus", "log file"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PutObject", ["written"]),
        ("CompleteMultipartUpload", ["written"]),
        ("CopyObject", ["written"]),
        ("PutObjectTagging", ["written"]),
        ("DeleteObject", ["removed"]),
        ("GetObject", []),
        ("UploadPart", []),
    ],
)
def test_a_data_event_of_cloudtrail_is_understood(wrap: Any, name: str, expected: list[str]) -> None:
    event = wrap(cloud_trail(name))
    assert changes(event) == expected
    assert {(task.key, task.correlation_id) for task in unpack(event).tasks} <= {("a+b.jpg", "CT1")}


def test_a_call_that_failed_changed_nothing() -> None:
    assert changes(through_event_bridge(cloud_trail("PutObject", errorCode="AccessDenied"))) == []


def test_a_cloudtrail_event_that_names_no_keys_is_refused_with_the_remedy() -> None:
    [task] = unpack(through_event_bridge(cloud_trail("DeleteObjects"))).tasks
    assert "let S3 notify the function itself" in task.problem


def test_a_pipe_from_a_queue_is_answered_as_the_queue_would_be() -> None:
    delivery = unpack(queue_event(s3_event("a"), event_bridge("b"))["Records"])
    assert delivery.form == "queue"
    assert [(task.reference, task.key) for task in delivery.tasks] == [("m0", "a"), ("m1", "b")]


def test_a_pipe_may_send_the_events_themselves_or_their_texts() -> None:
    delivery = unpack([s3_event("a"), event_bridge("b"), json.dumps(s3_event("c"))])
    assert delivery.form == "event"
    assert [task.key for task in delivery.tasks] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["ObjectRestore:Post", "s3:ObjectAcl:Put", "LifecycleTransition", "Replication:x"])
def test_other_events_give_nothing_to_do(name: str) -> None:
    assert found(s3_event("a", name=name)) == []


@pytest.mark.parametrize(
    ("kind", "count"),
    [("Object Created", 1), ("Object Tags Added", 1), ("Object Tags Deleted", 1), ("Object ACL Updated", 0)],
)
def test_eventbridge_tells_new_and_tagged_objects_from_others(kind: str, count: int) -> None:
    assert len(found(event_bridge("a", kind))) == count


TEST_EVENT = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-01-01T00:00:00Z", "Bucket": "staging"}


@pytest.mark.parametrize(
    "event", [TEST_EVENT, queue_event(TEST_EVENT), {"Records": []}], ids=["plain", "in a queue", "empty"]
)
def test_a_test_event_gives_nothing_to_do(event: dict[str, Any]) -> None:
    assert found(event) == []


def test_a_message_carries_its_id_to_each_of_its_photos() -> None:
    delivery = unpack(queue_event(s3_event("a", "b"), event_bridge("c")))
    assert delivery.form == "queue"
    assert [(task.reference, task.key) for task in delivery.tasks] == [("m0", "a"), ("m0", "b"), ("m1", "c")]


def test_a_topic_in_front_of_the_queue_or_of_the_function_changes_nothing() -> None:
    message = json.dumps(s3_event("a+b"))
    assert found(queue_event({"Type": "Notification", "Message": message})) == [("staging", "a b")]
    assert found({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message}}]}) == [("staging", "a b")]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_batch_job_names_its_tasks(version: str) -> None:
    delivery = unpack(batch_event("a%20b", "c", version=version))
    assert (delivery.form, delivery.schema_version, delivery.invocation_id) == ("batch", version, "INV")
    assert [(task.reference, task.bucket, task.key) for task in delivery.tasks] == [
        ("t0", "staging", "a b"),
        ("t1", "staging", "c"),
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (s3_event("a"), "REQ1"),
        (event_bridge("a"), "REQ2"),
        ({**event_bridge("a"), "detail": {"bucket": {"name": "staging"}, "object": {"key": "a"}}}, "EB1"),
        (queue_event(s3_event("a")), "REQ1"),
        (queue_event(s3_event("a", request="")), "m0"),
        (batch_event("a"), "INV"),
    ],
    ids=["upload", "eventbridge", "eventbridge without upload", "message", "message without upload", "batch"],
)
def test_a_photo_can_be_followed_through_the_logs(event: dict[str, Any], expected: str) -> None:
    assert [task.correlation_id for task in unpack(event).tasks] == [expected]


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        "text",
        [],
        {"key": "a.jpg"},
        {"Records": [None]},
        {"Records": [{"s3": {"bucket": {}}}]},
        {"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": 7}}}]},
        queue_event("not JSON"),
        queue_event([1]),
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": None}}]},
        {"invocationSchemaVersion": "1.0", "tasks": [{}]},
        {"source": "aws.s3", "detail-type": "Object Created"},
    ],
)
def test_what_cannot_be_read_is_named_and_not_lost(event: Any) -> None:
    [task] = unpack(event).tasks
    assert task.problem.startswith("no photo could be read from this event")


def test_a_part_that_cannot_be_read_does_not_hide_the_rest() -> None:
    tasks = unpack(queue_event("not JSON", s3_event("a"))).tasks
    assert [(task.reference, bool(task.problem)) for task in tasks] == [("m0", True), ("m1", False)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Records", "s3", "bucket", "object", "key", "name", "body", "eventSource", "tasks", "Message", "Type"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_event_whatever_makes_unpacking_fail(event: Any) -> None:
    for task in unpack(event).tasks:
        assert task.problem or (task.bucket and task.key)


@given(json_values)
def test_no_batch_task_whatever_makes_unpacking_fail(tasks: Any) -> None:
    assert unpack({"invocationSchemaVersion": "2.0", "tasks": tasks}).form == "batch"


EVENT_FILES = sorted((Path(__file__).parents[3] / "events").glob("*.json"))
WITHOUT_A_PHOTO = {"env.json", "s3-test.json", "schedule.json"}


@pytest.mark.parametrize(
    "path", [path for path in EVENT_FILES if path.name not in WITHOUT_A_PHOTO], ids=lambda p: p.name
)
def test_every_event_file_to_try_names_photos(path: Path) -> None:
    tasks = unpack(json.loads(path.read_text())).tasks
    assert tasks
    assert [task.problem for task in tasks if task.problem] == []


def test_a_request_of_cloudformation_names_no_photos_and_is_answered_apart() -> None:
    request = {"RequestType": "Create", "ResponseURL": "https://example.org/answer", "StackId": "one"}
    assert unpack(request) == Delivery("deployment", ())


def test_an_address_alone_makes_no_request_of_cloudformation() -> None:
    assert unpack({"ResponseURL": "https://example.org/answer"}).form == "event"
