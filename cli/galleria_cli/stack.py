"""The outputs of a deployed stack, and the settings of its publish function."""

import os
from collections.abc import Callable
from typing import Any

from galleria_storage.aws.calls import call
from galleria_storage.errors import ProviderError, SettingsError
from galleria_storage.s3.faults import code_of

Call = Callable[..., dict[str, Any]]


def outputs_of(stack: str, call: Call = call) -> dict[str, str]:
    """Return a stack's outputs by name.

    Raises
    ------
    SettingsError
        There is no such stack.
    """
    try:
        stacks = call("cloudformation", "describe_stacks", StackName=stack).get("Stacks", [])
    except ProviderError as error:
        if code_of(error) != "ValidationError":
            raise
        stacks = []
    if not stacks:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "the configured region"
        advice = "Check its name, and the region (AWS_REGION): `aws cloudformation list-stacks` names all of them."
        raise SettingsError(f"there is no stack {stack!r} in {region}", tag="--stack", advice=advice)
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}


def output_of(stack: str, name: str, call: Call = call) -> str:
    """Return one output of a stack.

    Raises
    ------
    SettingsError
        It has no output of this name, so it is another project's stack.
    """
    found = outputs_of(stack, call)
    if name not in found:
        raise SettingsError(f"the stack {stack!r} has no output {name}; is it a galleria-storage stack?", tag="--stack")
    return found[name]


def settings_of(stack: str, call: Call = call) -> dict[str, str]:
    """Return the environment variables of the stack's publish function."""
    function = output_of(stack, "PublishFunction", call)
    found = call("lambda", "get_function_configuration", FunctionName=function)
    return dict(found.get("Environment", {}).get("Variables", {}))


def queue_of(queue_url: str | None, stack: str | None) -> str:
    """Return the failure queue's URL: as given, from a stack, or from FAILURE_QUEUE_URL.

    Raises
    ------
    SettingsError
        None of the three is given.
    """
    found = queue_url or (output_of(stack, "FailureQueueUrl") if stack else os.environ.get("FAILURE_QUEUE_URL", ""))
    if not found:
        raise SettingsError(
            "the failure queue is unknown",
            tag="FAILURE_QUEUE_URL",
            advice="Give --stack NAME, or --queue-url. Without a stack there is none: see `galleria-storage status`.",
        )
    return found
