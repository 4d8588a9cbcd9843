"""What CloudFormation is told when it calls a function as a custom resource of the stack.

Source: CloudFormation User Guide, "Custom resource request objects" and
"Custom resource response objects": the answer is a PUT to a signed URL.
"""

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from galleria_storage.errors import ProviderError

_SECONDS: Final = 10
_ATTEMPTS: Final = 3
#: CloudFormation takes answers of up to 4 KB; the rest of it is shorter than the difference.
_REASON_CHARACTERS: Final = 1000


def is_request(event: Any) -> bool:
    """Return whether CloudFormation sent this event, and waits for an answer."""
    return isinstance(event, Mapping) and "ResponseURL" in event and "RequestType" in event


def is_farewell(event: Any) -> bool:
    """Return whether the stack, or this resource of it, is being deleted."""
    return is_request(event) and event["RequestType"] == "Delete"


def answer(event: Mapping[str, Any], status: Literal["SUCCESS", "FAILED"], reason: str = "") -> None:
    """Tell CloudFormation how it went; it waits for this before it goes on.

    Parameters
    ----------
    event
        The request.
    status
        FAILED makes it undo the deployment.
    reason
        Shown among the stack's events.

    Raises
    ------
    ProviderError
        It could not be told in three attempts. The signed URL is not in the message.
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
                raise ProviderError(f"CloudFormation could not be told: {type(error).__name__}") from None
        else:
            return


def _put(url: str, body: bytes) -> None:
    import urllib.error  # noqa: PLC0415 # lazy: needed at deployments alone
    import urllib.request  # noqa: PLC0415

    # An empty Content-Type is what the URL is signed for.
    request = urllib.request.Request(url, body, {"Content-Type": ""}, method="PUT")  # noqa: S310 # AWS gives the URL
    try:
        urllib.request.urlopen(request, timeout=_SECONDS).close()  # noqa: S310
    except urllib.error.HTTPError as refusal:
        refusal.close()
        raise
