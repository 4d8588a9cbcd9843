"""When a failed photo's event comes back from the queue: soon at first, then less and less often.

By default a failed message stays hidden for the queue's whole visibility timeout, which must be longer than the longest
invocation (Lambda Developer Guide, "Using Lambda with Amazon SQS"): 90 minutes, for a fault that may be over after one.
So the function itself decides when the message comes back.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from galleria_storage.aws.calls import call
from galleria_storage.errors import GalleriaError

FIRST_SECONDS: Final = 30
LONGEST_SECONDS: Final = 600


def delay(attempts: int) -> int:
    """Return for how many seconds to postpone a message that was received this often, including this time."""
    doublings = min(max(attempts, 1) - 1, LONGEST_SECONDS.bit_length())
    return min(FIRST_SECONDS << doublings, LONGEST_SECONDS)


def put_off(
    event: Any,
    queue_url: str,
    on_refusal: Callable[[GalleriaError], None],
    only: Collection[str] | None = None,
    call: Callable[..., dict[str, Any]] = call,
) -> None:
    """Postpone the messages of an event; do nothing for events that did not come from the queue.

    Parameters
    ----------
    event
        As Lambda passed it to the handler.
    queue_url
        The queue that calls the function; empty: nothing is postponed.
    on_refusal
        Called if a message could not be postponed. It then comes back after the visibility timeout, so nothing is lost.
    only
        Ids of the messages whose photos failed; None: all messages.
    call
        Calls an AWS service: `call(service, operation, **arguments) -> response`.
    """
    for message in _messages(event, queue_url):
        if only is not None and message["messageId"] not in only:
            continue
        seconds = delay(int(message["attributes"]["ApproximateReceiveCount"]))
        receipt = {"QueueUrl": queue_url, "ReceiptHandle": message["receiptHandle"]}
        try:
            call("sqs", "change_message_visibility", **receipt, VisibilityTimeout=seconds)
        except GalleriaError as error:
            on_refusal(error)


def _messages(event: Any, queue_url: str) -> Iterator[Mapping[str, Any]]:
    """Yield the messages of this queue, as Lambda passes them."""
    name = queue_url.rpartition("/")[2]
    records = event.get("Records") if isinstance(event, Mapping) else None
    for record in records if name and isinstance(records, list) else ():
        if isinstance(record, Mapping) and str(record.get("eventSourceARN")).rpartition(":")[2] == name:
            yield record
