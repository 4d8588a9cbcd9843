"""What a service of AWS says is passed on in words, and never with a secret in them."""

from typing import Any

import pytest

from galleria_storage.aws import calls
from galleria_storage.aws.calls import announce, call
from galleria_storage.errors import ProviderError


@pytest.fixture(autouse=True)
def _no_client_of_another_test() -> None:
    calls._client.cache_clear()


def test_an_event_that_the_bus_took_is_announced() -> None:
    sent: list[Any] = []

    def take(*operation: str, **arguments: Any) -> dict[str, Any]:
        sent.append((operation, arguments["Entries"][0]["DetailType"]))
        return {"FailedEntryCount": 0}

    announce("photos", "Photo Published", {}, take)
    assert sent == [(("events", "put_events"), "Photo Published")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}, "ThrottlingException"),
        ({"FailedEntryCount": 1}, "no reason"),
        ({}, "no reason"),
    ],
)
def test_an_event_that_is_not_known_to_be_taken_is_an_error(answer: dict[str, Any], words: str) -> None:
    with pytest.raises(ProviderError, match=f"photos did not accept the event: {words}"):
        announce("photos", "Photo Published", {}, lambda *_, **__: answer)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("AWS_ENDPOINT_URL_SQS", "https://KEY:secret@my host", "the endpoint .* for sqs is not an address"),
        ("AWS_PROFILE", "nobody", "AWS configuration cannot be used for sqs: .*nobody"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_reported_in_words_without_secrets(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv(name, value)
    with pytest.raises(ProviderError, match=words) as error:
        call("sqs", "send_message", QueueUrl="https://queue", MessageBody="")
    assert "secret" not in str(error.value)


def test_the_region_that_the_aws_command_line_takes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert calls._client("sqs").meta.region_name == "eu-north-1"
