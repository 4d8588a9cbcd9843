"""CPU time of one photo, of all processes that work on it, measured in fresh interpreters."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks.exif_tasks import SLOW, TASKS, cpu_seconds

ROUNDS = 5


class Cost(NamedTuple):
    """Least CPU milliseconds over all rounds.

    Attributes
    ----------
    first
        Of the first photo of this size in a process that has corrected a small one: fresh memory has to come from
        the kernel.
    later
        Of a later one, for which memory is there already.
    """

    first: float
    later: float


def cost(name: str, source: Path, warm_up: Path, runs: int) -> Cost:
    """Measure a task in fresh interpreters, on one photo and then on the same photo `runs` times more."""
    command = [sys.executable, "-m", "benchmarks.cpu_cost", name, source, warm_up, str(1 if name in SLOW else runs)]
    rounds = [json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(ROUNDS)]
    return Cost(*map(min, zip(*rounds, strict=True)))


def main(name: str, source: Path, warm_up: Path, runs: int) -> None:
    """Print first and later cost."""
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        target, task = Path(folder) / "out.jpg", TASKS[name]()
        task(warm_up, target)
        spent = []
        for _ in range(runs + 1):
            target.unlink()
            start = cpu_seconds(task)
            task(source, target)
            spent.append((cpu_seconds(task) - start) * 1e3)
    print(json.dumps([spent[0], min(spent[1:])]))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
