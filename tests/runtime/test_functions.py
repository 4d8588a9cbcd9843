"""What the built functions do in Lambda's own runtime: answers, raised errors, timeouts, warm and parallel calls."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError

from galleria_storage.delivery.events import notification
from tests.support.corrections.language import TWO_HOURS_BACK as CORRECTION
from tests.support.functions.services import PUBLIC, STAGING, Services, Start
from tests.support.photos import jpegs
from tests.support.servers.wire import Exchange, proxied

Event = Callable[[str], dict[str, Any]]
#: What Lambda keeps of a function's lines: those of its log level and above; a line without a level counts as INFO
#: (Lambda Developer Guide, "Log-level filtering").
LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
CORRECTED = ("2024:06:15 10:30:45", "+02:00")


def put(services: Services, key: str, *, size: int = 20_000, seed: int = 0, **metadata: str) -> bytes:
    body = jpegs.photo(size=size, seed=seed)
    services.s3.put_object(Bucket=STAGING, Key=key, Body=body, Metadata=metadata or CORRECTION)
    return body


def copy(services: Services, key: str) -> bytes:
    return services.s3.get_object(Bucket=PUBLIC, Key=key)["Body"].read()


def test_a_photo_is_published_and_its_second_event_is_a_duplicate(
    services: Services, start: Start, event: Event
) -> None:
    original = put(services, "wedding/first-dance.jpg")
    with start("PublishPhotoFunction") as environment:
        first, second = (environment.invoke(event("s3-put"))["outcomes"][0] for _ in range(2))
        logged = [line["outcome"] for line in environment.lines() if "outcome" in line]
        counted = [line for line in environment.lines() if "_aws" in line]
    assert (first["outcome"], second["outcome"]) == ("published", "duplicate")
    assert logged == ["published", "duplicate"]
    assert [(line.get("Published"), line.get("Duplicate")) for line in counted] == [([1.0], None), (None, [1.0])]
    assert jpegs.capture(copy(services, "wedding/first-dance.jpg")) == CORRECTED
    assert jpegs.image_data(copy(services, "wedding/first-dance.jpg")) == jpegs.image_data(original)


@pytest.mark.parametrize("level", ["WARN", "ERROR"])
def test_no_log_level_swallows_metrics(services: Services, start: Start, event: Event, level: str) -> None:
    put(services, "wedding/first-dance.jpg")
    with start("PublishPhotoFunction", AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL=level) as environment:
        outcomes = environment.invoke(event("s3-put"))["outcomes"]
        kept = [line for line in environment.lines() if LEVELS.index(line.get("level", "INFO")) >= LEVELS.index(level)]
    assert [outcome["outcome"] for outcome in outcomes] in (["published"], ["duplicate"])
    (metrics,) = kept  # the photo's own line is INFO, and left out
    assert metrics.get("Published") == [1.0] or metrics.get("Duplicate") == [1.0]
    assert metrics["_aws"]["CloudWatchMetrics"]


@pytest.mark.parametrize("name", ["s3-put", "s3-tagging", "eventbridge", "sns"])
def test_every_form_of_event_is_answered_with_outcomes(
    services: Services, start: Start, event: Event, name: str
) -> None:
    put(services, "wedding/first-dance.jpg")
    with start("PublishPhotoFunction") as environment:
        outcomes = environment.invoke(event(name))["outcomes"]
    assert [(outcome["key"], outcome["outcome"]) for outcome in outcomes] in (
        [("wedding/first-dance.jpg", "published")],
        [("wedding/first-dance.jpg", "duplicate")],
    )


@pytest.mark.parametrize(
    ("name", "key"), [("batch-operations-1", "first-dance"), ("batch-operations-2", "cake and coffee")]
)
def test_s3_batch_operations_is_answered_task_by_task(
    services: Services, start: Start, event: Event, name: str, key: str
) -> None:
    put(services, f"wedding/{key}.jpg")
    asked = event(name)
    with start("PublishPhotoFunction") as environment:
        answer = environment.invoke(asked)
    assert answer["invocationSchemaVersion"] == asked["invocationSchemaVersion"]
    assert answer["invocationId"] == asked["invocationId"]
    (result,) = answer["results"]
    assert (result["taskId"], result["resultCode"]) == (asked["tasks"][0]["taskId"], "Succeeded")


def test_the_test_event_of_s3_and_a_queue_are_answered_without_work(
    services: Services, start: Start, event: Event
) -> None:
    put(services, "wedding/first-dance.jpg")
    with start("PublishPhotoFunction") as environment:
        assert environment.invoke(event("s3-test")) == {"outcomes": []}
        assert environment.invoke(event("sqs")) == {"batchItemFailures": []}


def test_a_photo_of_a_foreign_bucket_is_rejected_and_reported(services: Services, start: Start, event: Event) -> None:
    services.failures()
    with start("PublishPhotoFunction") as environment:
        (outcome,) = environment.invoke(event("s3-other-bucket"))["outcomes"]
    assert outcome["outcome"] == "rejected"
    assert "somebody-elses-bucket" in outcome["reason"]
    assert [message["reason"] for message in services.failures()] == [outcome["reason"]]


def test_a_failure_is_raised_in_the_shape_that_lambda_tries_again(
    services: Services, start: Start, event: Event
) -> None:
    put(services, "wedding/first-dance.jpg")
    with start("PublishPhotoFunction", S3_PUBLIC_ENDPOINT="http://127.0.0.1:9") as environment:
        answer = environment.invoke(event("s3-put"))
    assert answer["errorType"] == "ProviderError"
    assert "wedding/first-dance.jpg" in answer["errorMessage"]
    assert answer["stackTrace"]
    assert services.storage.secret_key not in environment.log()


def test_a_wrong_setting_is_named_by_the_function_that_cannot_start(start: Start, event: Event) -> None:
    with start("PublishPhotoFunction", DUPLICATE_SCOPE="everything") as environment:
        answer = environment.invoke(event("s3-put"))
    assert "DUPLICATE_SCOPE" in answer["errorMessage"]


def test_a_timeout_in_the_middle_of_an_upload_leaves_nothing_and_the_retry_completes(
    services: Services, start: Start
) -> None:
    key = "large.jpg"
    put(services, key, size=40_000_000)
    stalled, release = threading.Event(), threading.Event()

    def stall_second_part(exchange: Exchange) -> None:
        if "partNumber=2" in exchange.query and not stalled.is_set():
            stalled.set()
            release.wait(60)

    with proxied(services.storage.endpoint) as wire:
        wire.fault = stall_second_part
        with start("PublishPhotoFunction", timeout=5, S3_PUBLIC_ENDPOINT=wire.endpoint) as environment:
            first = environment.invoke(notification(STAGING, key))
            assert stalled.is_set()
            release.set()
            with pytest.raises(ClientError, match=r"404|NoSuchKey"):
                services.s3.head_object(Bucket=PUBLIC, Key=key)
            second = environment.invoke(notification(STAGING, key))
    assert "timed out" in str(first).lower()
    assert second["outcomes"][0]["outcome"] == "published"
    assert jpegs.capture(copy(services, key)) == CORRECTED


def test_two_hundred_warm_calls_are_served_by_one_environment(services: Services, start: Start) -> None:
    with start("PublishPhotoFunction") as environment:
        for number in range(200):
            key = f"warm/{number % 20}.jpg"
            put(services, key, size=2_000, seed=number)
            (outcome,) = environment.invoke(notification(STAGING, key))["outcomes"]
            assert (outcome["outcome"], outcome["replaced"]) == ("published", number >= 20)
        assert len(environment.init_milliseconds()) == 1
    for number in range(180, 200):
        published = copy(services, f"warm/{number % 20}.jpg")
        assert jpegs.image_data(published) == jpegs.image_data(jpegs.photo(size=2_000, seed=number))


def test_eight_environments_in_parallel_write_each_copy_once(services: Services, start: Start) -> None:
    keys = [f"parallel/{number}.jpg" for number in range(6)]
    originals = {key: put(services, key, seed=number) for number, key in enumerate(keys)}
    with proxied(services.storage.endpoint) as wire, ExitStack() as stack, ThreadPoolExecutor(8) as workers:
        started = [start("PublishPhotoFunction", S3_PUBLIC_ENDPOINT=wire.endpoint) for _ in range(8)]
        environments = [stack.enter_context(each) for each in started]
        together = threading.Barrier(8)

        def publish_all(environment: Any) -> set[str]:
            together.wait()
            answers = [environment.invoke(notification(STAGING, key)) for key in keys]
            return {answer["outcomes"][0]["outcome"] for answer in answers}

        outcomes = set().union(*workers.map(publish_all, environments))
        written = [e.path for e in wire.exchanges if e.method == "PUT" and e.status == HTTPStatus.OK]
    assert outcomes <= {"published", "duplicate"}
    assert sorted(written) == [f"/{PUBLIC}/{key}" for key in keys]
    for key, original in originals.items():
        assert jpegs.capture(copy(services, key)) == CORRECTED
        assert jpegs.image_data(copy(services, key)) == jpegs.image_data(original)


def test_the_audit_repairs_the_rules_and_finds_them_in_order_the_next_time(
    services: Services, start: Start, event: Event
) -> None:
    services.s3.put_bucket_cors(
        Bucket=PUBLIC,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://old.example"]}]},
    )
    with start("AuditCorsFunction") as environment:
        first, second = (environment.invoke(event("schedule")) for _ in range(2))
    assert [first["buckets"][0]["status"], second["buckets"][0]["status"]] == ["repaired", "ok"]
    (rule,) = services.s3.get_bucket_cors(Bucket=PUBLIC)["CORSRules"]
    assert set(rule["AllowedMethods"]) == {"GET", "HEAD"}


def test_an_audit_that_could_not_judge_a_bucket_is_a_failed_invocation(start: Start) -> None:
    with start("AuditCorsFunction", CORS_BUCKETS="no-such-bucket") as environment:
        answer = environment.invoke({})
    assert answer["errorType"] == "ProviderError"
    assert "no-such-bucket" in answer["errorMessage"]
