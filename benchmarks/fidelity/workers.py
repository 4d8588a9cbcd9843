"""A process of its own for editors and readers that may crash or hang on a broken photo."""

import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as NoAnswerError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks.fidelity.editors import EDITORS

SECONDS_PER_FILE = 60
P = ParamSpec("P")
R = TypeVar("R")


class LostError(Exception):
    """The process crashed or gave no answer."""


class Worker:
    """A process that is replaced when it crashes or hangs."""

    def __init__(self) -> None:
        self._pool = self._new_pool()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function in that process; LostError if the process dies of it."""
        try:
            return self._pool.submit(function, *args, **kwargs).result(timeout=SECONDS_PER_FILE)
        except (BrokenProcessPool, NoAnswerError) as error:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._new_pool()
            raise LostError("crashed" if isinstance(error, BrokenProcessPool) else "gave no answer") from None

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()

    @staticmethod
    def _new_pool() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def edit(editor: str, source: Path, target: Path) -> str:
    """Run an editor from file to file; return its reason if it refused, else an empty text."""
    warnings.simplefilter("ignore")  # what counts is what was written
    try:
        target.write_bytes(EDITORS[editor](source.read_bytes()))
    except Exception as error:  # noqa: BLE001 # an editor refuses with whatever it likes to raise
        return f"{type(error).__name__}: {error}".strip()[:200] or "refused"
    return ""
