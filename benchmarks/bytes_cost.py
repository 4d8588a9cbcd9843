"""CPU time of one photo from bytes to bytes, beside that of one copy of the bytes, in interpreters made for it."""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.cpu_cost import ROUNDS, Cost
from benchmarks.exif_tasks import CORRECTION
from galleria_storage.exif.photo import correct_bytes

TASKS = {"copy": lambda data: bytes(memoryview(data)), "correct": lambda data: correct_bytes(data, CORRECTION)}
RUNS = 60


def bytes_cost(name: str, source: Path, warm_up: Path) -> Cost:
    """Measure `copy` or `correct` on a photo that is in memory, in processes that have corrected a small one."""
    command = [sys.executable, "-m", "benchmarks.bytes_cost", name, source, warm_up]
    rounds = [json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(ROUNDS)]
    return Cost(*map(min, zip(*rounds, strict=True)))


def main(name: str, source: Path, warm_up: Path) -> None:
    """Print first and later cost in CPU milliseconds."""
    data = source.read_bytes()
    for task in TASKS.values():
        task(warm_up.read_bytes())
    spent = []
    for _ in range(RUNS):
        start = time.process_time()
        result = TASKS[name](data)
        spent.append((time.process_time() - start) * 1e3)
        del result
    print(json.dumps([spent[0], min(spent[1:])]))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
