"""Completion for bash, zsh and fish, which Click has, and for PowerShell, which it lacks."""

import os
from typing import ClassVar, Final

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, shell_complete

SHELLS: Final = ("bash", "zsh", "fish", "powershell")


class PowerShell(ShellComplete):
    """PowerShell 5 and newer, by `Register-ArgumentCompleter`."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $cursor)
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_WORD = $word
    $env:%(complete_var)s = "powershell_complete"
    %(prog_name)s | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
    Remove-Item Env:COMP_WORDS, Env:COMP_WORD, Env:%(complete_var)s
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that one."""
        words, word = os.environ["COMP_WORDS"].split()[1:], os.environ.get("COMP_WORD", "")
        return (words[:-1] if word and words and words[-1] == word else words), word

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line for one word that fits."""
        return str(item.value)


def complete(group: click.Command, program: str, variable: str, instruction: str) -> int:
    """Answer a shell that completes a word, or print its start-up lines."""
    add_completion_class(PowerShell)
    return shell_complete(group, {}, program, variable, instruction)


def script(group: click.Command, program: str, variable: str, shell: str) -> str:
    """Return the lines that a shell's start-up file needs."""
    add_completion_class(PowerShell)
    from click.shell_completion import get_completion_class  # noqa: PLC0415 # after it was added

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}; allowed are {', '.join(SHELLS)}")
    return found(group, {}, program, variable).source()
