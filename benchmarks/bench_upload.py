"""Upload a folder twice, beside rclone, and one large file: seconds, CPU seconds, memory. `make bench-upload`.

One run on one SeaweedFS server on loopback, eight files at once in both: the
ratios mean something, the seconds only on the machine that ran them.
rclone compares by size and MD5 here (`--checksum`), as the library does.
"""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from galleria_storage.s3_storage import get_s3_client, upload_directory_to_s3, upload_file_to_s3
from tests.support.servers import S3Server, running
from tests.support.servers.processes import find_program

PHOTOS: Final = 1000
PHOTO_BYTES: Final = 300_000
LARGE_MIB: Final = 400
Result = TypeVar("Result")


def main() -> None:
    """Run everything and print a table."""
    with tempfile.TemporaryDirectory(prefix="s3-") as data, tempfile.TemporaryDirectory(prefix="photos-") as folder:
        photos = Path(folder)
        content = os.urandom(PHOTO_BYTES)
        for n in range(PHOTOS):
            (photos / f"{n:04}.jpg").write_bytes(n.to_bytes(4, "big") + content)
        with running("seaweedfs", Path(data)) as server:
            print(f"{'':24}{'seconds':>9}{'CPU s':>9}")
            _compare(server, photos)
            _large(server, photos / "large.mp4")


def _compare(server: S3Server, photos: Path) -> None:
    client = get_s3_client(server.endpoint, server.access_key, server.secret_key, server.region)
    for bucket in ("ours", "theirs"):
        client.create_bucket(Bucket=bucket)
    environment = os.environ | {
        "RCLONE_CONFIG": "",
        "RCLONE_S3_PROVIDER": "SeaweedFS",
        "RCLONE_S3_ENDPOINT": server.endpoint,
        "RCLONE_S3_ACCESS_KEY_ID": server.access_key,
        "RCLONE_S3_SECRET_ACCESS_KEY": server.secret_key,
    }
    rclone = [find_program("rclone", "make .venv-servers/.ready"), "copy", "--checksum", "--transfers", "8"]
    for run in ("new", "unchanged"):
        result = _timed(f"ours, {run}", lambda: upload_directory_to_s3(client, photos, "ours", "p"))
        if not result["success"]:
            raise SystemExit(result["errors"][0])
        _timed(f"rclone, {run}", lambda: subprocess.run([*rclone, photos, ":s3:theirs/p"], env=environment, check=True))


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
    print(f"{name:24}{time.monotonic() - wall:9.1f}{_cpu_seconds() - cpu:9.1f}")
    return result


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
