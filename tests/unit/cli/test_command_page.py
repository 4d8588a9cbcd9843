"""docs/command.md: its examples are read by the command itself."""

import re
import shlex
from pathlib import Path

import click
import pytest

from galleria_cli import console
from galleria_cli.rules.rulebook import read_rulebook
from galleria_cli.subcommands import Subcommands

PAGE = (Path(__file__).parents[3] / "docs/command.md").read_text(encoding="utf-8")
MANIFEST = (Path(__file__).parents[3] / "docs/manifest.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE + MANIFEST, re.DOTALL) for line in block.splitlines()]


def test_the_rules_of_the_page_can_be_read(tmp_path: Path) -> None:
    (path := tmp_path / "galleria.toml").write_text(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0])
    assert len(read_rulebook(path).rules) == 4


@pytest.mark.parametrize("line", LINES)
def test_every_line_of_the_page_is_understood(line: str) -> None:
    program, name, *words = shlex.split(line, comments=True)
    assert program == "galleria-storage"
    group = Subcommands(console.COMMANDS)
    if name == "--profile":
        _, name, *words = words
    command = group.get_command(click.Context(group), name)
    assert command is not None
    if isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    command.make_context(name, words)


def test_every_command_is_on_the_page() -> None:
    assert [name for name in console.COMMANDS if f"`{name}" not in PAGE and f"storage {name}" not in PAGE] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_can_complete(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert console.main(["completion", shell]) == 0
    assert "_GALLERIA_STORAGE_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "last", "expected"),
    [("galleria-storage pu", "pu", "push"), ("galleria-storage push --rul", "--rul", "--rules")],
)
def test_words_are_completed_in_powershell(
    words: str, last: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_WORD", last)
    monkeypatch.setenv("_GALLERIA_STORAGE_COMPLETE", "powershell_complete")
    assert console.main([]) == 0
    assert expected in capsys.readouterr().out.split()
