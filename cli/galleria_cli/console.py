"""The command `galleria-storage`: picks a subcommand, prints errors in words.

Exit status of every subcommand
-------------------------------
0
    Done, and everything is right.
1
    Done, but something is not right (a photo failed, rules have drifted).
2 Could not be done: bad usage, a setting, no access. 130
    Stopped with Ctrl-C.
141 Stopped because nobody reads the output any more (``galleria-storage … | head -1``).

The overview is printed from the list below, without importing Click or any subcommand, so it appears at once.
"""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from galleria_cli.text_table import printable
from galleria_storage import __version__
from galleria_storage.errors import GalleriaError

if TYPE_CHECKING:
    import click

PROGRAM: Final = "galleria-storage"
COMPLETE: Final = "_GALLERIA_STORAGE_COMPLETE"
#: Each is a module of `commands` that has a Click command named `command`.
COMMANDS: Final[dict[str, str]] = {
    "clocks": "find out which camera's clock is wrong, and write the rules that correct it",
    "push": "put photos into staging, with a correction for each",
    "correct": "correct photos on this computer, or try what a correction would do",
    "deploy": "put a static site into the public bucket, next to the photos",
    "look": "see the photos of all cameras on one time axis, and correct wrong clocks",
    "status": "compare staging with the public bucket: what is right, missing, stale …",
    "verify": "like status, but read and compare every byte",
    "publish": "publish photos of the staging bucket by hand, or without Lambda at all",
    "manifest": "list what is public for a site generator, as JSON or CSV",
    "remove": "remove photos from staging, the public bucket and the CDN",
    "problems": "show what was rejected or failed, why, and what to do",
    "retry": "send the events in the failure queue to the function again",
    "setup": "save a provider's settings, and put the stack's parameters into samconfig.toml",
    "doctor": "check the set-up step by step, and say what to do",
    "cors": "check or repair the public bucket's CORS rules",
    "demo": "publish sample photos on an embedded S3, and check every result",
    "local": "keep the embedded system running, and publish whatever is put into staging",
    "completion": "print what a shell needs to complete commands and options",
}
#: Columns of the overview.
_NARROWEST: Final = 40
_WIDEST: Final = 100
#: What to do where a setting is missing.
_SETUP: Final = f"`{PROGRAM} setup PROVIDER` asks for it and keeps it; or set the environment variable {{name}}."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 # as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a key may contain any character; some would control the terminal
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Discard what is still buffered; otherwise the interpreter complains when it exits.
        _forget_output()
        return 141
    return status


def overview() -> str:
    """Return the help of the command itself, fit for the terminal's width."""
    from shutil import get_terminal_size  # noqa: PLC0415 # only here
    from textwrap import fill  # noqa: PLC0415 # the same

    columns = max(min(get_terminal_size().columns, _WIDEST), _NARROWEST)
    width = max(map(len, COMMANDS))
    commands = "\n".join(
        fill(f"  {name:<{width}}  {what}", columns, subsequent_indent=" " * (width + 4))
        for name, what in COMMANDS.items()
    )
    what = fill("Publish photos to S3 with corrected capture times, and keep the public bucket's CORS rules.", columns)
    return f"""Usage: {PROGRAM} COMMAND [ARGUMENTS]

{what}

Commands:
{commands}

{PROGRAM} COMMAND --help explains one; --version prints the version;
{PROGRAM} --profile NAME COMMAND uses the settings that `setup` saved.

Exit status: 0 all right, 1 something is not right, 2 could not be done."""


def _run(arguments: list[str]) -> int:
    if arguments in ([], ["--help"], ["-h"]) and COMPLETE not in os.environ:
        print(overview())
        return 0
    if arguments == ["--version"]:
        print(f"{PROGRAM} {__version__}")
        return 0
    try:
        return _invoke(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:  # a folder that was deleted, a file system that was unmounted
        print(printable(f"{error.filename or 'a file'}: {error.strerror or error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _invoke(arguments: list[str]) -> int:
    """Let Click find the subcommand and its options, and run it."""
    import click  # noqa: PLC0415 # half of the time that a start may take

    from galleria_cli.subcommands import Subcommands, hosts_of  # noqa: PLC0415

    group = Subcommands(COMMANDS)
    if instruction := os.environ.get(COMPLETE):
        from galleria_cli.completion import complete  # noqa: PLC0415 # rarely

        return complete(group, PROGRAM, COMPLETE, instruction)
    try:
        with group.make_context(PROGRAM, arguments) as context:
            try:
                status: int = group.invoke(context)
            except GalleriaError as error:
                print(_in_words(error, hosts_of(context)), file=sys.stderr)
                return 2
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.Abort:  # Ctrl-C or end of input at a question, or the answer was no
        print("stopped; nothing was written", file=sys.stderr)
        return 130
    except click.ClickException as error:
        _show(error)
        return 2
    return status


def _show(error: "click.ClickException") -> None:
    context = getattr(error, "ctx", None)
    if context is not None and error.format_message() == context.get_help():  # no subcommand was given
        print(error.format_message(), file=sys.stderr)
        return
    if context is not None:
        print(context.get_usage(), file=sys.stderr)
    print(printable(f"Error: {' '.join(error.format_message().split())}"), file=sys.stderr)
    if context is not None:
        print(f"{context.command_path} --help explains it.", file=sys.stderr)


def _forget_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _in_words(error: GalleriaError, hosts: Mapping[str, str]) -> str:
    """Say what went wrong, where, and what to do."""
    names = [name for name in (error.bucket, error.key) if name]
    text = error.message if all(name in error.message for name in names) else f"{'/'.join(names)}: {error.message}"
    host = hosts.get(error.bucket or "")
    if host and host not in text:
        text = f"{text}, at {host}"
    advice = _SETUP.format(name=error.tag) if error.message == f"{error.tag} is not set" else error.advice
    return "\n".join(map(printable, filter(None, (text, advice))))
