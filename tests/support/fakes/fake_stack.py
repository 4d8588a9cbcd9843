"""CloudFormation, Lambda and SQS with one deployed stack, in the place of the clients of `aws.calls`."""

# ruff: noqa: N803 # boto3's names

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

FUNCTION = "arn:aws:lambda:eu-north-1:123456789012:function:galleria-publish"
QUEUE = "https://sqs.eu-north-1.amazonaws.com/123456789012/galleria-failures"


class FakeStack:
    """A stack `galleria` whose publish function has these settings, and whose failure queue holds these messages.

    Attributes
    ----------
    invoked
        Payloads that Lambda has taken.
    """

    def __init__(self, settings: Mapping[str, str], *messages: Any) -> None:
        self.settings = dict(settings)
        self.messages = {str(number): json.dumps(message) for number, message in enumerate(messages)}
        self.hidden: set[str] = set()
        self.invoked: list[Any] = []

    def client(self, _service: str, *_reach: str | None) -> "FakeStack":
        """Stand in for `aws.calls._client`."""
        return self

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        if StackName not in {"galleria", "galleria-storage"}:
            error = {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}
            raise ClientError({"Error": error}, "DescribeStacks")  # type: ignore[typeddict-item] # as much as is read
        outputs = {"PublishFunction": FUNCTION, "FailureQueueUrl": QUEUE}
        listed = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
        return {"Stacks": [{"StackName": StackName, "Outputs": listed}]}

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:
        assert FunctionName == FUNCTION
        return {"Environment": {"Variables": self.settings}}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_how: Any) -> dict[str, Any]:
        assert QueueUrl == QUEUE
        shown = [name for name in self.messages if name not in self.hidden][:MaxNumberOfMessages]
        self.hidden |= set(shown)
        return {"Messages": [{"MessageId": n, "ReceiptHandle": n, "Body": self.messages[n]} for n in shown]}

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> dict[str, Any]:
        assert (QueueUrl, VisibilityTimeout) == (QUEUE, 0)
        self.hidden.discard(ReceiptHandle)
        return {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        assert QueueUrl == QUEUE
        del self.messages[ReceiptHandle]
        return {}

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:
        assert (FunctionName, InvocationType) == (FUNCTION, "Event")
        self.invoked.append(json.loads(Payload))
        return {"StatusCode": 202}
