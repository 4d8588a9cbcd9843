"""Error messages have one style: lower case and no full stop; advice is in full sentences."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from galleria_storage import errors
from tests.support.servers.processes import ROOT

FAMILY = {name for name in vars(errors) if name.endswith("Error")}
FOLDERS = ("layers/galleria_storage/galleria_storage", "cli/galleria_cli", "functions")
#: Words with which a message may begin in capitals, since they are names.
NAMES = {"CloudFormation", "DeleteObject"}


def known_ends(text: ast.expr) -> tuple[str, str]:
    """Return the start and the end of a text, as far as they are written out: empty where a value is put in."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    ends = [part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "" for part in parts]
    return (ends[0], ends[-1]) if ends else ("", "")


def faults(source: str) -> Iterator[str]:
    """Yield the messages and advice of a module that have another style."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] not in FAMILY or not call.args:
            continue
        start, end = known_ends(call.args[0])
        word = start.partition(" ")[0].rstrip("',:")
        if (word.istitle() and word not in NAMES) or end.endswith("."):
            yield ast.unparse(call.args[0])
        for keyword in call.keywords:
            advice = known_ends(keyword.value)[1] if keyword.arg == "advice" else ""
            if advice and advice[-1] not in ".?":
                yield ast.unparse(keyword.value)


@pytest.mark.parametrize("folder", FOLDERS)
def test_error_messages_have_one_style(folder: str) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    found = {path.name: list(faults(path.read_text(encoding="utf-8"))) for path in modules}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "call",
    [
        'CorruptPhotoError("The photo is damaged")',
        'SettingsError(f"{name} is not set.")',
        'errors.LocalFileError("no such folder", advice="Name another one")',
    ],
)
def test_another_style_is_found(call: str) -> None:
    assert len(list(faults(f"raise {call}"))) == 1


def test_names_and_values_may_begin_a_message() -> None:
    text = (
        'raise SettingsError(f"{name} is wrong", advice="Did you mean one?")\nraise ProviderError("DeleteObject of it")'
    )
    assert list(faults(text)) == []


def test_the_modules_are_where_this_test_looks() -> None:
    assert all(Path(ROOT / folder).is_dir() for folder in FOLDERS)
