"""The whole stack, deployed by `sam deploy` into an emulator that enforces IAM and bucket policies (MiniStack).

A proxy in front of it plays the TLS endpoint, since the bucket policies refuse requests without TLS.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import running
from tests.support.servers.processes import ServerMissingError
from tests.support.servers.wire import proxied
from tests.support.stack.cloud import BUILT, REGION, Cloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    if not BUILT.exists():
        pytest.skip("nothing is built (make build)")
    with tempfile.TemporaryDirectory(prefix="stack-") as folder:
        try:
            with running("ministack", Path(folder)) as server, proxied(server.endpoint) as wire:
                wire.added = {"X-Forwarded-Proto": "https"}
                own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
                leading = {
                    "AWS_ENDPOINT_URL": wire.endpoint,
                    "AWS_ACCESS_KEY_ID": server.access_key,
                    "AWS_SECRET_ACCESS_KEY": server.secret_key,
                    "AWS_DEFAULT_REGION": REGION,
                    "SAM_CLI_TELEMETRY": "0",
                    "SAM_CLI_POLL_DELAY": "1",
                }
                yield Cloud(wire, {**own, **leading}, _leading(wire.endpoint))
        except ServerMissingError as missing:
            pytest.skip(str(missing))


def _leading(endpoint: str) -> Path:
    """Write the built template with the variable that leads the functions' SDK to the emulator; return its path."""
    built = BUILT.read_text(encoding="utf-8")
    led, places = re.subn(r"(AWS_ENDPOINT_URL:)\s+Ref: AWS::NoValue", rf"\1 {endpoint}", built)
    assert places == 1
    path = BUILT.with_name("template-for-tests.yaml")  # beside the folders that it names
    path.write_text(led, encoding="utf-8")
    return path
