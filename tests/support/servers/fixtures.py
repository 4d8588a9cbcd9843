"""What fixtures of several suites need to run a server."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.servers.processes import ServerMissingError
from tests.support.servers.server import S3Server, running


@contextmanager
def running_or_skipped(name: str) -> Iterator[S3Server]:
    """Run a server in a temporary folder, or skip the test where it is not installed."""
    # Not pytest's own temporary folder: it is kept after the run, and its long names break Unix sockets.
    with tempfile.TemporaryDirectory(prefix="s3-") as folder:
        try:
            with running(name, Path(folder)) as started:
                yield started
        except ServerMissingError as missing:
            pytest.skip(f"{name}: {missing}")
