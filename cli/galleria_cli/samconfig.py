"""samconfig.toml: changing a deployment's parameters, and keeping every other line and comment."""

import difflib
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from galleria_cli.replacing import replace_text
from galleria_storage.errors import LocalFileError, SettingsError

if TYPE_CHECKING:
    from tomlkit.items import Array

#: Settings that a deployment needs besides its parameters, so that it asks no questions.
_FRESH: Final = {
    "stack_name": "galleria-storage",
    "capabilities": "CAPABILITY_IAM",
    "resolve_s3": True,
    "fail_on_empty_changeset": False,
}
_OVERRIDES: Final = "parameter_overrides"


def read(path: Path) -> str:
    """Return the text of the file; empty if there is none.

    Raises
    ------
    LocalFileError
        It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise LocalFileError(f"{path} cannot be read: {error}") from error


def with_parameters(text: str, environment: str, parameters: Mapping[str, str]) -> str:
    """Return the text with these parameters in ``[<environment>.deploy.parameters]``; everything else stays.

    Parameters
    ----------
    text
        Of the file; empty for a new one.
    environment
        As ``sam deploy --config-env`` names it.
    parameters
        Names and values; other parameters stay as they are.

    Raises
    ------
    SettingsError
        The file is not TOML, or has something else in the place of the parameters.
    """
    import tomlkit  # noqa: PLC0415 # only here
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 # the same

    try:
        document: Any = tomlkit.parse(text or "version = 0.1\n")
        if environment not in document:
            document[environment] = {"deploy": {"parameters": _FRESH}}
        table = document[environment].setdefault("deploy", {}).setdefault("parameters", {})
        found = table.get(_OVERRIDES)
        if isinstance(found, str):
            table[_OVERRIDES] = _in_words(found, parameters)
        else:
            if found is None:
                table[_OVERRIDES] = tomlkit.array().multiline(multiline=True)
            _into(table[_OVERRIDES], parameters)
        return tomlkit.dumps(document)
    except (TOMLKitError, AttributeError, TypeError) as error:
        raise SettingsError(f"samconfig.toml cannot be changed: {error}", tag=environment) from error


def write(path: Path, text: str) -> None:
    """Replace the file, all at once.

    Raises
    ------
    LocalFileError
        It cannot be written.
    """
    replace_text(path, text)


def difference(before: str, after: str, name: str) -> str:
    """Return the changes as `diff -u` shows them; empty if there are none."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    return "".join(difflib.unified_diff(old, new, f"{name} (now)", f"{name} (then)", n=2))


def _into(array: "Array", parameters: Mapping[str, str]) -> None:
    """Replace the entries of a list that have these names, and append the other parameters."""
    places = {str(entry).partition("=")[0]: number for number, entry in enumerate(array)}
    for name, value in parameters.items():
        entry = f"{name}={value}"
        if name not in places:
            array.append(entry)
        elif str(array[places[name]]) != entry:
            array[places[name]] = entry


def _in_words(text: str, parameters: Mapping[str, str]) -> str:
    """Do the same for one text, ``Name=value Name="a value"``, which SAM takes as well."""
    given = dict(word.split("=", 1) for word in shlex.split(text) if "=" in word)
    return " ".join(f"{name}={shlex.quote(value)}" for name, value in {**given, **parameters}.items())
