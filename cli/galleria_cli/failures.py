"""What the failure queue holds, and trying it again: the work of `problems` and `retry`.

The queue holds three kinds of messages. Two have the event to try again in `requestPayload`: rejected photos, as
`delivery.reports` writes them, and the records of failed invocations that Lambda writes (Lambda Developer Guide,
"Retaining records of asynchronous invocations": `requestContext`, `requestPayload`, `responsePayload`). The third kind
is an event as it was, given up by the queue in front of the function or by an EventBridge rule. A message is deleted
only after Lambda has taken its event, so nothing is lost; taken twice, it makes a duplicate.

Whoever may write into the queue can name any function in a message. So only
the functions that the operator names are ever invoked, and by the name that
the operator gives.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from galleria_storage.bulk.selection import Selection
from galleria_storage.delivery.events import unpack
from galleria_storage.errors import ProviderError

Call = Callable[..., dict[str, Any]]

#: Long enough to look through many thousands of messages; if this process dies, they become visible again after it.
_HIDDEN_SECONDS = 300
_ACCEPTED = 202


@dataclass(frozen=True)
class Failure:
    """One message of the failure queue.

    Attributes
    ----------
    kind
        `rejected` (the photo must be changed first), `failed` (trying again may help), `foreign` (another function's)
        or `unknown`.
    what
        The keys in it, or the function.
    reason
        Why it is here.
    function
        The function that failed, as the message names it; empty for a rejected photo.
    event
        What to try again; None if the message holds no event.
    receipt
        The handle with which the message is deleted.
    advice
        What to do, if the message says so.
    """

    kind: str
    what: str
    reason: str
    function: str
    event: Any
    receipt: str
    advice: str = ""

    def is_meant(self, selection: Selection) -> bool:
        """Whether one of its keys is selected."""
        return any(map(selection.takes, self.what.split(", ")))


def allowed(failure: Failure, functions: Sequence[str]) -> str:
    """Return which of the operator's functions an event is for: its message's, or the first; empty if neither."""
    if not failure.function:
        return functions[0]
    return next((function for function in functions if _is_same(function, failure.function)), "")


def foreign(failure: Failure) -> Failure:
    """Mark a failure as one of a function that the operator did not name."""
    return replace(failure, kind="foreign", reason=f"its function is not --function: {failure.function}")


def _is_same(given: str, named: str) -> bool:
    """Compare a function's name or ARN with an ARN in a message, aliases and versions aside."""
    account, name = _parts(given)
    named_account, named_name = _parts(named)
    return name == named_name and account in {"", named_account}


def _parts(function: str) -> tuple[str, str]:
    """Split an ARN (``arn:aws:lambda:region:account:function:name[:alias]``) or a name into place and name."""
    place, found, name = function.rpartition(":function:")
    return (place, name.partition(":")[0]) if found else ("", function.partition(":")[0])


@contextmanager
def failures(call: Call, queue_url: str, limit: int) -> Iterator[Iterator[Failure]]:
    """Yield the messages of a queue, each once; those not deleted become visible again at the end."""
    receipts: dict[str, str] = {}
    try:
        yield _received(call, queue_url, limit, receipts)
    finally:
        for receipt in receipts.values():
            # A message that was deleted meanwhile does no harm (SQS API, ChangeMessageVisibility).
            with suppress(ProviderError):
                call("sqs", "change_message_visibility", QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=0)


def _received(call: Call, queue_url: str, limit: int, receipts: dict[str, str]) -> Iterator[Failure]:
    while not limit or len(receipts) < limit:
        wanted = min(10, limit - len(receipts)) if limit else 10
        how = {"MaxNumberOfMessages": wanted, "VisibilityTimeout": _HIDDEN_SECONDS, "WaitTimeSeconds": 1}
        answer = call("sqs", "receive_message", QueueUrl=queue_url, **how)
        new = [message for message in answer.get("Messages", []) if message["MessageId"] not in receipts]
        if not new:
            return
        receipts.update((message["MessageId"], message["ReceiptHandle"]) for message in new)
        for message in new:
            yield _understand(message["Body"], message["ReceiptHandle"])


def _understand(body: str, receipt: str) -> Failure:
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        return Failure("unknown", body[:60], "it is not a message of this project", "", None, receipt)
    given_up = "requestPayload" not in message and ("Records" in message or "detail-type" in message)
    event = message if given_up else message.get("requestPayload")
    named = ", ".join(task.key for task in unpack(event).tasks if task.key) if event else ""
    if "requestContext" in message:
        function = str(message["requestContext"].get("functionArn", ""))
        response = message.get("responsePayload")
        reason = response.get("errorMessage") if isinstance(response, dict) else None
        why = str(reason or message["requestContext"].get("condition", "it failed"))
        return Failure("failed", named or function, why, function, event, receipt)
    if given_up:
        return Failure(
            "failed", named or "an event", "it failed at every attempt; the log says why", "", event, receipt
        )
    advice = str(message.get("advice") or "")
    return Failure("rejected", named or str(message.get("key")), str(message.get("reason")), "", event, receipt, advice)


def try_again(call: Call, failure: Failure, function: str) -> None:
    """Send the event of a failure to a function.

    Raises
    ------
    ProviderError
        Lambda did not accept it.
    """
    payload = json.dumps(failure.event).encode()
    answer = call("lambda", "invoke", FunctionName=function, InvocationType="Event", Payload=payload)
    if answer["StatusCode"] != _ACCEPTED:
        raise ProviderError(f"{function} did not accept the event of {failure.what}: {answer['StatusCode']}")
