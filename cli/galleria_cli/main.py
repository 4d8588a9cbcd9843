"""The command `galleria-storage`: picks a subcommand, prints errors in words.

Exit status of every subcommand
-------------------------------
0
    Done, and everything is right.
1
    Done, but something is not right (a photo failed, rules have drifted).
2
    Could not be done or could not be told: bad usage, a setting, no access.
130
    Stopped with Ctrl-C.
141
    Stopped since nobody reads the output any more (``galleria-storage … | head -1``).
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from galleria_cli.table import printable
from galleria_storage.errors import GalleriaError

#: Modules of this package, each with `add_parser(subparsers)`, which sets `run(args) -> int` as the default `run`.
COMMANDS = ("demo", "local", "correct", "publish", "upload", "cors", "redrive")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a key may hold any letter, a terminal may not
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still in the buffers goes nowhere, so that the interpreter does not complain at its end.
        _forget_output()
        return 141
    return status


def _run(arguments: Sequence[str]) -> int:
    args = _parser(arguments).parse_args(arguments)
    try:
        status: int = args.run(args)
    except GalleriaError as error:
        print(_in_words(error), file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:  # a folder that is gone, a file system that is away
        print(printable(f"{error.filename or 'a file'}: {error.strerror or error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _forget_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="galleria-storage",
        description="Publish photos to S3 with corrected capture times, and keep the public bucket's CORS rules.",
        epilog="Exit status: 0 all right, 1 something is not right, 2 could not be done or told.",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="command", required=True)
    for module in _modules(arguments):
        module.add_parser(subparsers)
    return parser


def _modules(arguments: Sequence[str]) -> list[ModuleType]:
    """Import only the subcommand that is asked for; all of them where help or an unknown one is."""
    asked = [name for name in COMMANDS if name in arguments[:1]]
    return [importlib.import_module(f"galleria_cli.{name}") for name in asked or COMMANDS]


def _in_words(error: GalleriaError) -> str:
    place = "/".join(part for part in (error.bucket, error.key) if part)
    text = printable(f"{place}: {error.message}" if place and place not in error.message else error.message)
    return f"{text}\n{printable(error.advice)}" if error.advice else text
