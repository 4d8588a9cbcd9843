"""Click's view of the subcommands: each is imported on demand, and a misspelt name gets a suggestion."""

import importlib
from collections.abc import Mapping
from typing import Any, Final

import click

_HOSTS: Final = "galleria_cli.hosts"


def note_host(bucket: str, host: str) -> None:
    """Let an error that ends the command say at which provider a bucket is."""
    if context := click.get_current_context(silent=True):
        context.meta.setdefault(_HOSTS, {})[bucket] = host


def hosts_of(context: click.Context) -> Mapping[str, str]:
    """Return the hosts that were noted, by their buckets."""
    found: Mapping[str, str] = context.meta.get(_HOSTS, {})
    return found


class Subcommand(click.Command):
    """A command that applies the profile's settings only when it runs, so that --help needs none."""

    def invoke(self, ctx: click.Context) -> Any:
        """Apply the profile, and run."""
        from galleria_cli import configuration  # noqa: PLC0415 # not where only help is asked for

        configuration.apply(ctx.find_root().params.get("profile"))
        return super().invoke(ctx)


class Subcommands(click.Group):
    """The group of all subcommands.

    Parameters
    ----------
    names
        What each does, by its name.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        profile = click.Option(["--profile"], help="Use the settings saved under this name.")
        settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
        super().__init__(params=[profile], callback=_nothing, context_settings=settings)
        self._names = names

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # Click's signature
        """Return the names in the order in which people need them."""
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # Click's signature
        """Import a subcommand; None if there is none of this name."""
        if cmd_name not in self._names:
            return None
        command: click.Command = importlib.import_module(f"galleria_cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand that the first word names.

        Raises
        ------
        click.UsageError
            There is none.
        """
        name = args[0]
        if (found := self.get_command(ctx, name)) is not None:
            return name, found, args[1:]
        from difflib import get_close_matches  # noqa: PLC0415 # only here

        near = get_close_matches(name, self._names, n=1)
        meant = f"{near[0]} may be meant" if near else f"allowed are {', '.join(self._names)}"
        raise click.UsageError(f"there is no command {name!r}; {meant}", ctx)


def _nothing(profile: str | None) -> None:
    """Leave the profile to the subcommand (Click hands a group's options to its callback)."""
