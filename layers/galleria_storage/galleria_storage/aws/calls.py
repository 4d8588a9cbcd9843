"""Calling the AWS services that receive results: queue, event bus, CDN."""

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from galleria_storage.errors import ProviderError
from galleria_storage.runtime.environment import attempts
from galleria_storage.runtime.redaction import redacted

#: `source` of every event that this project puts on a bus.
EVENT_SOURCE: Final = "galleria-storage"
#: Codes for a queue or a function that does not exist.
_MISSING: Final = ("ResourceNotFoundException", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_NOT_THERE: Final = "Nothing has this name: check it, and the region (AWS_REGION)."
_REACH: Final = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_MAX_ATTEMPTS")


def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Call an AWS service, reached by the standard AWS environment.

    The client is made on first use and kept, so that a function that never
    rejects a photo never makes an SQS client.

    Parameters
    ----------
    service
        As boto3 names it: `sqs`, `events`, `cloudfront`.
    operation
        Method of the client, `send_message` for example.
    arguments
        Passed on.

    Raises
    ------
    ProviderError
        The service refused, or could not be reached, in four attempts (or
        AWS_MAX_ATTEMPTS); or the AWS configuration cannot be used.
    SettingsError
        AWS_MAX_ATTEMPTS is not a number.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # lazy: importing boto3 is slow

    try:
        client = _client(service, *map(os.environ.get, _REACH))
    except ValueError as error:  # botocore's words repeat the address, which may hold a password
        raise ProviderError(f"the endpoint that the AWS configuration names for {service} is not an address") from error
    except BotoCoreError as error:
        advice = "Set AWS_REGION, or run `aws configure`." if type(error).__name__ == "NoRegionError" else None
        message = f"the AWS configuration cannot be used for {service}: {redacted(str(error))}"
        raise ProviderError(message, advice=advice) from error
    try:
        response: dict[str, Any] = getattr(client, operation)(**arguments)
    except ClientError as error:  # the code alone: the message may repeat what was signed
        code = str(error.response["Error"].get("Code"))
        advice = _NOT_THERE if code in _MISSING else None
        raise ProviderError(f"{service} refused {operation}: {code}", advice=advice) from error
    except BotoCoreError as error:
        raise ProviderError(f"{service} could not be reached for {operation}: {redacted(str(error))}") from error
    return response


def announce(bus: str, detail_type: str, detail: Mapping[str, Any], call: Callable[..., dict[str, Any]] = call) -> None:
    """Put one event on an EventBridge bus.

    Parameters
    ----------
    bus
        Name or ARN.
    detail_type, detail
        Of the event; its source is `EVENT_SOURCE`.
    call
        Calls the service; tests pass their own.

    Raises
    ------
    ProviderError
        As `call`; also if PutEvents answers 200 but did not accept the event
        (EventBridge API, PutEvents: `FailedEntryCount`).
    """
    entry = {"Source": EVENT_SOURCE, "DetailType": detail_type, "Detail": json.dumps(detail), "EventBusName": bus}
    response = call("events", "put_events", Entries=[entry])
    if response.get("FailedEntryCount") != 0:  # an answer without the number proves nothing
        entries = response.get("Entries") or [{}]
        raise ProviderError(f"the event bus {bus} did not accept the event: {entries[0].get('ErrorCode', 'no reason')}")


@cache
def _client(service: str, *_reach: str | None) -> Any:
    """Make a client; a different one if the environment now names another endpoint or account."""
    import boto3  # noqa: PLC0415 # lazy, and not every invocation needs it
    from botocore.config import Config  # noqa: PLC0415 # the same

    make: Any = boto3.client  # its type lists every service by name; here the name is a variable
    region = os.environ.get("AWS_REGION")  # boto3 reads only AWS_DEFAULT_REGION
    config = Config(retries={"mode": "standard", "total_max_attempts": attempts(os.environ)})
    return make(service, region_name=region, config=config)
