"""`galleria-storage upload FOLDER`: put a folder into a bucket, and only what is new or changed in it."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from galleria_cli.table import printable
from galleria_storage.bulk.directories import DirectoryUpload, upload_directory
from galleria_storage.corrections.near_misses import near_settings
from galleria_storage.runtime.environment import RememberedNames
from galleria_storage.s3.access import public_bucket
from galleria_storage.s3.clients import connect
from galleria_storage.s3.objects import ObjectStore


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `upload`."""
    parser = subparsers.add_parser(
        "upload",
        help="upload a folder, and only what is new or changed in it",
        description="The bucket and how to reach it come from the settings (S3_PUBLIC_*); options win over them. "
        "Names that begin with a dot are left out; links are followed.",
        epilog="Exit status: 0 all is there, 1 a file failed, 2 could not be done.",
    )
    parser.add_argument("folder", type=Path, help="what to upload, with everything in it")
    parser.add_argument("--bucket", help="upload there instead (S3_PUBLIC_BUCKET), such as the staging bucket")
    parser.add_argument("--endpoint", help="the provider's endpoint (S3_PUBLIC_ENDPOINT); empty for AWS")
    parser.add_argument("--prefix", default="", help="put before each name, with one / between")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Upload, show progress on a terminal, print what became of it, and return the exit status."""
    options = {"S3_PUBLIC_BUCKET": args.bucket, "S3_PUBLIC_ENDPOINT": args.endpoint}
    env = RememberedNames({**os.environ, **{name: value for name, value in options.items() if value is not None}})
    connection = connect(public_bucket(env))
    for note in near_settings(env, env.names):
        print(printable(note), file=sys.stderr)
    started = time.monotonic()
    shows_progress = sys.stderr.isatty() and not args.quiet
    result = upload_directory(
        ObjectStore(connection.client, connection.bucket, connection.profile),
        args.folder,
        args.prefix,
        dry_run=args.dry_run,
        progress=_show if shows_progress else None,
    )
    if shows_progress:
        _clear()
    for error in result.errors:
        print(f"failed: {printable(error)}", file=sys.stderr)
    print(_in_words(result, dry_run=args.dry_run, seconds=time.monotonic() - started))
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
