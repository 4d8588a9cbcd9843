"""Log lines and metrics are written, whatever log level is set."""

import json
import uuid
from datetime import datetime

import pytest

from galleria_storage.runtime.observability import MetricUnit, flush, observe

LEVELS = {"AWS_LAMBDA_LOG_LEVEL": None, "POWERTOOLS_LOG_LEVEL": None, "LOG_LEVEL": None}


@pytest.fixture(autouse=True)
def no_level(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*LEVELS, "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)


def fresh_name() -> str:
    """Return the name of a service that has no logger yet: Powertools keeps one for each name."""
    return f"service-{uuid.uuid4().hex}"


@pytest.mark.parametrize("name", ["POWERTOOLS_LOG_LEVEL", "LOG_LEVEL"])
@pytest.mark.parametrize("level", ["verbose", "20", "INFO,", "off"])
def test_a_log_level_that_does_not_exist_is_info_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, level: str
) -> None:
    monkeypatch.setenv(name, level)
    logger, _ = observe(fresh_name())
    assert logger.log_level == 20
    said = json.loads(capsys.readouterr().out)
    assert said["level"] == "WARNING"
    assert f"{name} is {level!r}" in said["message"]


@pytest.mark.parametrize(
    ("level", "number"), [("DEBUG", 10), ("warn", 30), ("Error", 40), ("FATAL", 50), ("trace", 10), (" INFO ", 20)]
)
def test_a_log_level_that_exists_is_taken_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: str, number: int
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", level)
    logger, _ = observe(fresh_name())
    assert (logger.log_level, capsys.readouterr().out) == (number, "")


@pytest.mark.parametrize("level", ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
def test_metrics_bear_the_level_below_which_lambda_leaves_lines_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", level)
    _, metrics = observe(fresh_name())
    metrics.add_metric("Published", MetricUnit.Count, 1)
    flush(metrics)
    document = json.loads(capsys.readouterr().out)
    assert (document["Published"], document["level"]) == ([1.0], level)
    assert datetime.fromisoformat(document["timestamp"])
    assert {metric["Name"] for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {"Published"}


def test_the_stack_gives_the_names_of_service_and_namespace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "wedding")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Studio")
    _, metrics = observe("publish_photo")
    metrics.add_metric("Published", MetricUnit.Count, 1)
    flush(metrics)
    document = json.loads(capsys.readouterr().out)
    assert (document["service"], document["_aws"]["CloudWatchMetrics"][0]["Namespace"]) == ("wedding", "Studio")
    assert "level" not in document
