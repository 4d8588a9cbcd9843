"""Folders uploaded twice by the command `deploy`, beside other programs, and one large file. `make bench-upload`.

All work on one SeaweedFS server on loopback, eight files at once, in rounds that take turns, so that other load on
the machine affects all equally; the median counts. Wall time includes the server's work on the same processors, CPU
time is the program's own. Every program compares as it does by default: rclone by size and time, s5cmd and aws by
size and time, the command by size and by the checksum that it remembers of a file whose size, time and inode have not
changed. It runs as an installed package does, with its bytecode kept.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from galleria_storage.s3_storage import get_s3_client, upload_file_to_s3
from tests.support.servers import S3Server, running
from tests.support.servers.processes import ServerMissingError, find_program

#: Files, and bytes of each.
FOLDERS: Final = ((2000, 100_000), (50, 8_000_000))
LARGE_MIB: Final = 400
ROUNDS: Final = 3
REMEDY: Final = "make .venv-servers/.ready"
#: What the ratios are of.
PEER: Final = "rclone"


class Cost(NamedTuple):
    """What one run took, in seconds."""

    wall: float
    cpu: float


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory(prefix="s3-") as data,
        tempfile.TemporaryDirectory(prefix="photos-") as folder,
        running("seaweedfs", Path(data)) as server,
    ):
        client = get_s3_client(server.endpoint, server.access_key, server.secret_key, server.region)
        programs = _programs()
        for bucket in programs:
            client.create_bucket(Bucket=bucket)
        print(f"{'median of ' + str(rounds):34}{'wall s':>9}{'CPU s':>9}{'wall / rclone':>15}{'CPU / rclone':>14}")
        environment = _environment(server, Path(folder))
        for count, size in FOLDERS:
            photos = _filled(Path(folder) / f"{count}", count, size)
            _compare(programs, photos, environment, rounds, f"{count} of {size // 1000} KB")
        _large(server, Path(folder) / "large.mp4")


def _programs() -> dict[str, Callable[[Path, str], list[str]]]:
    """Return the command lines for a folder and a prefix, by a name that is also the bucket's."""
    python = sys.executable
    found: dict[str, Callable[[Path, str], list[str]]] = {
        "ours": lambda photos, prefix: [
            *(python, "-m", "galleria_cli", "deploy", "--no-cors-check", "--quiet", "--transfers", "8"),
            *(str(photos), "--bucket", "ours", "--prefix", prefix),
        ],
        "rclone": lambda photos, prefix: [
            find_program("rclone", REMEDY), "copy", "--transfers", "8", str(photos), f":s3:rclone/{prefix}",
        ],
        "s5cmd": lambda photos, prefix: [
            find_program("s5cmd", REMEDY), "--numworkers", "8", "sync", f"{photos}/", f"s3://s5cmd/{prefix}/",
        ],
        "aws": lambda photos, prefix: [
            find_program("aws", "pip install awscli"), "s3", "sync", "--no-progress", str(photos), f"s3://aws/{prefix}",
        ],
    }  # fmt: skip
    for name in ("s5cmd", "aws"):
        try:
            found[name](Path(), "")
        except ServerMissingError as error:
            print(f"SKIPPED {name}: {error}")
            del found[name]
    return found


def _environment(server: S3Server, folder: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return plain | {
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "RCLONE_CONFIG": "",
        "RCLONE_S3_PROVIDER": "SeaweedFS",
        "RCLONE_S3_ENDPOINT": server.endpoint,
        "RCLONE_S3_ACCESS_KEY_ID": server.access_key,
        "RCLONE_S3_SECRET_ACCESS_KEY": server.secret_key,
        "S3_ENDPOINT_URL": server.endpoint,
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_DEFAULT_REGION": server.region,
        "S3_PUBLIC_ENDPOINT": server.endpoint,
        "S3_PUBLIC_ACCESS_KEY": server.access_key,
        "S3_PUBLIC_SECRET_KEY": server.secret_key,
        "S3_PUBLIC_PROFILE": server.profile,
    }


def _filled(folder: Path, count: int, size: int) -> Path:
    folder.mkdir()
    content, before = os.urandom(size), time.time() - 3600
    for n in range(count):
        path = folder / f"{n:04}.jpg"
        path.write_bytes(n.to_bytes(4, "big") + content[4:])
        os.utime(path, (before, before))  # what was changed just now is not remembered
    return folder


def _compare(
    programs: dict[str, Callable[[Path, str], list[str]]],
    photos: Path,
    environment: dict[str, str],
    rounds: int,
    name: str,
) -> None:
    costs: dict[tuple[str, str], list[Cost]] = {}
    for number in range(rounds + 1):  # the first round is not counted: files, bytecode and server get warm
        shutil.rmtree(environment["XDG_CACHE_HOME"], ignore_errors=True)
        for run in ("new", "unchanged"):
            for program, command in programs.items():
                cost = _run(command(photos, f"{photos.name}-{number}"), environment)
                if number:
                    costs.setdefault((run, program), []).append(cost)
    for (run, program), found in costs.items():
        peer = _median(costs[run, PEER])
        ours = _median(found)
        print(f"{f'{program}, {name} {run}':34}{ours.wall:9.2f}{ours.cpu:9.2f}"
              f"{ours.wall / peer.wall:15.2f}{ours.cpu / peer.cpu:14.2f}")  # fmt: skip


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


def _run(command: list[str], environment: dict[str, str]) -> Cost:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _large(server: S3Server, path: Path) -> None:
    with path.open("wb") as stream:
        for _ in range(LARGE_MIB):
            stream.write(os.urandom(1 << 20))
    client = get_s3_client(server.endpoint, server.access_key, server.secret_key, server.region)
    before, started, cpu = resource.getrusage(resource.RUSAGE_SELF), time.monotonic(), time.process_time()
    result = upload_file_to_s3(client, path, "ours", path.name)
    if not result["success"]:
        raise SystemExit(result["error"])
    print(f"{f'ours, {LARGE_MIB} MiB in parts':34}{time.monotonic() - started:9.2f}{time.process_time() - cpu:9.2f}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before.ru_maxrss
    print(f"peak memory grew by {grown / 1024:.1f} MiB for it")


if __name__ == "__main__":
    main()
