"""`galleria-storage redrive`: try again what the failure queue holds, or look at it.

The queue holds three kinds of messages. Two have the event to try again in
`requestPayload`: rejected photos, as `delivery.reports` writes them, and the
records of failed invocations that Lambda writes (Lambda Developer Guide,
"Retaining records of asynchronous invocations": `requestContext`,
`requestPayload`, `responsePayload`). The third are events that the queue before
the function, or a rule of EventBridge, gave up: they are the event itself. A
message is deleted only after Lambda has taken its event, so nothing is lost;
taken twice, it makes a duplicate.

Whoever may write into the queue can name any function in a message. So only
the functions that the operator names are ever invoked, and by the name that
the operator gives.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from galleria_cli.table import printable
from galleria_storage.aws.calls import call
from galleria_storage.delivery.events import unpack
from galleria_storage.errors import ProviderError

Call = Callable[..., dict[str, Any]]

#: Long enough to look at a queue of many thousands; what was only looked at comes back after it.
_HIDDEN_SECONDS = 300
_ACCEPTED = 202


@dataclass(frozen=True)
class Failure:
    """One message of the failure queue.

    Attributes
    ----------
    kind
        `rejected` (the photo must be changed first), `failed` (trying again may help), `foreign` (of another
        function) or `unknown`.
    what
        The keys that it names, or the function.
    reason
        Why it is here.
    function
        The function that failed, as the message names it; empty for a rejected photo.
    event
        What to try again; None if the message holds no event.
    receipt
        What the queue asks for before it deletes the message.
    """

    kind: str
    what: str
    reason: str
    function: str
    event: Any
    receipt: str


@click.command("redrive")
@click.option("--queue-url", required=True, help="Failure queue: the stack's output FailureQueueUrl.")
@click.option(
    "--function",
    "functions",
    required=True,
    multiple=True,
    metavar="NAME or ARN",
    help="Publish function: the stack's output PublishFunction. May be given again; events of others are left.",
)
@click.option("--rejected", is_flag=True, help="Also photos that were rejected (change them first).")
@click.option("--limit", type=int, default=0, metavar="N", help="At most N messages; 0, the default: all.")
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would be done.")
def command(*, queue_url: str, functions: tuple[str, ...], rejected: bool, limit: int, yes: bool) -> int:
    """Hand the events in the failure queue to the function again. Without --yes nothing is changed."""
    return redrive(call, queue_url, functions, rejected=rejected, limit=limit, yes=yes)


def redrive(
    call: Call, queue_url: str, functions: Sequence[str], *, rejected: bool = False, limit: int = 0, yes: bool = False
) -> int:
    """Do the work of the command; `call(service, operation, **arguments)` calls an AWS service."""
    done, left = 0, 0
    for found in _failures(call, queue_url, limit):
        function = _allowed(found, functions)
        failure = found if function or found.event is None else _foreign(found)
        wanted = bool(function) and failure.event is not None and (failure.kind == "failed" or rejected)
        line = f"{'try again' if wanted else 'leave':9}  {failure.kind:8}  {failure.what}: {failure.reason}"
        print(printable(line))
        if not wanted:
            left += 1
        elif yes:
            _try_again(call, failure, function)
            call("sqs", "delete_message", QueueUrl=queue_url, ReceiptHandle=failure.receipt)
        done += wanted
    print(_summary(done, left, done_for_real=yes))
    return 1 if left else 0


def _allowed(failure: Failure, functions: Sequence[str]) -> str:
    """Return which of the operator's functions an event is for: that of its message, or the first; nothing: none."""
    if not failure.function:
        return functions[0]
    return next((function for function in functions if _is_same(function, failure.function)), "")


def _foreign(failure: Failure) -> Failure:
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


def _failures(call: Call, queue_url: str, limit: int) -> Iterator[Failure]:
    """Yield the messages, each once; what is not deleted shows up again in the queue after a while."""
    seen: set[str] = set()
    while not limit or len(seen) < limit:
        wanted = min(10, limit - len(seen)) if limit else 10
        how = {"MaxNumberOfMessages": wanted, "VisibilityTimeout": _HIDDEN_SECONDS, "WaitTimeSeconds": 1}
        answer = call("sqs", "receive_message", QueueUrl=queue_url, **how)
        new = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
        if not new:
            return
        for message in new:
            seen.add(message["MessageId"])
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
    return Failure("rejected", named or str(message.get("key")), str(message.get("reason")), "", event, receipt)


def _try_again(call: Call, failure: Failure, function: str) -> None:
    payload = json.dumps(failure.event).encode()
    answer = call("lambda", "invoke", FunctionName=function, InvocationType="Event", Payload=payload)
    if answer["StatusCode"] != _ACCEPTED:
        raise ProviderError(f"{function} did not take the event of {failure.what}: {answer['StatusCode']}")


def _summary(done: int, left: int, *, done_for_real: bool) -> str:
    verb = "handed to the function again" if done_for_real else "would be tried again (nothing was changed: no --yes)"
    return f"{done} {verb}, {left} left in the queue"
