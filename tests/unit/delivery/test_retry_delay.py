"""A failed photo comes back soon at first, then more rarely, whatever the queue's visibility timeout is."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.delivery.retry_delay import LONGEST_SECONDS, delay, patient
from galleria_storage.errors import GalleriaError, ProviderError

URL = "https://sqs.eu-north-1.amazonaws.com/123456789012/publish"
ARN = "arn:aws:sqs:eu-north-1:123456789012:publish"


def message(name: str, attempts: int = 1, arn: str = ARN) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(attempts)}
    return {"messageId": name, "receiptHandle": f"receipt {name}", "attributes": attributes, "eventSourceARN": arn}


class Queue:
    """Records what is put off, and for how long."""

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

    def run(self, event: Any, handler: Callable[[Any], Any], url: str = URL) -> Any:
        return patient(url, self.refusals.append, self.call)(lambda event, _context: handler(event))(event, None)


def failing(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda _event: {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


def test_only_the_messages_whose_photos_failed_are_put_off() -> None:
    queue = Queue()
    event = {"Records": [message("a"), message("b", attempts=3)]}
    assert queue.run(event, failing("b")) == failing("b")(None)
    assert queue.put_off == {"receipt b": 120}


def test_a_handler_that_fails_puts_all_of_its_messages_off_and_still_fails() -> None:
    def fail(_event: Any) -> Any:
        raise ProviderError("a wrong setting")

    queue = Queue()
    with pytest.raises(ProviderError, match="a wrong setting"):
        queue.run({"Records": [message("a"), message("b")]}, fail)
    assert queue.put_off == {"receipt a": 30, "receipt b": 30}


def test_a_queue_that_refuses_is_told_of_and_changes_nothing_else() -> None:
    queue = Queue(ProviderError("denied"))
    assert queue.run({"Records": [message("a")]}, failing("a")) == failing("a")(None)
    assert [error.message for error in queue.refusals] == ["denied"]


@pytest.mark.parametrize("event", [{}, [], None, {"Records": "x"}, {"Records": [None, {"eventSource": "aws:s3"}]}])
def test_other_events_pass_as_they_are(event: Any) -> None:
    queue = Queue()
    assert queue.run(event, lambda seen: {"seen": seen}) == {"seen": event}
    assert queue.put_off == {}


def test_messages_of_another_queue_and_without_a_queue_are_left_alone() -> None:
    queue = Queue()
    queue.run({"Records": [message("a", arn=f"{ARN}-other")]}, failing("a"))
    queue.run({"Records": [message("a")]}, failing("a"), url="")
    assert queue.put_off == {}


@given(st.integers(-3, 2000))
def test_the_delay_is_always_one_that_the_queue_takes(attempts: int) -> None:
    assert 30 <= delay(attempts) <= LONGEST_SECONDS


def test_the_delay_doubles_up_to_its_bound_and_a_day_of_it_fits_into_the_attempts_of_the_template() -> None:
    delays = [delay(attempt) for attempt in range(1, 151)]
    assert delays[:6] == [30, 60, 120, 240, 480, 600]
    assert all(first <= second for first, second in pairwise(delays))
    assert sum(delays) > 24 * 3600
