"""`make bench-exif`: what one correction costs beside its peers, in one run, against the bars of the project.

CPU time is that of all processes involved, the least of several rounds; the
files are in a temporary folder. On a busy machine all figures grow, those of
the kernel most: run it on a quiet one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyexiv2

from benchmarks.bytes_cost import bytes_cost
from benchmarks.camera_photo import camera_photo
from benchmarks.cpu_cost import cost
from benchmarks.exif_tasks import CORRECTION, TASKS, ours
from galleria_storage.photos.jpeg.head import read_head
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.source import BytesSource

LARGE = 8
LIBRARY = Path(__file__).parents[1] / "layers/galleria_storage"


def microseconds(task: Callable[[], object], runs: int) -> float:
    """Least CPU time of one run, over nine rounds."""
    rounds = []
    for _ in range(9):
        start = time.process_time()
        for _ in range(runs):
            task()
        rounds.append((time.process_time() - start) / runs * 1e6)
    return min(rounds)


def memory_growth(task: Callable[[], object]) -> float:
    """Peak of what Python allocates during a task, in MB."""
    task()
    tracemalloc.start()
    task()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def import_milliseconds(before: str) -> float:
    """Import the whole Exif part in a new interpreter with bytecode, after other imports; least CPU time of fifteen."""
    code = (
        f"import sys, time{before}; t = time.process_time(); "
        "import galleria_storage.corrections.correction, galleria_storage.photos.photo; "
        "print((time.process_time() - t) * 1e3)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as cache:
        environment |= {"PYTHONPATH": str(LIBRARY), "PYTHONPYCACHEPREFIX": cache}
        run = partial(subprocess.run, [sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        return min(float(run().stdout) for _ in range(15))


class Bars:
    """The measured figures, each with its limit."""

    def __init__(self) -> None:
        self.missed = 0

    def show(self, what: str, value: float, limit: float, unit: str, *, at_least: bool = False) -> None:
        """Print one figure and whether it is within its limit."""
        kept = value >= limit if at_least else value <= limit
        self.missed += not kept
        sign = "≥" if at_least else "≤"
        print(f"  {what:<62} {value:9.2f} {unit:<3} bar {sign} {limit:g} {unit:<3} {'kept' if kept else 'MISSED'}")

    def tell(self, what: str, value: float, unit: str) -> None:
        """Print a figure without a limit."""
        print(f"  {what:<62} {value:9.2f} {unit}")


def bench_files(megabytes: float, runs: int, folder: Path, bars: Bars) -> None:
    """Compare file to file at one size."""
    source, warm_up = folder / f"{megabytes}.jpg", folder / "small.jpg"
    source.write_bytes(camera_photo(megabytes))
    warm_up.write_bytes(camera_photo(0.05))
    print(
        f"\nFile to file, {source.stat().st_size / 1e6:.1f} MB: CPU ms for a process's first photo of the size, "
        "and for a later one"
    )
    costs = {}
    for name in TASKS:
        costs[name] = cost(name, source, warm_up, runs)
        times = costs[name].first / costs["galleria-storage"].first
        print(f"  {name:<26} {costs[name].first:9.2f} {costs[name].later:9.2f}   first: {times:7.1f} x ours")
    mine = costs["galleria-storage"].first
    if megabytes >= LARGE:
        bars.show("piexif / ours", costs["piexif"].first / mine, 4, "x", at_least=True)
        bars.show("exiftool -stay_open / ours", costs["exiftool -stay_open"].first / mine, 2, "x", at_least=True)
    else:
        bars.show("exiftool / ours", costs["exiftool, a process each"].first / mine, 20, "x", at_least=True)


def bench_memory_and_speed(data: bytes, folder: Path, bars: Bars) -> None:
    """Measure the head edit, bytes to bytes, and memory."""
    source, target = folder / "photo.jpg", folder / "out.jpg"
    source.write_bytes(data)
    head = read_head(BytesSource(data))
    print(f"\nIn memory, {len(data) / 1e6:.1f} MB, Exif block {len(head.data) / 1e3:.0f} KB")
    in_memory = BytesSource(head.data + b"\xff\xda")
    edit = microseconds(lambda: plan_photo(in_memory, CORRECTION), 200)
    bars.show("editing the head", edit, 100, "µs")
    warm_up = folder / "small.jpg"
    warm_up.write_bytes(camera_photo(0.05))
    copied, whole = (bytes_cost(task, source, warm_up) for task in ("copy", "correct"))
    for when in ("first", "later"):
        one, both = getattr(copied, when), getattr(whole, when)
        bars.show(f"bytes to bytes / one copy of the bytes ({one:.2f} ms), {when} photo", both / one, 1.5, "x")
    bars.tell(f"the same photo over and over, in the cache ({copied.again:.2f} ms)", whole.again / copied.again, "x")
    bars.show("memory, file to file", memory_growth(lambda: ours(source, target)), 1, "MB")
    growth = memory_growth(lambda: correct_bytes(data, CORRECTION)) - len(data) / 1e6
    bars.show("memory, bytes to bytes, beyond the photo returned", growth, 1, "MB")


def main() -> int:
    """Print all figures; status 1 if one exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    pyexiv2.set_log_level(4)
    bars = Bars()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for megabytes in (0.1, 8, 25):
            bench_files(megabytes, runs, folder, bars)
        for megabytes in (8, 25):
            bench_memory_and_speed(camera_photo(megabytes), folder, bars)
    print("\nImport of galleria_storage.photos and the corrections, with bytecode")
    bars.show(
        "beside the modules that every handler has (json, inspect)",
        import_milliseconds(", json, inspect, datetime"),
        15,
        "ms",
    )
    bars.show("in a bare interpreter", import_milliseconds(""), 15, "ms")
    return int(bars.missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
