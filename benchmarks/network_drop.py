"""`make drop`: the network is away for AWAY=60 seconds in the middle of FILES=2000, beside rclone and s5cmd.

A proxy is between the programs and one SeaweedFS server on loopback. When half of the bytes have passed it either
cuts all connections and refuses new ones, or falls silent: connections stay open, and nothing passes. Reported are
the files that are not in the bucket at the end, and what each program said. Exit status 1 if `deploy` loses a file or
is silent.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from galleria_storage.s3.listing import list_objects
from tests.support.servers import S3Server, running
from tests.support.servers.processes import ServerMissingError, find_program

Way = Literal["cut", "silent"]
SIZE: Final = 20_000
_PIECE: Final = 64 * 1024


class Proxy:
    """Passes bytes on, until so many have come from the clients; then nothing for some seconds, once.

    Parameters
    ----------
    target
        Host and port of the server.
    after
        Bytes.
    away
        Seconds.
    """

    def __init__(self, target: tuple[str, int], after: int, away: float, way: Way) -> None:
        self._target = target
        self._left = after
        self._away = away
        self._way = way
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def serve(self, ready: threading.Event, ended: asyncio.Event) -> None:
        """Listen until `ended`."""
        self._server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        ready.set()
        await ended.wait()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        self._open |= {writer, to_server}
        pumps = self._pump(reader, to_server, counted=True), self._pump(from_server, writer, counted=False)
        with suppress(asyncio.CancelledError):  # at the end; asyncio would complain of a cancelled callback
            await asyncio.gather(*pumps)
        self._open -= {writer, to_server}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        try:
            while data := await reader.read(_PIECE):
                await self._flows.wait()
                if counted and self._left > 0:
                    self._left -= len(data)
                    if self._left <= 0:
                        self._leaving = asyncio.create_task(self._leave())
                writer.write(data)
                await writer.drain()
        except OSError:
            pass  # the other side has left; so does this one
        finally:
            writer.close()

    async def _leave(self) -> None:
        if self._way == "silent":
            self._flows.clear()
            await asyncio.sleep(self._away)
            self._flows.set()
            return
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(self._away)
        self._server = await asyncio.start_server(self._client, "127.0.0.1", self.port)


class Result(NamedTuple):
    """What a program did: files that are missing, seconds, its exit status, and what it reported."""

    missing: int
    seconds: float
    status: int
    told: list[str]


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--away", type=float, default=60)
    given = parser.parse_args()
    wrong = 0
    with (
        tempfile.TemporaryDirectory(prefix="s3-") as data,
        tempfile.TemporaryDirectory(prefix="photos-") as folder,
        running("seaweedfs", Path(data)) as server,
    ):
        (photos := Path(folder) / "photos").mkdir()
        content = os.urandom(SIZE)
        for n in range(given.files):
            (photos / f"{n:05}.jpg").write_bytes(n.to_bytes(4, "big") + content[4:])
        print(f"{'':20}{'missing':>9}{'seconds':>9}{'status':>8}  told")
        for way in get_args(Way):
            for program in ("deploy", "rclone", "s5cmd"):
                try:
                    result = _run(server, photos, program, way, given.files, given.away)
                except ServerMissingError as error:
                    print(f"SKIPPED {program}: {error}")
                    continue
                last = result.told[0] if result.told else ""
                print(f"{f'{program}, {way}':20}{result.missing:9}{result.seconds:9.1f}{result.status:8}  {last[:110]}")
                silent = way == "cut" and not any("waiting" in line for line in result.told)
                wrong += program == "deploy" and bool(result.missing or result.status or silent)
    sys.exit(int(bool(wrong)))


def _run(server: S3Server, photos: Path, program: str, way: Way, files: int, away: float) -> Result:  # noqa: PLR0917 # one case
    bucket = f"{program}-{way}"
    client = server.client()
    client.create_bucket(Bucket=bucket)
    started = time.monotonic()
    with _proxy(server.endpoint, files * SIZE // 2, away, way) as endpoint:
        done = subprocess.run(
            _command(program, photos, bucket),
            env=_environment(server, endpoint, photos.parent / f"cache-{way}"),
            capture_output=True,
            text=True,
            check=False,
        )
    missing = files - sum(1 for _ in list_objects(client, bucket))
    return Result(missing, time.monotonic() - started, done.returncode, done.stderr.splitlines())


def _command(program: str, photos: Path, bucket: str) -> list[str]:
    if program == "rclone":
        return [
            find_program("rclone", "make .venv-servers/.ready"),
            "copy",
            "--transfers",
            "8",
            str(photos),
            f":s3:{bucket}",
        ]
    if program == "s5cmd":
        find = find_program("s5cmd", "make .venv-servers/.ready")
        return [find, "--numworkers", "8", "sync", f"{photos}/", f"s3://{bucket}/"]
    words = ["deploy", "--no-cors-check", "--quiet", "--transfers", "8", "--bucket", bucket, str(photos)]
    return [sys.executable, "-m", "galleria_cli", *words]


def _environment(server: S3Server, endpoint: str, cache: Path) -> dict[str, str]:
    return os.environ | {
        "XDG_CACHE_HOME": str(cache),
        "RCLONE_CONFIG": "",
        "RCLONE_S3_PROVIDER": "SeaweedFS",
        "RCLONE_S3_ENDPOINT": endpoint,
        "RCLONE_S3_ACCESS_KEY_ID": server.access_key,
        "RCLONE_S3_SECRET_ACCESS_KEY": server.secret_key,
        "S3_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "AWS_DEFAULT_REGION": server.region,
        "S3_PUBLIC_ENDPOINT": endpoint,
        "S3_PUBLIC_ACCESS_KEY": server.access_key,
        "S3_PUBLIC_SECRET_KEY": server.secret_key,
        "S3_PUBLIC_PROFILE": server.profile,
    }


@contextmanager
def _proxy(endpoint: str, after: int, away: float, way: Way) -> Iterator[str]:
    """Run a proxy in its own thread, and return its address."""
    parts = urlsplit(endpoint)
    ready, ended = threading.Event(), asyncio.Event()
    proxy = Proxy((str(parts.hostname), int(parts.port or 80)), after, away, way)
    loop = asyncio.new_event_loop()

    def serve() -> None:
        loop.run_until_complete(proxy.serve(ready, ended))
        loop.run_until_complete(_cancel(asyncio.all_tasks(loop)))
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{proxy.port}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


async def _cancel(tasks: set["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    main()
