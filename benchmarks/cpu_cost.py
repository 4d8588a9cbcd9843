"""CPU time of one photo, of all processes that work on it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.exiftool import ExifTool

ROUNDS = 5
Task = Callable[[Path, Path], None]


class Cost(NamedTuple):
    """Least CPU milliseconds over all rounds.

    Attributes
    ----------
    first
        Of the first photo of a process: fresh memory has to come from the kernel.
    later
        Of a later one, for which memory is there already.
    """

    first: float
    later: float


def cost(task: Task, source: Path, folder: Path, runs: int, running: ExifTool) -> Cost:
    """Measure a task in processes that are forked for it, each for one photo and then for `runs` more."""
    rounds = []
    for _ in range(ROUNDS):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            try:
                spent = [_spent(task, source, folder / "out.jpg", running) for _ in range(runs + 1)]
                os.write(writer, f"{spent[0]} {min(spent[1:])}".encode())
            finally:
                os._exit(0)  # without the parent's clean-up
        os.close(writer)
        with os.fdopen(reader) as answer:
            first, later = map(float, answer.read().split())
        os.waitpid(child, 0)
        rounds.append((first, later))
    return Cost(*map(min, zip(*rounds, strict=True)))


def _spent(task: Task, source: Path, target: Path, running: ExifTool) -> float:
    target.unlink(missing_ok=True)
    start = _cpu_seconds(running)
    task(source, target)
    return (_cpu_seconds(running) - start) * 1e3


def _cpu_seconds(running: ExifTool) -> float:
    """CPU time so far, of this process, of its children that ended and of a running exiftool."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system + running.cpu_seconds()
