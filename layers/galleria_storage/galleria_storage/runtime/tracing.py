"""X-Ray segments, at no cost if tracing is off.

Importing the X-Ray SDK takes longer than everything else together, so it
happens only in the first invocation that Lambda samples.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


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


@cache
def _tracer() -> Any:
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 # see the module's docstring

    return Tracer(patch_modules=("botocore",))
