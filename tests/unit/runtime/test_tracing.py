"""Traces cost nothing unless Lambda samples the invocation, and then carry the photo's key.

Each test has its own process, since the X-Ray SDK patches botocore for good.
"""

import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys
from galleria_storage.runtime.observability import segment
sent = []
if "Sampled=1" in __import__("os").environ["_X_AMZN_TRACE_ID"]:
    from aws_xray_sdk.core import xray_recorder
    xray_recorder.emitter.send_entity = lambda entity: sent.append(json.loads(entity.serialize()))
try:
    with segment("publish", key="a.jpg"):
        if "fail" in sys.argv:
            raise ValueError("no")
except ValueError:
    pass
print(json.dumps({"imported": "aws_xray_sdk" in sys.modules, "sent": sent}))
"""
ROOT_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8"


def traced(sampled: int, *arguments: str) -> dict[str, list[dict[str, object]]]:
    lambda_variables = {"LAMBDA_TASK_ROOT": "/var/task", "_X_AMZN_TRACE_ID": f"{ROOT_ID};Sampled={sampled}"}
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={**os.environ, **lambda_variables, "AWS_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "publish_photo"},
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, list[dict[str, object]]] = json.loads(found.stdout.splitlines()[-1])
    return answer


def test_an_invocation_that_is_not_sampled_never_imports_the_sdk() -> None:
    assert traced(sampled=0) == {"imported": False, "sent": []}


def test_a_sampled_invocation_sends_a_segment_that_can_be_found_by_the_photo_key() -> None:
    [sent] = traced(sampled=1)["sent"]
    assert (sent["name"], sent["annotations"]) == ("publish", {"key": "a.jpg"})
    assert sent["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_an_error_inside_is_marked_in_the_segment_and_goes_on() -> None:
    [sent] = traced(1, "fail")["sent"]
    assert sent["fault"] is True
