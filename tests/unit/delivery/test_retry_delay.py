"""A failed photo comes back soon at first, then more rarely, whatever the queue's visibility timeout is."""

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.delivery.retry_delay import LONGEST_SECONDS, delay, put_off
from galleria_storage.errors import GalleriaError, ProviderError

URL = "https://sqs.eu-north-1.amazonaws.com/123456789012/publish"
ARN = "arn:aws:sqs:eu-north-1:123456789012:publish"


def message(name: str, attempts: int = 1, arn: str = ARN) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(attempts)}
    return {"messageId": name, "receiptHandle": f"receipt {name}", "attributes": attributes, "eventSourceARN": arn}


class Queue:
    """Records which messages are delayed, and for how long."""

    def __init__(self, error: GalleriaError | None = None) -> None:
        self.put_off: dict[str, int] = {}
        self.refusals: list[GalleriaError] = []
        self._error = error

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        assert (service, operation, arguments["QueueUrl"]) == ("sqs", "change_message_visibility", URL)
        if self._error:
            raise self._error
        self.put_off[arguments["ReceiptHandle"]] = arguments["VisibilityTimeout"]
        return {}

    def after(self, event: Any, only: Collection[str] | None = None, url: str = URL) -> dict[str, int]:
        put_off(event, url, self.refusals.append, only, self.call)
        return self.put_off


def test_only_messages_with_failed_photos_are_delayed() -> None:
    event = {"Records": [message("a"), message("b", attempts=3)]}
    assert Queue().after(event, only={"b"}) == {"receipt b": 120}


def test_all_messages_are_put_off_unless_some_are_named() -> None:
    assert Queue().after({"Records": [message("a"), message("b")]}) == {"receipt a": 30, "receipt b": 30}


def test_a_queue_that_refuses_one_message_is_reported_and_gets_the_others() -> None:
    queue = Queue(ProviderError("denied"))
    assert queue.after({"Records": [message("a"), message("b")]}) == {}
    assert [error.message for error in queue.refusals] == ["denied", "denied"]


@pytest.mark.parametrize("event", [{}, [], None, {"Records": "x"}, {"Records": [None, {"eventSource": "aws:s3"}]}])
def test_of_other_events_nothing_is_put_off(event: Any) -> None:
    assert Queue().after(event) == {}


def test_messages_of_another_queue_and_without_a_queue_are_left_alone() -> None:
    assert Queue().after({"Records": [message("a", arn=f"{ARN}-other")]}) == {}
    assert Queue().after({"Records": [message("a")]}, url="") == {}


@given(st.integers(-3, 2000))
def test_the_delay_is_always_one_that_the_queue_takes(attempts: int) -> None:
    assert 30 <= delay(attempts) <= LONGEST_SECONDS


def test_the_delay_doubles_up_to_its_bound_and_a_day_of_it_fits_into_the_attempts_of_the_template() -> None:
    delays = [delay(attempt) for attempt in range(1, 151)]
    assert delays[:6] == [30, 60, 120, 240, 480, 600]
    assert all(first <= second for first, second in pairwise(delays))
    assert sum(delays) > 24 * 3600
