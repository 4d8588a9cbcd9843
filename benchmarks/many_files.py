"""Many files and keys: does memory stay flat? `make bench-many`.

Each command runs twice on one SeaweedFS server on loopback: with a tenth of FILES=100000, and with all of them. What
counts is that the peak of its memory (resident set) hardly grows. The listings in lock step behind `status` and
`verify` are also run alone, over a million made-up keys. Exit status 1 if the peak grows by more than GROWTH.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from galleria_storage.bulk.march import march
from galleria_storage.s3.listing import ListedObject
from tests.support.servers import S3Server, running

FILES: Final = 100_000
KEYS: Final = 1_000_000
#: What the peak may be with all files, as a multiple of that with a tenth.
GROWTH: Final = 1.25
#: A photo of the smallest kind, so that `push` takes it.
GIF: Final = b"GIF89a" + bytes(10) + b";"
#: Runs a command, then tells the peak of its own memory, which a parent's does not blur (proc(5), VmHWM).
TELLING: Final = """
import sys
words = sys.argv[1:]
if words[0] == "march":
    from benchmarks.many_files import compare_made_up
    status = compare_made_up(int(words[1]))
else:
    from galleria_cli.console import main
    status = main(words)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(status)
"""
COMMANDS: Final = {
    "push --dry-run": ["push", "--dry-run"],
    "push": ["push"],
    "push, unchanged": ["push"],
    "deploy": ["deploy", "--no-cors-check"],
    "deploy, unchanged": ["deploy", "--no-cors-check"],
    "publish": ["publish"],
    "status": ["status"],
    "verify": ["verify"],
}


class Cost(NamedTuple):
    """What one run took."""

    megabytes: float
    wall: float
    cpu: float


def main() -> None:
    """Run everything, print a table, and exit with 1 if memory grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--commands", nargs="*", default=list(COMMANDS), help="Some of them, in this order.")
    given = parser.parse_args()
    grown = [_lock_step()]
    with (
        tempfile.TemporaryDirectory(prefix="s3-") as data,
        tempfile.TemporaryDirectory(prefix="photos-") as folder,
        running("seaweedfs", Path(data)) as server,
    ):
        client = server.client()
        counts = (given.files // 10, given.files)
        for count in counts:
            _fill(Path(folder) / f"{count}", count)
            for kind in ("staging", "public", "site"):
                client.create_bucket(Bucket=f"{kind}-{count}")
        print(f"{'':28}" + "".join(f"{f'{count} files: MB':>20}{'wall s':>9}{'CPU s':>8}" for count in counts))
        for name in given.commands:
            costs = [
                _run(_words(name, Path(folder), count), _environment(server, Path(folder), count)) for count in counts
            ]
            print(
                f"{name:28}" + "".join(f"{cost.megabytes:20.0f}{cost.wall:9.1f}{cost.cpu:8.1f}" for cost in costs),
                flush=True,
            )
            grown.append(costs[1].megabytes / costs[0].megabytes)
    sys.exit(int(max(grown) > GROWTH))


def _words(name: str, folder: Path, count: int) -> list[str]:
    words = [*COMMANDS[name], "--quiet"]
    if name.startswith("push"):
        return [*words, str(folder / f"{count}")]
    if name.startswith("deploy"):
        return [*words, str(folder / f"{count}"), "--bucket", f"site-{count}"]
    return [*words, "--all"] if name == "publish" else words


def _environment(server: S3Server, folder: Path, count: int) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return plain | {
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "XDG_CACHE_HOME": str(folder / f"cache-{count}"),
        "STAGING_BUCKET": f"staging-{count}",
        "AWS_ENDPOINT_URL_S3": server.endpoint,
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_DEFAULT_REGION": server.region,
        "S3_PUBLIC_BUCKET": f"public-{count}",
        "S3_PUBLIC_ENDPOINT": server.endpoint,
        "S3_PUBLIC_ACCESS_KEY": server.access_key,
        "S3_PUBLIC_SECRET_KEY": server.secret_key,
        "S3_PUBLIC_PROFILE": server.profile,
    }


def _fill(folder: Path, count: int) -> None:
    before = time.time() - 3600
    for n in range(count):
        path = folder / f"{n // 1000:03}/{n:06}.gif"
        if n % 1000 == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(GIF + b"%d" % n)
        os.utime(path, (before, before))  # what was changed just now is not remembered


def _run(words: list[str], environment: dict[str, str]) -> Cost:
    """Run a command, or a function of this module, in a process that tells its own peak at its end."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", TELLING, *words], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode not in {0, 1}:  # 1: `status` without `publish` before it
        raise SystemExit(f"{' '.join(words)}: exit status {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(int(done.stdout.split()[-2]) / 1024, time.monotonic() - started, cpu)


def _lock_step() -> float:
    few, many = (_run(["march", str(count)], dict(os.environ)) for count in (KEYS // 10, KEYS))
    print(f"two listings of {KEYS} keys in lock step: {many.megabytes:.1f} MB, {many.cpu:.1f} s of CPU "
          f"({KEYS // 10}: {few.megabytes:.1f} MB)")  # fmt: skip
    return many.megabytes / few.megabytes


def compare_made_up(count: int) -> int:
    """Compare two made-up listings, in which every tenth key of the one is missing in the other."""
    pairs = march(_made_up(count), (one for one in _made_up(count) if not one.key.endswith("0")))
    return int(sum(pair.right is None for pair in pairs) != count // 10)


def _made_up(count: int) -> Iterator[ListedObject]:
    return (ListedObject(f"photos/{n:09}", n, f"{n:032x}") for n in range(count))


if __name__ == "__main__":
    main()
