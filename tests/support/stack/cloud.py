"""The emulator that a stack is deployed into, and what it says of a deployed stack."""

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config

from tests.support.servers.processes import ROOT
from tests.support.servers.wire import Wire

REGION: Final = "us-east-1"
BUILT: Final = ROOT / ".aws-sam/build/template.yaml"
_PATIENCE: Final = 60


@dataclass(frozen=True)
class Cloud:
    """The emulator.

    Attributes
    ----------
    wire
        What passes between everybody and the emulator.
    environment
        Variables that lead the SDK and SAM there, with the credentials of an administrator.
    template
        The built template, its functions led to the emulator.
    """

    wire: Wire
    environment: Mapping[str, str]
    template: Path

    def client(self, service: str, **credentials: str) -> Any:
        """Return a client; as the administrator, unless credentials are given."""
        keys = credentials or {
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
        }
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=self.wire.endpoint, region_name=REGION, config=config, **keys)

    def deploy(self, name: str, **parameters: str) -> "DeployedStack":
        """Deploy what `make build` built, as a user does; with all other parameters at their defaults."""
        done = self.try_to_deploy(name, **parameters)
        assert done.returncode == 0, reasons(self, name) or done.stdout[-3000:] + done.stderr[-3000:]
        return DeployedStack(self, name)

    def try_to_deploy(self, name: str, **parameters: str) -> subprocess.CompletedProcess[str]:
        """Do the same where it may be refused."""
        chosen = {"BucketPrefix": name, "Architecture": "x86_64", **parameters}
        quoted = {key: value.replace('"', '\\"') for key, value in chosen.items()}
        words = [f'{key}="{value}"' for key, value in quoted.items()]
        command = [ROOT / ".venv-sam/bin/sam", "deploy", "--stack-name", name, "--no-progressbar"]
        command += ["--config-file", ROOT / "samconfig.toml", "--template-file", self.template]
        command += ["--parameter-overrides", " ".join(words)]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def delete(self, name: str) -> None:
        """Delete a stack, and wait until it is gone."""
        formation = self.client("cloudformation")
        formation.delete_stack(StackName=name)
        formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def reasons(cloud: Cloud, name: str) -> list[str]:
    """Return what CloudFormation says of all that failed in a stack."""
    events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]


class DeployedStack:
    """A deployed stack: its outputs and resources, by their names in the template."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        formation = cloud.client("cloudformation")
        (described,) = formation.describe_stacks(StackName=name)["Stacks"]
        self.outputs: dict[str, str] = {entry["OutputKey"]: entry["OutputValue"] for entry in described["Outputs"]}
        found = formation.describe_stack_resources(StackName=name)["StackResources"]
        self.resources: dict[str, str] = {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in found}
        self.staging = self.outputs["StagingBucketName"]
        self.public = self.outputs["PublicBucketName"]

    def variables(self, function: str) -> dict[str, str]:
        """Return the environment variables of a deployed function."""
        configuration = self.cloud.client("lambda").get_function_configuration(FunctionName=self.resources[function])
        variables: dict[str, str] = configuration["Environment"]["Variables"]
        return variables

    def log(self, group: str) -> list[str]:
        """Return the last lines of a log group; `group` is its name in the template."""
        logs = self.cloud.client("logs")
        name = self.resources[group]
        streams = logs.describe_log_streams(logGroupName=name)["logStreams"]
        events = [logs.get_log_events(logGroupName=name, logStreamName=s["logStreamName"])["events"] for s in streams]
        return [event["message"] for found in events for event in found][-8:]


def eventually(look: Callable[[], Any], what: Callable[[], str]) -> Any:
    """Look until something is seen; fail with `what` was waited for."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.2)
    pytest.fail(f"not within {_PATIENCE} s: {what()}")
