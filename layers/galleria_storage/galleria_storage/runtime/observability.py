"""Log lines, metrics and traces of both functions: the one place that knows Powertools.

Importing the X-Ray SDK takes longer than everything else together, so it
happens only in the first invocation that Lambda samples.

Source: Powertools for AWS Lambda (Python), "Logger", "Metrics" and "Tracer"; Lambda
Developer Guide, "Log-level filtering"; CloudWatch User Guide, "Embedded metric format".
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

__all__ = ["MetricUnit", "flush", "observe", "segment"]

_NAMESPACE: Final = "Galleria"
_LEVEL_VARIABLES: Final = ("POWERTOOLS_LOG_LEVEL", "LOG_LEVEL")
_LEVELS: Final = frozenset({"DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"})


def observe(service: str, env: Mapping[str, str] = os.environ) -> tuple[Logger, Metrics]:
    """Return the logger and the metrics of a function.

    Parameters
    ----------
    service
        Name of the function, used where the environment does not give the stack's name.
    env
        `POWERTOOLS_SERVICE_NAME`, `POWERTOOLS_METRICS_NAMESPACE` and
        `POWERTOOLS_LOG_LEVEL` count; an unknown level becomes INFO, and the
        first line says so.
    """
    service = env.get("POWERTOOLS_SERVICE_NAME") or service
    level, doubt = _level(env)
    logger = Logger(service=service, level=level)
    if doubt:
        logger.warning(doubt)
    return logger, Metrics(namespace=env.get("POWERTOOLS_METRICS_NAMESPACE") or _NAMESPACE, service=service)


def flush(metrics: Metrics, env: Mapping[str, str] = os.environ) -> None:
    """Print the metrics that were added.

    Lambda treats a document without a level as INFO, and drops it if the
    function's log level is higher. So the document has that level.
    """
    if level := env.get("AWS_LAMBDA_LOG_LEVEL"):
        metrics.add_metadata("level", level)
        metrics.add_metadata("timestamp", datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    metrics.flush_metrics()


@contextmanager
def segment(name: str, **annotations: str) -> Iterator[None]:
    """Record the enclosed work as a subsegment, if this invocation is sampled.

    Parameters
    ----------
    name
        Name of the subsegment.
    annotations
        Indexed by X-Ray, so that traces can be searched for them.
    """
    # Lambda sets it for each invocation: Root=…;Parent=…;Sampled=0 or 1.
    if "Sampled=1" not in os.environ.get("_X_AMZN_TRACE_ID", ""):
        yield
        return
    with _tracer().provider.in_subsegment(name) as subsegment:
        for key, value in annotations.items():
            subsegment.put_annotation(key, value)
        yield


def _level(env: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the level to set (None: leave it to Powertools) and what is wrong with the configured one."""
    for name in _LEVEL_VARIABLES:
        if asked := env.get(name, ""):
            if asked.upper() in _LEVELS:
                return None, ""
            known = "DEBUG" if asked.strip().upper() == "TRACE" else asked.strip().upper()
            return (known, "") if known in _LEVELS else ("INFO", _doubt(name, asked))
    return None, ""


def _doubt(name: str, asked: str) -> str:
    allowed = ", ".join(map(logging.getLevelName, (10, 20, 30, 40, 50)))
    return f"{name} is {asked!r}; allowed are {allowed}. INFO is used."


@cache
def _tracer() -> Any:
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 # see the module's docstring

    return Tracer(patch_modules=("botocore",))
