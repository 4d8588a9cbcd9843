"""What a deployed stack tells: its outputs, and the settings of its publish function."""

import os
from collections.abc import Callable
from typing import Any

from galleria_storage.aws.calls import call
from galleria_storage.errors import SettingsError

Call = Callable[..., dict[str, Any]]


def outputs_of(stack: str, call: Call = call) -> dict[str, str]:
    """Return a stack's outputs by name.

    Raises
    ------
    SettingsError
        There is no such stack.
    """
    stacks = call("cloudformation", "describe_stacks", StackName=stack).get("Stacks", [])
    if not stacks:
        raise SettingsError(f"no such stack: {stack!r}", tag="--stack")
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}


def output_of(stack: str, name: str, call: Call = call) -> str:
    """Return one output of a stack.

    Raises
    ------
    SettingsError
        It has none of this name: it is another project's stack.
    """
    found = outputs_of(stack, call)
    if name not in found:
        raise SettingsError(f"the stack {stack!r} has no output {name}; is it one of galleria-storage?", tag="--stack")
    return found[name]


def settings_of(stack: str, call: Call = call) -> dict[str, str]:
    """Return the environment variables of the stack's publish function."""
    function = output_of(stack, "PublishFunction", call)
    found = call("lambda", "get_function_configuration", FunctionName=function)
    return dict(found.get("Environment", {}).get("Variables", {}))


def queue_of(queue_url: str | None, stack: str | None) -> str:
    """Return the failure queue's URL: as given, of a stack, or as FAILURE_QUEUE_URL names it.

    Raises
    ------
    SettingsError
        None of the three tells it.
    """
    found = queue_url or (output_of(stack, "FailureQueueUrl") if stack else os.environ.get("FAILURE_QUEUE_URL", ""))
    if not found:
        raise SettingsError(
            "the failure queue is not known", tag="FAILURE_QUEUE_URL", advice="Give --stack NAME, or --queue-url."
        )
    return found
