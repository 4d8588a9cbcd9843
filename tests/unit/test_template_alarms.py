"""What shows an operator that something is wrong: failures, alarms, dashboard."""

import json
import re

import pytest

from tests.support.servers.processes import ROOT
from tests.support.stack.template import Stack, source

FUNCTIONS = {"PublishPhotoFunction": "publish_photo", "AuditCorsFunction": "audit_cors"}
ALARMS = [name for name, entry in source()["Resources"].items() if entry["Type"] == "AWS::CloudWatch::Alarm"]


def test_the_throttle_alarm_does_not_ring_where_throttling_is_how_the_bound_works() -> None:
    assert "ThrottleAlarm" in Stack().resources
    assert "ThrottleAlarm" in Stack({"Trigger": "direct", "MaximumConcurrency": 0}).resources
    assert "ThrottleAlarm" not in Stack({"Trigger": "direct"}).resources


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_end_for_its_failures_and_cannot_trigger_itself(name: str) -> None:
    stack = Stack()
    common = stack.value(source()["Globals"]["Function"])
    invoke = stack.properties(name)["EventInvokeConfig"]
    assert invoke["DestinationConfig"]["OnFailure"]["Destination"] == "<FailureQueue.Arn>"
    assert (common["Runtime"], common["Architectures"], common["RecursiveLoop"]) == (
        "python3.13",
        ["arm64"],
        "Terminate",
    )
    assert stack.properties(name)["LoggingConfig"]["LogFormat"] == "JSON"


def test_the_failure_queue_keeps_messages_as_long_as_there_is() -> None:
    queue = Stack().properties("FailureQueue")
    assert queue == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}


def test_missing_data_keeps_the_state_of_alarms_that_fall_silent() -> None:
    """SQS and a daily audit stop sending data by themselves; the others send a number whenever something happens."""
    stack = Stack()
    silent = {name for name in ALARMS if stack.properties(name)["TreatMissingData"] == "ignore"}
    assert silent == {"FailureAlarm", "FailureExpiryAlarm", "WaitingAlarm", "PublishErrorAlarm", "CorsAlarm"}


def test_every_alarm_has_a_runbook() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for name in ALARMS:
        described = Stack().properties(name)["AlarmDescription"]
        (runbook,) = re.findall(r"docs/operations\.md, '(.+)'", described)
        assert f"### {runbook}\n" in page, name
        assert f"`{name}`" in page, name


def test_alarms_reach_somebody_as_soon_as_an_address_is_given() -> None:
    silent, heard = Stack(), Stack({"AlarmEmail": "someone@example.com"})
    assert {silent.properties(name)["AlarmActions"][0] for name in ALARMS} == {"<AlarmTopic>"}
    assert "Subscription" not in silent.properties("AlarmTopic")
    assert heard.properties("AlarmTopic")["Subscription"] == [{"Protocol": "email", "Endpoint": "someone@example.com"}]


def test_the_dashboard_is_json_and_shows_what_the_handlers_count() -> None:
    shown = json.dumps(json.loads(Stack().properties("Dashboard")["DashboardBody"]))
    counted = ["Published", "Duplicate", "Rejected", "Failed", "Ignored", "Removed", "BytesIn", "BytesOut"]
    counted += ["CorsDrift", "CorsRepaired", "CorsFailed"]
    assert [name for name in counted if f'"{name}"' not in shown] == []
