"""The built functions in Lambda's own runtime, with an S3 server and the other AWS services beside them."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.functions.lambda_runtime import ExecutionEnvironment, environment
from tests.support.functions.services import NAMES, Services, Start, prepared
from tests.support.servers import running
from tests.support.servers.processes import ROOT, ServerMissingError
from tests.support.stack.template import Stack


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with tempfile.TemporaryDirectory(prefix="runtime-") as name:
        folder = Path(name)
        try:
            with running("seaweedfs", folder / "s3") as storage, running("moto_server", folder / "aws") as aws:
                yield prepared(storage, aws)
        except ServerMissingError as missing:
            pytest.skip(str(missing))


@pytest.fixture
def start(services: Services, tmp_path: Path) -> Start:
    """Start execution environments: `with start("PublishPhotoFunction", VARIABLE=…, timeout=…) as environment`."""
    count = iter(range(1000))

    def started(function: str, *, timeout: int = 60, **variables: str) -> AbstractContextManager[ExecutionEnvironment]:
        values = {**Stack(NAMES).environment(function), **services.variables, **variables}
        run = partial(environment, function, tmp_path / f"environment-{next(count)}", values, timeout=timeout)
        try:
            return run()
        except ServerMissingError as missing:
            pytest.skip(str(missing))

    return started


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    """Read a file of `events/`."""

    def read(name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
        return document

    return read
