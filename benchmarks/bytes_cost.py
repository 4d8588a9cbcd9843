"""CPU time of one photo from bytes to bytes, beside that of one copy of the bytes, in fresh interpreters."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.cpu_cost import ROUNDS
from benchmarks.exif_tasks import CORRECTION
from galleria_storage.photos.photo import correct_bytes

TASKS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "copy": lambda data: bytes(memoryview(data)),
    "correct": lambda data: correct_bytes(data, CORRECTION),
}
#: More than the caches of a processor hold: no photo is there still when its turn comes again.
DIFFERENT_BYTES: Final = 256_000_000
RUNS: Final = 60


class BytesCost(NamedTuple):
    """CPU milliseconds.

    Attributes
    ----------
    first
        Of the first photo of this size in a process that has corrected a small one: memory has to come from the
        kernel. The least of all rounds.
    later
        Of a later one, a different one each time: memory is there, but the photo is in no cache. The median of
        all photos and rounds, since other users of the machine's memory make this one faster and slower.
    again
        Of the same photo over and over, in the processor's cache, where a publisher never finds one. The least.
    """

    first: float
    later: float
    again: float


def bytes_cost(name: str, source: Path, warm_up: Path) -> BytesCost:
    """Measure `copy` or `correct` on photos that are in memory, in processes that have corrected a small one."""
    command = [sys.executable, "-m", "benchmarks.bytes_cost", name, source, warm_up]
    rounds = [json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(ROUNDS)]
    first, later, again = zip(*rounds, strict=True)
    return BytesCost(min(first), statistics.median(later), min(again))


def main(name: str, source: Path, warm_up: Path) -> None:
    """Print the costs."""
    task, data = TASKS[name], source.read_bytes()
    for each in TASKS.values():
        each(warm_up.read_bytes())
    first = _milliseconds(task, [data])[0]
    again = min(_milliseconds(task, [data] * RUNS))
    different = [source.read_bytes() for _ in range(DIFFERENT_BYTES // len(data))]
    later = statistics.median(_milliseconds(task, different * (1 + RUNS // len(different))))
    print(json.dumps(BytesCost(first, later, again)))


def _milliseconds(task: Callable[[bytes], bytes], photos: Sequence[bytes]) -> list[float]:
    """Return the CPU time of each photo."""
    spent = []
    for photo in photos:
        start = time.process_time()
        result = task(photo)
        spent.append((time.process_time() - start) * 1e3)
        del result
    return spent


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
