"""What publishing costs: ours beside a naive handler and a bare relay, on real servers (`make bench-publish`).

Each measurement runs in a fresh process. Issue 4, point 8, states the bars; each is printed with what was measured.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from benchmarks.publishing.chaos import report_chaos
from benchmarks.publishing.worker import Job, Result
from tests.support.photos.jpegs import photo
from tests.support.servers import S3Server, running
from tests.support.servers.processes import ServerMissingError

MIB: Final = 1 << 20
SIZES: Final = {"1 MB": MIB, "8 MB": 8 * MIB, "25 MB": 25 * MIB, "200 MB": 200 * MIB, "1 GiB": 1024 * MIB}
REPEAT: Final = {"1 MB": 30, "8 MB": 20, "25 MB": 9, "200 MB": 3, "1 GiB": 1}
#: Processes that measure one after another, in turn with those of the others; the smaller, the more noise matters.
ROUNDS: Final = {"1 MB": 3, "8 MB": 2, "25 MB": 2, "200 MB": 1, "1 GiB": 1}
CORRECTION: Final = {"timestamp-offset-hours": "-2", "target-timezone": "Europe/Stockholm"}
RIVALS: Final = ("ours", "relay + SHA-256", "relay", "lean relay + SHA", "naive")

Results = dict[tuple[str, str], Result]


class Bench:
    """All measurements on one server."""

    def __init__(self, server: S3Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.client = server.client()
        for bucket in ("staging", "public"):
            self.client.create_bucket(Bucket=bucket)
        self.upload("warm-up", 20_000)

    def upload(self, name: str, size: int) -> str:
        """Put a photo of this size into staging (from a file: a GiB does not belong into this process)."""
        key, path = f"{name}.jpg".replace(" ", ""), self.folder / "photo"
        with path.open("wb") as file:
            file.write(photo(size=min(size, MIB))[:-2])
            block = photo(None, size=MIB, seed=1)[-MIB - 2 : -2]
            for _ in range(size // MIB - 1):
                file.write(block)
            file.write(b"\xff\xd9")
        self.client.upload_file(str(path), "staging", key, ExtraArgs={"Metadata": CORRECTION})
        path.unlink()
        return key

    def measure(self, handler: str, key: str, repeat: int, *, again: bool = False) -> Result:
        """Measure one handler on one photo in a fresh process."""
        staging, public = (asdict(self.server.access(bucket)) for bucket in ("staging", "public"))
        job = Job(handler, staging, public, "warm-up.jpg", key, repeat, again)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.publishing.worker"],
            input=json.dumps(asdict(job)),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{handler} failed on {key}: {done.stderr[-800:]}")
        return Result(**json.loads(done.stdout))

    def results(self, sizes: list[str]) -> Iterator[tuple[str, str, Result]]:
        """Measure everything, smallest photos first."""
        for size in sizes:
            key = self.upload(size, SIZES[size])
            handlers = [*RIVALS]
            if SIZES[size] >= SIZES["200 MB"]:
                handlers.insert(1, "ours, streaming")
            rounds = [[self.measure(handler, key, REPEAT[size]) for handler in handlers] for _ in range(ROUNDS[size])]
            for handler, results in zip(handlers, zip(*rounds, strict=True), strict=True):
                yield size, handler, together(results)
            if size == "8 MB":
                self.measure("ours", key, 1, again=True)
                yield size, "duplicate", self.measure("ours", key, REPEAT[size], again=True)
            self.client.delete_object(Bucket="staging", Key=key)


def together(results: Sequence[Result]) -> Result:
    """Return the least disturbed of several measurements, with the highest memory of all."""
    best = min(results, key=lambda result: result.cpu_ms)
    most = max(results, key=lambda result: result.peak_mb - result.idle_mb)
    wall = min(result.wall_ms for result in results)
    return replace(best, wall_ms=wall, idle_mb=most.idle_mb, peak_mb=most.peak_mb)


def table_row(size: str, handler: str, result: Result) -> str:
    """Write one measurement as a row."""
    extra = result.peak_mb - result.idle_mb
    return (
        f"{size:>7}  {handler:<16} {result.cpu_ms:9.1f} {result.wall_ms:9.1f} {result.idle_mb:8.1f} {extra:+9.1f} "
        f"{result.requests:9d} {result.sent_mb:9.1f}"
    )


def streaming(results: Results, size: str) -> Result:
    """Return what ours costs when all bytes pass through it, as through a relay."""
    return results.get((size, "ours, streaming"), results[size, "ours"])


def bars(results: Results) -> Iterator[tuple[str, float, float]]:
    """Give each bar: what it says, what was measured, and what is allowed."""
    for size in dict.fromkeys(size for size, _ in results):
        streamed = streaming(results, size)
        yield f"{size}: CPU, of a relay with SHA-256", streamed.cpu_ms / results[size, "relay + SHA-256"].cpu_ms, 1.15
        for ours in {id(r): r for r in (streamed, results[size, "ours"])}.values():
            yield f"{size}: peak memory above idle, MB", ours.peak_mb - ours.idle_mb, 24
    for size, share in (("8 MB", 0.5), ("25 MB", 0.65)):
        if (size, "naive") in results:
            yield (
                f"{size}: CPU, of the naive handler",
                results[size, "ours"].cpu_ms / results[size, "naive"].cpu_ms,
                share,
            )
    if ("8 MB", "duplicate") in results:
        share = results["8 MB", "duplicate"].wall_ms / results["8 MB", "ours"].wall_ms
        yield "8 MB: wall time of a duplicate, of a publication", share, 0.10


def bench(name: str, sizes: list[str], photos: int) -> bool:
    """Measure on one server; return whether every limit is met."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, running(name, Path(folder) / "server") as server:
        bench = Bench(server, Path(folder))
        print(
            f"\n{name}\n{'size':>7}  {'handler':<16} {'CPU ms':>9} {'wall ms':>9} {'idle MB':>8} {'peak MB':>9} ",
            end="",
        )
        print(f"{'requests':>9} {'sent MB':>9}")
        results: Results = {}
        for size, handler, result in bench.results(sizes):
            results[size, handler] = result
            print(table_row(size, handler, result), flush=True)
        met = []
        for what, measured, allowed in bars(results):
            met.append(measured <= allowed)
            print(f"  {'met   ' if met[-1] else 'MISSED'} {what:<50} {measured:6.2f}  (bar {allowed:.2f})")
        for size in dict.fromkeys(size for size, _ in results):
            ratio = streaming(results, size).cpu_ms / results[size, "lean relay + SHA"].cpu_ms
            print(f"         {size}: CPU, of a relay with a client of ours {ratio:>{50 - len(size)}.2f}")
        return report_chaos(server, photos) and all(met)


def main() -> int:
    """Run the benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--servers", nargs="+", default=["seaweedfs", "ceph"])
    arguments.add_argument("--sizes", nargs="+", default=list(SIZES), choices=list(SIZES))
    arguments.add_argument("--photos", type=int, default=1000, help="of the run under fire; 0 leaves it out")
    options = arguments.parse_args()
    good = True
    for name in options.servers:
        try:
            good &= bench(name, options.sizes, options.photos)
        except ServerMissingError as missing:
            print(f"skipped: {name}: {missing}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
