"""Folders uploaded twice by the command `deploy`, beside rclone, and one large file. `make bench-upload`.

One run on one SeaweedFS server on loopback, eight files at once in both: the ratios mean something, the seconds only on
the machine that ran them. Both compare as they do by default: rclone by size and time, the command by size and by the
checksum that it remembers of a file whose size, time and inode have not changed.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from galleria_storage.s3_storage import get_s3_client, upload_file_to_s3
from tests.support.servers import S3Server, running
from tests.support.servers.processes import find_program

#: Files, and bytes of each.
FOLDERS: Final = ((2000, 100_000), (50, 8_000_000))
LARGE_MIB: Final = 400
Result = TypeVar("Result")


def main() -> None:
    """Run everything and print a table."""
    with (
        tempfile.TemporaryDirectory(prefix="s3-") as data,
        tempfile.TemporaryDirectory(prefix="photos-") as folder,
        running("seaweedfs", Path(data)) as server,
    ):
        client = get_s3_client(server.endpoint, server.access_key, server.secret_key, server.region)
        for bucket in ("ours", "theirs"):
            client.create_bucket(Bucket=bucket)
        print(f"{'':32}{'seconds':>9}{'CPU s':>9}")
        for count, size in FOLDERS:
            _compare(server, _filled(Path(folder) / f"{count}", count, size), f"{count} of {size // 1000} KB")
        _large(server, Path(folder) / "large.mp4")


def _filled(folder: Path, count: int, size: int) -> Path:
    folder.mkdir()
    content, before = os.urandom(size), time.time() - 3600
    for n in range(count):
        path = folder / f"{n:04}.jpg"
        path.write_bytes(n.to_bytes(4, "big") + content[4:])
        os.utime(path, (before, before))  # what was changed just now is not remembered
    return folder


def _compare(server: S3Server, photos: Path, name: str) -> None:
    environment = os.environ | {
        "RCLONE_CONFIG": "",
        "RCLONE_S3_PROVIDER": "SeaweedFS",
        "RCLONE_S3_ENDPOINT": server.endpoint,
        "RCLONE_S3_ACCESS_KEY_ID": server.access_key,
        "RCLONE_S3_SECRET_ACCESS_KEY": server.secret_key,
        "S3_PUBLIC_BUCKET": "ours",
        "S3_PUBLIC_ENDPOINT": server.endpoint,
        "S3_PUBLIC_ACCESS_KEY": server.access_key,
        "S3_PUBLIC_SECRET_KEY": server.secret_key,
        "S3_PUBLIC_PROFILE": server.profile,
        "XDG_CACHE_HOME": str(photos.parent / "cache"),
    }
    rclone = [find_program("rclone", "make .venv-servers/.ready"), "copy", "--transfers", "8"]
    ours = [sys.executable, "-m", "galleria_cli", "deploy", "--no-cors-check", "--quiet", "--transfers", "8"]
    programs: dict[str, list[str | Path]] = {
        "ours": [*ours, photos, "--prefix", photos.name],
        "rclone": [*rclone, photos, f":s3:theirs/{photos.name}"],
    }
    for run in ("new", "unchanged"):
        for program, command in programs.items():
            _timed(
                f"{program}, {name} {run}",
                lambda command=command: subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL),
            )


def _large(server: S3Server, path: Path) -> None:
    with path.open("wb") as stream:
        for _ in range(LARGE_MIB):
            stream.write(os.urandom(1 << 20))
    client = get_s3_client(server.endpoint, server.access_key, server.secret_key, server.region)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = _timed(f"ours, {LARGE_MIB} MiB in parts", lambda: upload_file_to_s3(client, path, "ours", path.name))
    if not result["success"]:
        raise SystemExit(result["error"])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"peak memory grew by {grown / 1024:.1f} MiB for it")


def _timed(name: str, work: Callable[[], Result]) -> Result:
    """Run and print wall time, and CPU time of this process and of those it waited for."""
    wall, cpu = time.monotonic(), _cpu_seconds()
    result = work()
    print(f"{name:32}{time.monotonic() - wall:9.1f}{_cpu_seconds() - cpu:9.1f}")
    return result


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
