"""`galleria-storage upload FOLDER`: put a folder into a bucket, and only what is new or changed in it."""

import os
import shutil
import sys
import time
from pathlib import Path

import click

from galleria_cli.table import printable
from galleria_storage.bulk.directories import DirectoryUpload, upload_directory
from galleria_storage.corrections.near_misses import near_settings
from galleria_storage.runtime.environment import RememberedNames
from galleria_storage.s3.access import public_bucket
from galleria_storage.s3.clients import connect
from galleria_storage.s3.objects import ObjectStore


@click.command("upload", epilog="Exit status: 0 all is there, 1 a file failed, 2 could not be done.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--bucket", help="Upload there instead (S3_PUBLIC_BUCKET), such as the staging bucket.")
@click.option("--endpoint", help="The provider's endpoint (S3_PUBLIC_ENDPOINT); empty for AWS.")
@click.option("--prefix", default="", help="Put before each name, with one / between.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(folder: Path, *, bucket: str | None, endpoint: str | None, prefix: str, dry_run: bool, quiet: bool) -> int:
    """Upload a folder with everything in it, and only what is new or changed.

    The bucket and how to reach it come from the settings (S3_PUBLIC_*); options win over them. Names that begin
    with a dot are left out; links are followed.
    """
    options = {"S3_PUBLIC_BUCKET": bucket, "S3_PUBLIC_ENDPOINT": endpoint}
    env = RememberedNames({**os.environ, **{name: value for name, value in options.items() if value is not None}})
    connection = connect(public_bucket(env))
    for note in near_settings(env, env.names):
        print(printable(note), file=sys.stderr)
    started = time.monotonic()
    shows_progress = sys.stderr.isatty() and not quiet
    result = upload_directory(
        ObjectStore(connection.client, connection.bucket, connection.profile),
        folder,
        prefix,
        dry_run=dry_run,
        progress=_show if shows_progress else None,
    )
    if shows_progress:
        _clear()
    for error in result.errors:
        print(f"failed: {printable(error)}", file=sys.stderr)
    print(_in_words(result, dry_run=dry_run, seconds=time.monotonic() - started))
    return int(result.failed > 0)


def _show(name: str, done: int, total: int) -> None:
    """Write one line over the last one."""
    _clear()
    print(f"[{done}/{total}] {printable(name)}"[: _width() - 1], end="", file=sys.stderr, flush=True)


def _clear() -> None:
    print("\r" + " " * (_width() - 1) + "\r", end="", file=sys.stderr)


def _width() -> int:
    return shutil.get_terminal_size().columns


def _in_words(result: DirectoryUpload, *, dry_run: bool, seconds: float) -> str:
    uploaded = "would be uploaded" if dry_run else "uploaded"
    return (
        f"{result.total} files, {result.total_size} bytes: {result.uploaded} {uploaded}, "
        f"{result.skipped} already there, {result.failed} failed ({seconds:.1f} s)"
    )
