"""Questions to the person at the terminal. Whatever ends one without an answer leaves the cursor on a new line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from galleria_cli.text_table import printable


def ask(question: str, default: str | None = None, *, hidden: bool = False) -> str:
    """Return an answer; `hidden` ones are not shown.

    Raises
    ------
    click.Abort
        Ctrl-C, or nobody is there.
    """
    hidden = hidden and sys.stdin.isatty()  # what comes from a pipe is not shown anyway
    with _new_line(already=hidden):
        shown = bool(default)
        return str(click.prompt(question, default=default, show_default=shown, hide_input=hidden, err=True))


def agree(question: str, *, default: bool = False) -> bool:
    """Return whether a question is answered with yes.

    Raises
    ------
    click.Abort
        Ctrl-C, or nobody is there.
    """
    with _new_line():
        return click.confirm(printable(question), default=default, err=True)


@contextmanager
def _new_line(*, already: bool = False) -> Iterator[None]:
    try:
        yield
    except click.Abort as stopped:
        if not already:  # Click ends the line of a hidden answer itself
            click.echo(err=True)
        if isinstance(stopped.__context__, EOFError):
            click.echo("nobody answers here; options can: --help names them", err=True)
        raise
