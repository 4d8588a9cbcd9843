"""Roles with the policy of a deployed function, for tests to act in and to take actions from."""

import copy
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from galleria_storage.aws import calls
from tests.support.stack.cloud import REGION, Cloud, DeployedStack


@dataclass
class Role:
    """A role with a deployed function's policy, which a test may change, and its session."""

    cloud: Cloud
    stack: DeployedStack
    name: str
    policy: dict[str, Any]
    credentials: Mapping[str, str]

    def allow(self, policy: Mapping[str, Any]) -> None:
        iam = self.cloud.client("iam")
        iam.put_role_policy(RoleName=self.name, PolicyName="own", PolicyDocument=json.dumps(policy))

    def client(self, service: str) -> Any:
        return self.cloud.client(
            service,
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.credentials["AWS_SESSION_TOKEN"],
        )


def without(policy: Mapping[str, Any], sid: str, action: str) -> dict[str, Any]:
    """Return the policy with one action of one statement taken away."""
    changed = copy.deepcopy(dict(policy))
    for statement in changed["Statement"]:
        if statement["Sid"] == sid:
            statement["Action"] = [other for other in listed(statement["Action"]) if other != action]
    changed["Statement"] = [statement for statement in changed["Statement"] if statement["Action"]]
    return changed


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def role_like(cloud: Cloud, stack: DeployedStack, logical_id: str) -> Role:
    """Make a role with the policy of a deployed one, and take a session of it."""
    iam, sts = cloud.client("iam"), cloud.client("sts")
    deployed = stack.resources[logical_id]
    assert not iam.list_attached_role_policies(RoleName=deployed)["AttachedPolicies"]
    (name,) = iam.list_role_policies(RoleName=deployed)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=deployed, PolicyName=name)["PolicyDocument"]
    account = sts.get_caller_identity()["Account"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    own = f"like-{logical_id}"
    arn = iam.create_role(RoleName=own, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    session = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    credentials = {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }
    return Role(cloud, stack, own, policy, credentials)


def acting(role: Role, function: str) -> Iterator[Role]:
    """Give this process the role and the deployed function's variables; take both back in the end."""
    kept = dict(os.environ)
    os.environ.update(role.stack.variables(function), **role.credentials)
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
    calls._client.cache_clear()  # made, as boto3's session, with the credentials of the role before
    boto3.setup_default_session()
    role.allow(role.policy)
    yield role
    os.environ.clear()
    os.environ.update(kept)
