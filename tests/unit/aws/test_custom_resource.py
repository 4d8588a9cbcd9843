"""CloudFormation gets the result of the audit that it asked for, over a real connection."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from galleria_storage.aws import custom_resource
from galleria_storage.errors import ProviderError
from tests.support.functions.function import Function
from tests.support.servers.web import serving

REQUEST = {
    "RequestType": "Create",
    "StackId": "stack",
    "RequestId": "request",
    "LogicalResourceId": "AuditAtDeployment",
}


@contextmanager
def listening(*statuses: int) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """Stand where CloudFormation's signed URL leads; yield the URL and what arrives there: content types and bodies."""
    arrived: list[tuple[str, dict[str, Any]]] = []
    answers = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append((self.headers["Content-Type"], json.loads(body)))
            self.send_response(next(answers))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as url:
        yield f"{url}/answer?Signature=secret", arrived


def test_the_answer_repeats_who_asked_and_has_the_empty_content_type_that_the_url_is_signed_for() -> None:
    with listening(200) as (url, arrived):
        custom_resource.answer({**REQUEST, "ResponseURL": url}, "SUCCESS", "gallery: repaired")
    ((content_type, body),) = arrived
    assert content_type == ""
    assert body == {
        "Status": "SUCCESS",
        "Reason": "gallery: repaired",
        "PhysicalResourceId": "AuditAtDeployment",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "AuditAtDeployment",
    }


def test_the_resource_keeps_its_identity_so_that_an_update_does_not_replace_it() -> None:
    with listening(200) as (url, arrived):
        custom_resource.answer({**REQUEST, "PhysicalResourceId": "first", "ResponseURL": url}, "SUCCESS")
    assert arrived[0][1]["PhysicalResourceId"] == "first"


def test_a_long_reason_is_cut_to_what_cloudformation_takes() -> None:
    with listening(200) as (url, arrived):
        custom_resource.answer({**REQUEST, "ResponseURL": url}, "FAILED", 9000 * "x")
    assert len(json.dumps(arrived[0][1])) < 4096


def test_an_answer_that_is_not_taken_is_given_again() -> None:
    with listening(503, 200) as (url, arrived):
        custom_resource.answer({**REQUEST, "ResponseURL": url}, "SUCCESS")
    assert len(arrived) == 2


def test_an_answer_that_is_never_taken_is_an_error_which_does_not_show_the_signed_url() -> None:
    with listening(503, 503, 503) as (url, _), pytest.raises(ProviderError) as caught:
        custom_resource.answer({**REQUEST, "ResponseURL": url}, "SUCCESS")
    assert "Signature" not in str(caught.value)


@pytest.mark.parametrize("event", [{}, None, [], {"source": "aws.events"}])
def test_a_schedule_is_not_taken_for_cloudformation(event: Any) -> None:
    assert not custom_resource.is_request(event)


def told_by(
    function: str, monkeypatch: pytest.MonkeyPatch, request_type: str = "Update", **settings: str
) -> dict[str, Any]:
    """Call a function as CloudFormation does; return the answer that it gets."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with listening(200) as (url, arrived):
        Function(function)({**REQUEST, "RequestType": request_type, "ResponseURL": url})
    return arrived[0][1]


def test_wrong_settings_undo_the_deployment_and_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told = told_by("audit_cors", monkeypatch, S3_PUBLIC_BUCKET="gallery", CORS_RULES="[")
    assert told["Status"] == "FAILED"
    assert "CORS_RULES" in told["Reason"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("TARGET_TIMEZONE", "Europe/Stokholm"), ("CAMERA_TIMEZONE", "Mars"), ("MORE_SETTINGS", '{"DATE_FIELD": "all"}')],
)
def test_a_setting_that_no_photo_could_obey_undoes_the_deployment(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    buckets = {"STAGING_BUCKET": "staging", "S3_PUBLIC_BUCKET": "gallery"}
    told = told_by("publish_photo", monkeypatch, **buckets, **{name: value})
    assert told["Status"] == "FAILED"
    assert name in told["Reason"]


def test_a_stack_with_wrong_settings_can_still_be_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_by("audit_cors", monkeypatch, "Delete", CORS_RULES="[")["Status"] == "SUCCESS"
    assert told_by("publish_photo", monkeypatch, "Delete", DUPLICATE_SCOPE="x")["Status"] == "SUCCESS"


def test_a_provider_that_is_away_does_not_undo_the_deployment_but_the_audit_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = {"S3_PUBLIC_ENDPOINT": "http://127.0.0.1:9", "S3_PUBLIC_ACCESS_KEY": "a", "S3_PUBLIC_SECRET_KEY": "b"}
    for name, value in {"S3_PUBLIC_BUCKET": "gallery", "S3_PUBLIC_PROFILE": "ceph", **away}.items():
        monkeypatch.setenv(name, value)
    with listening(200) as (url, arrived), pytest.raises(ProviderError):
        Function("audit_cors")({**REQUEST, "ResponseURL": url})
    assert arrived[0][1]["Status"] == "SUCCESS"
    assert "gallery" in arrived[0][1]["Reason"]
