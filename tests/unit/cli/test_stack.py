"""`--stack NAME` and `--settings-from STACK`: the values of a deployed stack are used instead of typed ones."""

import json
from typing import Any, NoReturn

import pytest
from botocore.exceptions import ClientError

from galleria_cli import places
from galleria_cli.console import main
from galleria_storage.aws import calls
from galleria_storage.errors import GalleriaError
from tests.support.fakes.fake_stack import FakeStack

REJECTED = {"key": "2024/wrong.jpg", "reason": "'yesterday' is no time", "requestPayload": {"Records": []}}
FAILED: dict[str, Any] = {
    "requestContext": {"functionArn": "arn:aws:lambda:eu-north-1:123456789012:function:galleria-publish"},
    "requestPayload": {"detail-type": "Object Created", "source": "aws.s3",
                       "detail": {"bucket": {"name": "in"}, "object": {"key": "2024/late.jpg"}}},
    "responsePayload": {"errorMessage": "the provider was away"},
}  # fmt: skip


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> FakeStack:
    made = FakeStack({"STAGING_BUCKET": "of-the-stack", "S3_PUBLIC_BUCKET": "gallery"}, REJECTED, FAILED)
    monkeypatch.setattr(calls, "_client", made.client)
    return made


def test_problems_are_those_of_the_stacks_queue_and_stay_there(
    stack: FakeStack, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["problems", "--stack", "galleria", "--json"]) == 1
        *found, last = map(json.loads, capsys.readouterr().out.splitlines())
        assert {(one["file"], one["status"]) for one in found} == {
            ("2024/wrong.jpg", "rejected"),
            ("2024/late.jpg", "failed"),
        }
        assert last == {"summary": {"rejected": 1, "failed": 1}}
    assert stack.hidden == set()


def test_problems_of_some_keys_can_be_selected(stack: FakeStack, capsys: pytest.CaptureFixture[str]) -> None:
    del stack
    assert main(["problems", "--stack", "galleria", "--exclude", "late*"]) == 1
    assert "late.jpg" not in capsys.readouterr().out
    assert main(["problems", "--stack", "galleria", "--include", "2023/"]) == 0


@pytest.mark.parametrize("words", [[], ["--dry-run"], ["--yes", "--dry-run"]])
def test_a_retry_that_is_not_confirmed_changes_nothing(stack: FakeStack, words: list[str]) -> None:
    assert main(["retry", "--stack", "galleria", *words]) == 1
    assert (len(stack.messages), stack.invoked, stack.hidden) == (2, [], set())


def test_a_retry_goes_to_the_stacks_function_and_empties_its_queue(
    stack: FakeStack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retry", "--stack", "galleria", "--yes", "--json"]) == 1
    assert stack.invoked == [FAILED["requestPayload"]]
    assert list(stack.messages.values()) == [json.dumps(REJECTED)]
    *found, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert {one["file"]: one["status"] for one in found} == {"2024/wrong.jpg": "left", "2024/late.jpg": "tried again"}
    assert last == {"summary": {"tried_again": 1, "left": 1, "dry_run": False}}


def test_a_stack_that_is_not_there_is_reported_in_words(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del stack
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    for words in (["problems", "--stack", "other"], ["status", "--settings-from", "other"]):
        assert main(words) == 2
        missing, advice = capsys.readouterr().err.splitlines()
        assert missing == "there is no stack 'other' in eu-north-1"
        assert "AWS_REGION" in advice


def test_an_event_that_no_function_takes_is_not_reported_as_tried_again(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_arguments: Any) -> NoReturn:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Invoke")  # type: ignore[typeddict-item] # as much as is read

    monkeypatch.setattr(stack, "invoke", refuse)
    assert main(["retry", "--stack", "galleria", "--yes"]) == 2
    told = capsys.readouterr()
    assert "tried again" not in told.out
    assert "Nothing has this name" in told.err
    assert len(stack.messages) == 2


def test_settings_of_the_stack_count_more_and_the_shells_own_provider_is_left_out(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    del stack
    monkeypatch.setenv("STAGING_BUCKET", "of-the-shell")
    monkeypatch.setenv("S3_PUBLIC_ENDPOINT", "https://somewhere-else.example")
    monkeypatch.setenv("GALLERIA_TEST_OF_THE_SHELL", "stays")
    found = places.settings("galleria")
    assert found["STAGING_BUCKET"] == "of-the-stack"
    assert "S3_PUBLIC_ENDPOINT" not in found
    assert found["GALLERIA_TEST_OF_THE_SHELL"] == "stays"


@pytest.mark.parametrize(("words", "attempts"), [([], 4), (["--retries", "0"], 1), (["--retries", "9"], 10)])
def test_retries_reach_every_client(words: list[str], attempts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "")  # so that it is put back
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    made = []
    real = calls._client
    monkeypatch.setattr(calls, "_client", lambda *reach: made.append(real(*reach)) or FakeStack({}))
    assert main(["problems", "--stack", "galleria", *words]) == 0
    assert {client.meta.config.retries["total_max_attempts"] for client in made} == {attempts}
    store = places.public_store(env={"S3_PUBLIC_BUCKET": "gallery", "S3_PUBLIC_PROFILE": "aws"})
    assert store.client.meta.config.retries["total_max_attempts"] == attempts  # type: ignore[attr-defined]


def test_an_invalid_number_of_attempts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
    with pytest.raises(GalleriaError, match="AWS_MAX_ATTEMPTS is 'many'; allowed are whole numbers from 1 to 100"):
        places.public_store(env={"S3_PUBLIC_BUCKET": "gallery", "S3_PUBLIC_PROFILE": "aws"})
