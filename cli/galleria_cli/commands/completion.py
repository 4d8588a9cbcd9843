"""`galleria-storage completion SHELL`: lets a shell complete commands and options."""

import click

from galleria_cli.completion import SHELLS, script
from galleria_cli.console import COMMANDS, COMPLETE, PROGRAM
from galleria_cli.subcommands import Subcommands


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def command(shell: str) -> int:
    """Print what a shell needs to complete commands and options.

    bash: eval "$(galleria-storage completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc; fish: put it into
    ~/.config/fish/completions/galleria-storage.fish; powershell: append it to $PROFILE.
    """
    print(script(Subcommands(COMMANDS), PROGRAM, COMPLETE, shell))
    return 0
