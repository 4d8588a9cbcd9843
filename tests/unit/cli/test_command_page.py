"""docs/command.md: its examples are read by the command itself."""

import re
import shlex
from pathlib import Path

import click
import pytest

from galleria_cli import console
from galleria_cli.rules.rulebook import read_rulebook
from galleria_cli.rules.short_forms import SHORT_KEYS, from_words
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


def commands() -> dict[str, click.Command]:
    group = Subcommands(console.COMMANDS)
    found: dict[str, click.Command] = {}
    for name in console.COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        below = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {part}": inner for part, inner in below.items()} or {name: command}
    return found


def table() -> dict[str, dict[str, bool]]:
    """Command -> option -> whether the page says that the command takes it."""
    lines = PAGE[PAGE.index("| command | `-r`") :].split("\n\n")[0].splitlines()
    header, _, *rows = lines
    names = re.findall(r"`(-[^`]+)`", header)
    return {
        row.split("`")[1]: dict(zip(names, [cell == "yes" for cell in re.findall(r"\| (yes|\S) ", row)], strict=True))
        for row in rows
    }


def options_of(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize(("name", "command"), commands().items())
def test_the_table_of_options_says_what_each_command_takes(name: str, command: click.Command) -> None:
    assert table()[name] == {option: option in options_of(command) for option in table()[name]}


def test_options_that_belong_together_come_together() -> None:
    for command in commands().values():
        taken = options_of(command)
        for family in ({"--include", "--exclude"}, {"--json", "--quiet", "-q", "--verbose", "-v"}, {"--dry-run", "-n"}):
            assert taken & family in (set(), family)


def test_an_option_has_the_same_help_wherever_it_is() -> None:
    shared = ("--include", "--exclude", "--transfers", "--bwlimit", "--retries", "--patience", "--json", "--dry-run")
    helps = {
        (name, parameter.help)
        for command in commands().values()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name in shared
    }
    assert len(helps) == len(shared)


def test_every_command_is_on_the_page() -> None:
    assert [name for name in console.COMMANDS if f"`{name}" not in PAGE and f"storage {name}" not in PAGE] == []


def test_the_architecture_page_names_every_module_of_the_command() -> None:
    root = Path(__file__).parents[3]
    page = (root / "docs/architecture.md").read_text(encoding="utf-8").partition("\n## The command\n")[2]
    section = page.partition("\n## ")[0]
    folder = root / "cli/galleria_cli"
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")}
    rooms = {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    assert sorted(name for name in modules | rooms if f"`{name}`" not in section) == []


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


@pytest.mark.parametrize("name", ["push", "correct"])
def test_the_help_names_every_short_key_with_a_value_that_is_understood(name: str) -> None:
    said = commands()[name].help or ""
    given = re.findall(r"([a-z-]+=[^ ,]+?)[,.]?(?=\s)", said.partition("KEY=VALUE:")[2] + "\n")
    assert {word.partition("=")[0] for word in given} == SHORT_KEYS.keys()
    for word in given:
        from_words([word], "--correct")
