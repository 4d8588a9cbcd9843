"""What the failure queue holds is shown, and handed to the function again only if that is asked for."""

import json
from typing import Any

import pytest

from galleria_cli import queue_work
from galleria_cli.commands import retry
from galleria_cli.reporting import Report
from galleria_storage.delivery.events import notification
from galleria_storage.errors import ProviderError

FUNCTION = "arn:aws:lambda:eu-north-1:123456789012:function:publish:live"
REJECTED = {
    "bucket": "staging",
    "key": "wrong.jpg",
    "outcome": "rejected",
    "reason": "'yesterday' is no time",
    "requestPayload": notification("staging", "wrong.jpg"),
}
FAILED = {
    "version": "1.0",
    "requestContext": {
        "functionArn": FUNCTION,
        "condition": "RetriesExhausted",
    },
    "requestPayload": notification("staging", "a b.jpg"),
    "responsePayload": {"errorType": "ProviderError", "errorMessage": "the provider was away"},
}


class FakeServices:
    """A queue that hides received messages until they are deleted, and a Lambda that takes events or refuses them."""

    def __init__(self, *bodies: Any, status: int = 202) -> None:
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        self.messages = {str(number): text for number, text in enumerate(texts)}
        self.hidden: set[str] = set()
        self.status = status
        self.taken: list[tuple[str, Any]] = []

    def __call__(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        answers = {
            "receive_message": self.receive,
            "delete_message": self.delete,
            "change_message_visibility": self.release,
            "invoke": self.invoke,
        }
        assert service == ("lambda" if operation == "invoke" else "sqs")
        return answers[operation](arguments)

    def receive(self, arguments: dict[str, Any]) -> dict[str, Any]:
        shown = [name for name in self.messages if name not in self.hidden][: arguments["MaxNumberOfMessages"]]
        self.hidden |= set(shown)
        return {"Messages": [{"MessageId": n, "ReceiptHandle": n, "Body": self.messages[n]} for n in shown]}

    def delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        del self.messages[arguments["ReceiptHandle"]]
        return {}

    def release(self, arguments: dict[str, Any]) -> dict[str, Any]:
        assert arguments["VisibilityTimeout"] == 0
        if arguments["ReceiptHandle"] not in self.messages:
            raise ProviderError("sqs refused change_message_visibility: InvalidParameterValue")
        self.hidden.discard(arguments["ReceiptHandle"])
        return {}

    def invoke(self, arguments: dict[str, Any]) -> dict[str, Any]:
        assert arguments["InvocationType"] == "Event"
        self.taken.append((arguments["FunctionName"], json.loads(arguments["Payload"])))
        return {"StatusCode": self.status}


def go(services: FakeServices, *words: str, function: str = "publish") -> int:
    params = retry.command.make_context("retry", ["--queue-url", "q", "--function", function, *words]).params
    asked = {name: params[name] for name in ("rejected", "limit", "yes")}
    return queue_work.retry(services, params["queue_url"], params["functions"], Report(), **asked)


def test_without_yes_nothing_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    services = FakeServices(REJECTED, FAILED)
    assert go(services) == 1
    assert (len(services.messages), services.taken) == (2, [])
    printed = capsys.readouterr().out
    assert "would try again a b.jpg  the provider was away" in printed
    assert "left       wrong.jpg  'yesterday' is no time" in printed
    assert "nothing was changed" in printed


@pytest.mark.parametrize("function", ["publish", "publish:live", FUNCTION, FUNCTION.removesuffix(":live")])
def test_a_failed_event_goes_to_the_function_that_the_operator_named_and_leaves_the_queue(function: str) -> None:
    services = FakeServices(FAILED)
    assert go(services, "--yes", function=function) == 0
    assert services.taken == [(function, FAILED["requestPayload"])]
    assert not services.messages


@pytest.mark.parametrize(
    "named",
    [
        "arn:aws:lambda:eu-north-1:123456789012:function:pay-out",
        "arn:aws:lambda:eu-north-1:123456789012:function:publish-more",
        "arn:aws:lambda:eu-north-1:999999999999:function:publish",
        "arn:aws:lambda:us-east-1:123456789012:function:publish",
        "pay-out",
        ":function:pay-out",
    ],
)
def test_a_function_that_only_a_message_names_is_never_invoked(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    forged = {**FAILED, "requestContext": {**FAILED["requestContext"], "functionArn": named}}
    services = FakeServices(forged)
    assert go(services, "--yes", "--rejected", function=FUNCTION) == 1
    assert services.taken == []
    assert services.messages
    assert f"its function is not --function: {named}" in capsys.readouterr().out


def test_each_event_goes_to_its_own_of_several_functions() -> None:
    audit = {
        **FAILED,
        "requestContext": {**FAILED["requestContext"], "functionArn": FUNCTION.replace("publish", "audit")},
    }
    services = FakeServices(audit, FAILED)
    assert go(services, "--yes", "--function", "audit") == 0
    assert [function for function, _ in services.taken] == ["audit", "publish"]


def test_escape_codes_in_a_message_are_not_sent_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    go(FakeServices({**REJECTED, "reason": "\x1b]0;owned\x07\n"}))
    assert not {"\x1b", "\x07"} & set(capsys.readouterr().out)


def test_a_rejected_photo_is_tried_again_only_if_asked_for() -> None:
    services = FakeServices(REJECTED)
    assert go(services, "--yes") == 1
    assert go(services, "--yes", "--rejected") == 0
    assert services.taken == [("publish", REJECTED["requestPayload"])]


def test_what_lambda_does_not_take_stays_in_the_queue() -> None:
    services = FakeServices(FAILED, status=500)
    with pytest.raises(ProviderError, match="did not accept"):
        go(services, "--yes")
    assert services.messages


@pytest.mark.parametrize("body", ["no JSON", "[]", json.dumps({"key": "x", "reason": "?"})])
def test_a_message_without_an_event_is_shown_and_left(body: str) -> None:
    services = FakeServices(body)
    assert go(services, "--yes", "--rejected") == 1
    assert services.messages
    assert not services.taken


def test_a_limit_is_kept() -> None:
    services = FakeServices(*[FAILED] * 25)
    go(services, "--yes", "--limit", "12")
    assert len(services.taken) == 12


@pytest.mark.parametrize(
    "event",
    [
        notification("staging", "a b.jpg"),
        {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {"bucket": {"name": "staging"}, "object": {"key": "a b.jpg"}},
        },
    ],
    ids=["queue", "rule"],
)
def test_an_event_that_the_queue_or_a_rule_gave_up_is_tried_again(
    event: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    services = FakeServices(event)
    assert go(services, "--yes") == 0
    assert services.taken == [("publish", event)]
    assert services.messages == {}
    assert "tried again a b.jpg  it failed at every attempt" in capsys.readouterr().out


def test_looking_hides_nothing_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    services = FakeServices({**REJECTED, "advice": "Write a time."}, FAILED, "no JSON")
    for _ in range(2):
        assert queue_work.show(services, "q", 0, Report()) == 1
        printed = capsys.readouterr().out
        assert "rejected   wrong.jpg  'yesterday' is no time. Write a time." in printed
        assert "failed     a b.jpg  the provider was away. Try again: galleria-storage retry." in printed
        assert "1 failed, 1 rejected, 1 unknown" in printed
    assert services.hidden == set()


def test_what_was_seen_before_an_error_is_not_hidden_either() -> None:
    services = FakeServices(FAILED, FAILED, status=500)
    with pytest.raises(ProviderError):
        go(services, "--yes")
    assert services.hidden == set()


def test_no_problems_is_exit_status_0() -> None:
    assert queue_work.show(FakeServices(), "q", 0, Report()) == 0
