"""One Lambda execution environment without a container: AWS's runtime interface client under AWS's emulator.

The client (`awslambdaric`) is what the managed runtime runs; the emulator comes with `aws-sam-cli`. They run what
`make build` built, under the runtime's own Python where this machine has one (`.venv-runtime`). Memory is not
limited, and an environment takes one call at a time: for more, start more.
"""

import http.client
import json
import os
import platform
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.support.servers.processes import ROOT, Processes, ServerMissingError, ServerStartError, free_ports

BUILD: Final = ROOT / ".aws-sam/build"
LAYER: Final = BUILD / "GalleriaStorageLayer/python"
PYTHON: Final = ROOT / ".venv-runtime/bin/python"
_EMULATORS: Final = {"x86_64": "x86_64", "aarch64": "arm64"}
_INVOCATIONS: Final = "/2015-03-31/functions/function/invocations"
_READY_SECONDS: Final = 20


class ExecutionEnvironment:
    """A running environment.

    Parameters
    ----------
    port
        Where the emulator takes invocations.
    runtime_port
        Where the runtime asks the emulator for them.
    log
        What emulator, runtime and function say.
    """

    def __init__(self, port: int, runtime_port: int, log: Path) -> None:
        self._port = port
        self._runtime_port = runtime_port
        self._log = log

    def invoke(self, event: Any, wait_seconds: float = 120) -> Any:
        """Invoke the function and return its answer, parsed where it is JSON.

        A raised exception is an answer too: a mapping with `errorType`.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=wait_seconds)
        try:
            connection.request("POST", _INVOCATIONS, json.dumps(event))
            body = connection.getresponse().read().decode()
        finally:
            connection.close()
        try:
            return json.loads(body)
        except json.JSONDecodeError:
            return body

    def marks(self, variables: bytes) -> bool:
        """Return whether a process with these environment variables (as /proc gives them) belongs here."""
        return f"AWS_LAMBDA_RUNTIME_API=127.0.0.1:{self._runtime_port}".encode() in variables

    def log(self) -> str:
        """Return all that was logged so far."""
        return self._log.read_text(errors="replace")

    def lines(self) -> list[dict[str, Any]]:
        """Return the function's own lines: those that are JSON documents."""
        found = [json.loads(line) for line in self.log().splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in found if isinstance(line, dict)]

    def init_milliseconds(self) -> list[float]:
        """Return how long each init phase took, as the emulator measured it."""
        return [float(found) for found in re.findall(r"INIT REPORT\(durationMs: ([0-9.]+)", self.log())]


@contextmanager
def environment(
    function: str, folder: Path, variables: Mapping[str, str], *, timeout: int = 60, layer: Path = LAYER
) -> Iterator[ExecutionEnvironment]:
    """Start an environment for a built function, and end it on leaving.

    Parameters
    ----------
    function
        Logical id in the template, or the path of a folder with an `app.py`.
    folder
        For the log.
    variables
        Environment variables, beside those that Lambda sets.
    timeout
        The function's, in seconds.
    layer
        Folder that stands for `/opt/python`.

    Raises
    ------
    ServerMissingError
        Nothing is built, or the emulator is not installed; the message says what remedies it.
    ServerStartError
        It did not come up.
    """
    task_root = BUILD / function
    if not task_root.exists():
        raise ServerMissingError(f"{function} is not built (make build)")
    invocations, runtime_api = free_ports(2)
    command = [
        emulator(),
        "--runtime-interface-emulator-address", f"127.0.0.1:{invocations}",
        "--runtime-api-address", f"127.0.0.1:{runtime_api}",
        "--log-level", "info",
        interpreter(), "-m", "awslambdaric", "app.lambda_handler",
    ]  # fmt: skip
    env = {
        "LAMBDA_TASK_ROOT": str(task_root),
        "PYTHONPATH": os.pathsep.join([str(task_root), str(layer)]),
        "PYTHONDONTWRITEBYTECODE": "1",  # /var/task and /opt are read-only in Lambda
        "AWS_LAMBDA_FUNCTION_NAME": task_root.name,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        **variables,
    }
    with Processes(folder) as processes:
        processes.start("environment", command, env)
        _wait_until_listening(processes, invocations)
        yield ExecutionEnvironment(invocations, runtime_api, folder / "environment.log")


def emulator() -> Path:
    """Return the runtime interface emulator for this machine's processor."""
    packages = ROOT.glob(".venv-sam/lib/python*/site-packages/samcli/local/rapid")
    machine = _EMULATORS.get(platform.machine(), platform.machine())
    for found in packages:
        program = found / f"aws-lambda-rie-{machine}"
        program.chmod(0o755)
        return program
    raise ServerMissingError("the runtime interface emulator is not installed (make .venv-sam/.ready)")


def interpreter() -> Path:
    """Return the Python that represents the managed runtime."""
    if not PYTHON.exists():
        raise ServerMissingError("the runtime interface client is not installed (make .venv-runtime/.ready)")
    return PYTHON


def interpreter_version() -> str:
    """Return the version of that Python, such as `3.13`."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([interpreter(), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _wait_until_listening(processes: Processes, port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        processes.check_alive()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.connect()
        except OSError:
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    raise ServerStartError(f"the emulator does not listen on port {port}")
