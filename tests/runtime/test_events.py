"""The files of `events/` have the shape of what AWS sends: SAM's own events, and the samples of AWS's manuals."""

import hashlib
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import pytest

from tests.support.servers.processes import ROOT, ServerMissingError

EVENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "events").glob("*.json"))}
#: Event file -> arguments of `sam local generate-event` for the same kind of event.
GENERATED = {
    "s3-put": "s3 put",
    "s3-put-many": "s3 put",
    "s3-other-bucket": "s3 put",
    "sqs": "sqs receive-message",
    "sns": "sns notification",
    "batch-operations-1": "s3 batch-invocation",
    "schedule": "cloudwatch scheduled-event",
}
#: Event file -> sample in a manual of AWS, for what SAM does not generate.
SAMPLES: dict[str, Any] = {
    # Amazon S3 User Guide, "EventBridge event message structure"
    "eventbridge": {
        "version": "0", "id": "", "detail-type": "Object Created", "source": "aws.s3", "account": "", "time": "",
        "region": "", "resources": [""],
        "detail": {
            "version": "0", "bucket": {"name": ""},
            "object": {"key": "", "size": 0, "etag": "", "version-id": "", "sequencer": ""},
            "request-id": "", "requester": "", "source-ip-address": "", "reason": "",
        },
    },
    # Amazon S3 User Guide, "Event message structure"
    "s3-test": {"Service": "", "Event": "s3:TestEvent", "Time": "", "Bucket": "", "RequestId": "", "HostId": ""},
    # Amazon S3 User Guide, "Invoking a Lambda function from Amazon S3 Batch Operations"
    "batch-operations-2": {
        "invocationSchemaVersion": "2.0", "invocationId": "", "job": {"id": "", "userArguments": {}},
        "tasks": [{"taskId": "", "s3Key": "", "s3VersionId": None, "s3Bucket": ""}],
    },
}  # fmt: skip
#: Fields that only some events of a kind have.
OPTIONAL = {
    "versionId",  # S3, of a bucket with versions
    "version",  # EventBridge; SAM leaves it out of a schedule's event
    "AWSTraceHeader", "MessageDeduplicationId", "MessageGroupId",  # SQS
}  # fmt: skip
NOT_EVENTS = {"env"}


@cache
def generated(arguments: str) -> Any:
    sam = ROOT / ".venv-sam/bin/sam"
    if not sam.exists():
        pytest.skip(str(ServerMissingError("SAM is not installed (make .venv-sam/.ready)")))
    command = [sam, "local", "generate-event", *arguments.split()]
    env = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    return json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout)


def differences(ours: Any, theirs: Any, place: str = "event") -> list[str]:
    """Return where two documents differ in their fields or in the types of these; attributes of messages are free."""
    if place.endswith(("MessageAttributes", "messageAttributes", "userArguments")):
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        missing = [f"{place} lacks {name}" for name in theirs if name not in ours and name not in OPTIONAL]
        foreign = [f"{place} has {name}" for name in ours if name not in theirs and name not in OPTIONAL]
        common = [name for name in ours if name in theirs]
        inner = [text for name in common for text in differences(ours[name], theirs[name], f"{place}.{name}")]
        return missing + foreign + inner
    if isinstance(ours, list) and isinstance(theirs, list):
        return [text for entry in ours for text in differences(entry, theirs[0], f"{place}[]")]
    if place.endswith("s3VersionId"):  # a text or null
        return []
    return [] if type(ours) is type(theirs) else [f"{place} is {ours!r}, where AWS sends {theirs!r}"]


@pytest.mark.parametrize("name", GENERATED)
def test_an_event_has_the_fields_of_the_one_that_sam_generates(name: str) -> None:
    assert differences(EVENTS[name], generated(GENERATED[name])) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_an_event_has_the_fields_of_the_sample_in_the_manual(name: str) -> None:
    assert differences(EVENTS[name], SAMPLES[name]) == []


def test_an_event_of_tags_or_of_a_removal_is_one_of_s3_without_what_only_a_new_object_has() -> None:
    """Amazon S3 User Guide, "Event message structure": size, and in some events eTag or sequencer, are left out."""
    for name in sorted(set(EVENTS) - set(GENERATED) - set(SAMPLES) - NOT_EVENTS):
        found = [text for text in differences(EVENTS[name], generated("s3 put")) if not text.endswith("lacks size")]
        assert set(found) <= {"event.Records[].s3.object lacks sequencer", "event.Records[].s3.object lacks eTag"}, name


def test_the_body_of_a_queued_message_has_the_md5_that_the_queue_states() -> None:
    for record in EVENTS["sqs"]["Records"]:
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(("name", "field"), [("sqs", "body"), ("sns", "Message")])
def test_what_a_queue_or_a_topic_passes_on_is_an_event_of_s3(name: str, field: str) -> None:
    for record in EVENTS[name]["Records"]:
        assert differences(json.loads(record.get("Sns", record)[field]), generated("s3 put")) == []


def test_keys_are_encoded_as_each_sender_encodes_them() -> None:
    """S3 notifications and batch jobs of schema 2.0 encode keys; EventBridge does not."""
    for record in EVENTS["s3-put-many"]["Records"]:
        key = record["s3"]["object"]["key"]
        assert quote_plus(unquote_plus(key), safe="/") == key
    assert "%" not in EVENTS["eventbridge"]["detail"]["object"]["key"]


def test_every_file_is_compared_with_something() -> None:
    files = {Path(name).stem for name in EVENTS}
    assert set(GENERATED) | set(SAMPLES) | NOT_EVENTS <= files
