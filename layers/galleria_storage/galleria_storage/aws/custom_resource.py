"""Answers to CloudFormation when it calls a function as a custom resource of the stack.

Source: CloudFormation User Guide, "Custom resource request objects" and
"Custom resource response objects": the answer is a PUT to a signed URL.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from galleria_storage.errors import ProviderError, SettingsError

_SECONDS: Final = 10
_ATTEMPTS: Final = 3
#: CloudFormation takes answers of up to 4 KB; the rest of it is shorter than the difference.
_REASON_CHARACTERS: Final = 1000


def is_request(event: Any) -> bool:
    """Whether CloudFormation sent this event and waits for an answer."""
    return isinstance(event, Mapping) and "ResponseURL" in event and "RequestType" in event


def fulfil(event: Mapping[str, Any], work: Callable[[], str]) -> None:
    """Do what a deployment asks for, and send the result to CloudFormation.

    Invalid settings roll the deployment back. A provider that does not answer does not: it may answer in a minute, and
    then the queue and the schedule take care of photos and rules. When a stack is deleted, nothing is done.

    Parameters
    ----------
    event
        The request.
    work
        What to do; it returns the text for the stack's events.

    Raises
    ------
    Exception
        What `work` raised, unless it is a SettingsError, which is shown to the operator.
    """
    if event["RequestType"] == "Delete":
        answer(event, "SUCCESS", "nothing to do")
        return
    try:
        told = work()
    except SettingsError as error:
        answer(event, "FAILED", error.message)
    except Exception as error:
        answer(event, "SUCCESS", f"deployed, but: {error}")
        raise
    else:
        answer(event, "SUCCESS", told)


def answer(event: Mapping[str, Any], status: Literal["SUCCESS", "FAILED"], reason: str = "") -> None:
    """Send the result to CloudFormation, which waits for it.

    Parameters
    ----------
    event
        The request.
    status
        FAILED makes it roll the deployment back.
    reason
        Shown among the stack's events.

    Raises
    ------
    ProviderError
        The result could not be sent in three attempts. The message does not contain the signed URL.
    """
    told = {
        "Status": status,
        "Reason": reason[:_REASON_CHARACTERS] or status,
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _put(event["ResponseURL"], json.dumps(told).encode())
        except (OSError, http.client.HTTPException) as error:
            if attempt == _ATTEMPTS:
                raise ProviderError(f"the result could not be sent to CloudFormation: {type(error).__name__}") from None
        else:
            return


def _put(url: str, body: bytes) -> None:
    import urllib.error  # noqa: PLC0415 # lazy: needed at deployments alone
    import urllib.request  # noqa: PLC0415 # the same

    # The URL is signed for an empty Content-Type.
    request = urllib.request.Request(url, body, {"Content-Type": ""}, method="PUT")  # noqa: S310 # AWS gives the URL
    try:
        urllib.request.urlopen(request, timeout=_SECONDS).close()  # noqa: S310 # the same
    except urllib.error.HTTPError as refusal:
        refusal.close()
        raise
