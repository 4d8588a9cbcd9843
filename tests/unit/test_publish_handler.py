"""The function `publish_photo`: every photo of an event is handled, logged and counted."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from galleria_storage.delivery.events import notification
from galleria_storage.errors import CorrectionError, GalleriaError, ProviderError
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.wiring import PublishService
from tests.support.functions.function import ROOT, Function

SETTINGS = {
    "STAGING_BUCKET": "staging",
    "S3_PUBLIC_BUCKET": "public",
    "S3_PUBLIC_ENDPOINT": "http://127.0.0.1:9",
    "S3_PUBLIC_ACCESS_KEY": "AKIAPUBLIC",
    "S3_PUBLIC_SECRET_KEY": "most-secret",
}


class Studio:
    """A publisher that returns an outcome or raises an error for each key, as a test chooses."""

    def __init__(self, fates: Mapping[str, Outcome | Exception]) -> None:
        self.fates, self.asked = fates, list[str]()

    def publish(self, key: str, _tell: object = None) -> Outcome:
        self.asked.append(key)
        fate = self.fates.get(key, Outcome(key=key, status="published", bytes_in=10, bytes_out=12, sha256="ab"))
        if isinstance(fate, Exception):
            raise fate
        return fate


class Staffed(PublishService):
    """The service with a studio in the publisher's place."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.publish = studio.publish  # type: ignore[method-assign] # what it does otherwise is tested elsewhere


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Function:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for name in ("FAILURE_QUEUE_URL", "EVENT_BUS_NAME", "_X_AMZN_TRACE_ID", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)
    return Function("publish_photo")


def test_the_init_phase_survives_a_provider_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SETTINGS, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9", "AWS_REGION": "eu-north-1"}.items():
        monkeypatch.setenv(name, value)
    function = Function("publish_photo")
    with pytest.raises(ProviderError, match="could not be reached"):  # the photo is failed, and its event comes again
        function(event("a.jpg"))


def staff(function: Function, **fates: Outcome | Exception) -> Studio:
    """Put a studio in the publisher's place; `fates` has keys without suffixes."""
    studio = Studio({f"{name}.jpg": fate for name, fate in fates.items()})
    function.module.service = Staffed(studio)  # type: ignore[attr-defined] # the seam for tests
    return studio


def event(*keys: str, bucket: str = "staging") -> dict[str, Any]:
    return {"Records": [record for key in keys for record in notification(bucket, key)["Records"]]}


def queued(*bodies: object) -> dict[str, Any]:
    messages = [{"messageId": f"m{n}", "eventSource": "aws:sqs", "body": json.dumps(b)} for n, b in enumerate(bodies)]
    return {"Records": messages}


def test_a_photo_is_published_logged_and_counted(function: Function) -> None:
    staff(function)
    answer = function(event("a.jpg"))
    assert [(o["key"], o["outcome"]) for o in answer["outcomes"]] == [("a.jpg", "published")]
    [line] = function.logged()
    assert (line["level"], line["key"], line["outcome"]) == ("INFO", "a.jpg", "published")
    assert line["message"] == "published  a.jpg"
    assert line["function_request_id"] == "request of publish_photo"
    assert function.counted("Published") == [1]
    assert function.counted("BytesIn") == [10]
    assert function.counted("BytesOut") == [12]
    assert len(function.counted("Milliseconds")) == 1


def test_the_log_joins_a_photo_to_its_upload(function: Function) -> None:
    staff(function)
    one = event("a.jpg", "b.jpg")
    for number, record in enumerate(one["Records"]):
        record["responseElements"] = {"x-amz-request-id": f"UPLOAD{number}"}
    function(one)
    assert [line["correlation_id"] for line in function.logged()] == ["UPLOAD0", "UPLOAD1"]


def test_metrics_are_those_that_the_dashboard_reads(function: Function) -> None:
    staff(function)
    function(event("a.jpg"))
    [line] = [line for line in function.printed if "_aws" in line]
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Galleria", [["service"]])
    assert line["service"] == "publish_photo"
    units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
    assert units == {"Published": "Count", "BytesIn": "Bytes", "BytesOut": "Bytes", "Milliseconds": "Milliseconds"}


def test_a_rejected_photo_is_a_warning_with_its_reason_and_no_failure(function: Function) -> None:
    staff(function, a=CorrectionError("corrected-timestamp is 'yesterday'"))
    answer = function(event("a.jpg"))
    assert answer["outcomes"][0]["reason"] == "corrected-timestamp is 'yesterday'"
    [line] = function.logged()
    assert (line["level"], line["reason"]) == ("WARNING", "corrected-timestamp is 'yesterday'")
    assert function.counted("Rejected") == [1]


def test_a_failed_photo_does_not_keep_the_others_back_and_is_raised_after_them(function: Function) -> None:
    studio = staff(function, b=ProviderError("the provider asks to slow down"))
    with pytest.raises(GalleriaError, match=r"1 of 3 photos failed: b\.jpg: the provider asks to slow down"):
        function(event("a.jpg", "b.jpg", "c.jpg"))
    assert studio.asked == ["a.jpg", "b.jpg", "c.jpg"]
    assert function.counted("Published") == [1, 1]
    assert function.counted("Failed") == [1]
    assert [line["level"] for line in function.logged()] == ["INFO", "ERROR", "INFO"]


def test_a_defect_met_by_one_photo_does_not_keep_the_others_back_and_is_raised_after_them(function: Function) -> None:
    studio = staff(function, a=ZeroDivisionError("division by zero"))
    with pytest.raises(GalleriaError, match=r"a\.jpg: ZeroDivisionError: division by zero"):
        function(event("a.jpg", "b.jpg"))
    assert studio.asked == ["a.jpg", "b.jpg"]
    assert "ZeroDivisionError" in function.logged()[0]["exception"]


def test_a_photo_that_is_gone_is_logged_and_no_error(function: Function) -> None:
    staff(function, a=Outcome(key="a.jpg", status="gone", reason="the staging object no longer exists"))
    function(event("a.jpg"))
    assert [(line["level"], line["outcome"]) for line in function.logged()] == [("INFO", "gone")]


def test_what_is_not_a_photo_is_counted_and_told_to_nobody(function: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILURE_QUEUE_URL", "http://127.0.0.1:9/queue")  # asking it fails
    staff(function, a=Outcome(key="a.jpg", status="ignored", reason="its name is not that of a photo"))
    function(event("a.jpg"))
    assert [(line["level"], line["outcome"]) for line in function.logged()] == [("INFO", "ignored")]
    assert function.counted("Ignored") == [1]


def test_an_event_of_another_bucket_is_rejected(function: Function) -> None:
    studio = staff(function)
    [outcome] = function(event("a.jpg", bucket="holiday"))["outcomes"]
    assert (outcome["outcome"], studio.asked) == ("rejected", [])


@pytest.mark.parametrize("nothing", [{"Event": "s3:TestEvent", "Service": "Amazon S3"}, {"Records": []}])
def test_an_event_without_a_photo_prints_nothing(function: Function, nothing: dict[str, Any]) -> None:
    staff(function)
    assert function(nothing) == {"outcomes": []}
    assert function.printed == []


def test_an_event_of_an_unknown_kind_fails_so_that_it_lands_in_the_failure_queue(function: Function) -> None:
    staff(function)
    with pytest.raises(GalleriaError, match="no photo could be read from this event"):
        function({"hello": "world"})


def test_only_the_messages_with_a_failed_photo_go_back_to_the_queue(function: Function) -> None:
    staff(function, b=ProviderError("later"), c=CorrectionError("never"))
    answer = function(queued(event("a.jpg"), event("a.jpg", "b.jpg"), event("c.jpg")))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


@pytest.fixture
def put_off(function: Function, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Collect the ids of the messages that the handler puts off; None for all messages of an event."""
    asked = list[object]()
    monkeypatch.setenv("PUBLISH_QUEUE_URL", "http://127.0.0.1:9/queue")
    monkeypatch.setattr(function.module, "put_off", lambda _event, url, _told, only: asked.append((url, only)))
    return asked


def test_messages_with_a_failed_photo_are_put_off(function: Function, put_off: list[object]) -> None:
    staff(function, b=ProviderError("later"), c=CorrectionError("never"))
    function(queued(event("a.jpg"), event("a.jpg", "b.jpg"), event("c.jpg")))
    assert put_off == [("http://127.0.0.1:9/queue", {"m1"})]


def test_an_invocation_that_fails_puts_all_of_its_messages_off_and_still_fails(
    function: Function, put_off: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAGING_BUCKET")
    with pytest.raises(GalleriaError, match="STAGING_BUCKET"):
        function(queued(event("a.jpg")))
    assert put_off == [("http://127.0.0.1:9/queue", None)]


def test_an_event_without_a_failed_photo_puts_nothing_off(function: Function, put_off: list[object]) -> None:
    staff(function, b=CorrectionError("never"))
    function(queued(event("a.jpg"), event("b.jpg")))
    function(event("a.jpg"))
    assert put_off == []


@pytest.mark.parametrize("name", ["batch-operations-1.json", "batch-operations-2.json"])
def test_a_batch_job_is_answered_task_by_task(function: Function, name: str) -> None:
    staff(function)
    asked = json.loads((ROOT / "events" / name).read_text())
    function.module.service.read_settings = lambda: _settings_of(asked)  # type: ignore[attr-defined]
    answer = function(asked)
    assert answer["invocationSchemaVersion"] == asked["invocationSchemaVersion"]
    assert [result["taskId"] for result in answer["results"]] == [task["taskId"] for task in asked["tasks"]]


def _settings_of(asked: dict[str, Any]) -> Any:
    from galleria_storage.publishing.publish_settings import publish_settings  # noqa: PLC0415

    task = asked["tasks"][0]
    bucket = task.get("s3Bucket") or task["s3BucketArn"].rpartition(":")[2]
    return publish_settings({**SETTINGS, "STAGING_BUCKET": bucket})


def test_a_missing_setting_is_named_before_anything_is_done(
    function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAGING_BUCKET")
    with pytest.raises(GalleriaError, match="STAGING_BUCKET is not set"):
        function(event("a.jpg"))


def test_no_secret_is_printed_whatever_happens(function: Function) -> None:
    staff(function, b=ProviderError("later"), c=ZeroDivisionError(), d=CorrectionError("never"))
    with pytest.raises(GalleriaError):
        function(event("a.jpg", "b.jpg", "c.jpg", "d.jpg"))
    text = json.dumps(function.printed)
    assert "most-secret" not in text
    assert "AKIAPUBLIC" not in text


@pytest.mark.parametrize("heavy", ["aws_xray_sdk", "piexif", "PIL", "galleria_cli"])
def test_a_cold_start_does_not_import(heavy: str) -> None:
    code = f"import sys; sys.path.insert(0, '.'); import app; sys.exit({heavy!r} in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "functions/publish_photo", check=False)
    assert run.returncode == 0


def test_garbage_is_collected_again_once_the_function_is_loaded() -> None:
    code = (
        "import sys, gc; sys.path.insert(0, '.'); import app; sys.exit(not (gc.isenabled() and gc.get_freeze_count()))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "functions/publish_photo", check=False)
    assert run.returncode == 0
