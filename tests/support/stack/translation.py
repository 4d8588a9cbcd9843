"""The template as CloudFormation gets it from SAM. The translator is in `.venv-sam` alone."""

import logging
import os
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.support.stack.template import PSEUDO, source


def translated(parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the translated template; the code is put in a bucket by name only."""
    from samtranslator.translator.transform import transform  # noqa: PLC0415 # see above

    logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)  # it complains that it was not called
    os.environ.setdefault("AWS_DEFAULT_REGION", PSEUDO["AWS::Region"])  # the translator asks boto3 for it
    template = deepcopy(source())
    for resource in template["Resources"].values():
        for code in resource.get("Properties", {}).keys() & {"CodeUri", "ContentUri"}:
            resource["Properties"][code] = "s3://artifacts/code.zip"

    class NoManagedPolicies:
        def load(self) -> dict[str, str]:
            return {}

    document: dict[str, Any] = transform(template, dict(parameters or {}), NoManagedPolicies())
    return document
