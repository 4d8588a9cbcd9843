"""One long-lived exiftool process (`-stay_open`), as oracle and as peer."""

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

HERE = Path(__file__).parent
ENDED = "exiftool ended unexpectedly"
#: Every tag, unknown ones and embedded images included, as stored.
READ_OPTIONS = ("-j", "-a", "-u", "-b", "-n", "-G0:1:4")


def exiftool_command() -> list[str] | None:
    """Find exiftool: ``$EXIFTOOL``, the pinned npm package beside this file, or the one on the path; None without."""
    if given := os.environ.get("EXIFTOOL"):
        return [given]
    vendored = HERE / "node_modules/exiftool-vendored.pl/bin/exiftool"
    if vendored.exists() and (perl := shutil.which("perl")):
        return [perl, str(vendored)]
    found = shutil.which("exiftool")
    return [found] if found else None


def read_alone(path: Path) -> dict[str, Any]:
    """Read all tags in a separate process: exiftool remembers unknown tags from photo to photo."""
    command = exiftool_command() or missing()
    return parse_tags(subprocess.run([*command, *READ_OPTIONS, path], capture_output=True, check=False).stdout)


def parse_tags(output: bytes) -> dict[str, Any]:
    """Return what exiftool printed as values by ``kind:group:copy:name``, as they are stored."""
    start = output.find(b"[{")
    if start < 0:
        return {"ExifTool:Error": output.decode("utf-8", "replace").strip() or "no answer"}
    answer, _ = json.JSONDecoder(strict=False).raw_decode(output[start:].decode("utf-8", "replace"))
    return dict(answer[0])


def missing() -> NoReturn:
    """Exit, and say how to install exiftool."""
    raise SystemExit("exiftool is missing: run `make exiftool` (npm) or install libimage-exiftool-perl")


class ExifTool:
    """A running exiftool that takes command after command."""

    def __init__(self) -> None:
        self._command = [*(exiftool_command() or missing()), "-stay_open", "True", "-@", "-"]
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate(b"-stay_open\nFalse\n", timeout=30)

    def run(self, *arguments: str | Path) -> bytes:
        """Run one command; return all that it printed; if it crashed (some photos make it), also its last error."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 # opened with a pipe
        assert stdout is not None  # noqa: S101 # the same
        stdin.write(b"".join(os.fsencode(argument) + b"\n" for argument in (*arguments, "-execute")))
        stdin.flush()
        lines = []
        for line in stdout:
            if line.endswith(b"{ready}\n"):
                lines.append(line.removesuffix(b"{ready}\n"))
                return b"".join(lines)
            lines.append(line)
        with suppress(BrokenPipeError):
            stdin.close()
        stdout.close()
        self._process.wait()
        self._process = self._start()
        return f"{ENDED}: ".encode() + b"".join(lines)

    def read(self, path: Path) -> dict[str, Any]:
        """Read all tags of a photo, see `parse_tags`."""
        return parse_tags(self.run(*READ_OPTIONS, path))

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process has used."""
        return int(Path(f"/proc/{self._process.pid}/schedstat").read_text("ascii").split()[0]) / 1e9

    def version(self) -> str:
        """Return exiftool's version."""
        return self.run("-ver").decode().strip()
