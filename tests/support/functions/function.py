"""Loads a function of the checkout by its path, as Lambda does, and reads what it prints."""

import importlib.util
import io
import json
import sys
from contextlib import redirect_stdout
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.support.servers.processes import ROOT


class Function:
    """A loaded function.

    Attributes
    ----------
    module
        Its `app.py`.
    printed
        All lines that it printed, one JSON document each.
    """

    def __init__(self, name: str) -> None:
        self.module = _load(name)
        self.printed: list[dict[str, Any]] = []
        self._context = SimpleNamespace(function_name=name, aws_request_id=f"request of {name}")

    def __call__(self, event: Any) -> Any:
        """Invoke the handler; what it prints is kept, even if it raises."""
        out = io.StringIO()
        for handler in self.module.logger.handlers:
            handler.stream = out  # not by its method: that flushes the last stream, which may be closed by now
        try:
            with redirect_stdout(out):
                return self.module.lambda_handler(event, self._context)
        finally:
            self.printed += [json.loads(line) for line in out.getvalue().splitlines()]

    def logged(self) -> list[dict[str, Any]]:
        """Return the log lines."""
        return [line for line in self.printed if "level" in line]

    def counted(self, name: str) -> list[float]:
        """Return all values of one metric."""
        return [value for line in self.printed if "_aws" in line for value in line.get(name, [])]


def _load(name: str) -> ModuleType:
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"function_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
