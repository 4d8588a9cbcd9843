"""The text of a `galleria.toml`, with single rules changed: comments and everything written by hand stay."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from galleria_cli.rules.filename import NAME
from galleria_storage.errors import SettingsError

_RULE: Final = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)
_CONDITIONS: Final = ("camera", "serial", "folder", "files", "between")

Table = Mapping[str, Any]


class RuleText:
    """A text that is split into its rules once, then changed.

    Parameters
    ----------
    text
        The file's content; empty if there is no file.

    Raises
    ------
    SettingsError
        The text cannot be split into its rules.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._top, self._rules = _divided(text)
        self._changed = False

    @property
    def rules(self) -> list[Table]:
        """What each rule says."""
        return [rule for _, rule in self._rules]

    @property
    def text(self) -> str:
        """The text as it is now; exactly the original one if nothing has changed."""
        if not self._changed:
            return self._text
        pieces = [piece.strip("\n") for piece in (self._top, *(text for text, _ in self._rules)) if piece.strip()]
        return "\n\n".join(pieces) + "\n" if pieces else ""

    def put(self, conditions: Table, asked: Table, *, first: bool = False) -> None:
        """Set the corrections of the rule with exactly these conditions; a rule without any is removed.

        Parameters
        ----------
        first
            Put a new rule before all others, so that it has priority, instead of after them.
        """
        wanted = _conditions(conditions)
        at = next((number for number, (_, rule) in enumerate(self._rules) if _conditions(rule) == wanted), None)
        if at is None:
            if asked:
                rule = {**conditions, **asked}
                self._rules.insert(0 if first else len(self._rules), (_rule(rule), rule))
                self._changed = True
            return
        old_text, old = self._rules[at]
        if {key: value for key, value in old.items() if key not in _CONDITIONS} == dict(asked):
            return
        self._changed = True
        if asked:
            rule = {**{key: value for key, value in old.items() if key in _CONDITIONS}, **asked}
            self._rules[at] = (_comments(old_text) + _rule(rule), rule)
        else:
            del self._rules[at]

    def put_top(self, key: str, value: str | Sequence[str]) -> None:
        """Set a correction of all photos; an empty one is removed.

        Raises
        ------
        SettingsError
            The key is written in a form that cannot be changed here.
        """
        wanted: str | list[str] = value if isinstance(value, str) else list(value)
        line = f"{key} = {_value(wanted)}\n" if wanted else ""
        known = tomllib.loads(self._top)
        if known.get(key, type(wanted)()) == wanted:
            return
        if key not in known:
            top = f"{self._top.rstrip()}\n{line}".lstrip()
        else:
            begin = rf"^[ \t]*{re.escape(key)}[ \t]*=.*\n?"
            top = re.sub(begin, lambda _: line, self._top, count=1, flags=re.MULTILINE)
        others = {name: said for name, said in known.items() if name != key}
        if not _says(top, {**others, **({key: wanted} if line else {})}):
            raise SettingsError(
                f"{key} is written in {NAME} in a way that cannot be changed here; change it by hand", tag=key
            )
        self._top, self._changed = top, True


def rules_of(text: str) -> list[Table]:
    """Return what each rule says."""
    return RuleText(text).rules


def same_conditions(rule: Table, conditions: Table) -> bool:
    """Whether a rule has exactly these conditions, however they are spelled."""
    return _conditions(rule) == _conditions(conditions)


def _conditions(rule: Table) -> dict[str, list[str]]:
    return {
        name: [str(one) for one in (rule[name] if isinstance(rule[name], list) else [rule[name]])]
        for name in _CONDITIONS
        if name in rule
    }


def _rule(said: Table) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in said.items()]
    return "\n".join(["[[rule]]", *lines])


def _value(value: object) -> str:
    """Write a value in TOML: a basic string has the same escapes as in JSON (TOML 1.0, String)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _comments(rule: str) -> str:
    """Return the comment lines right before a rule's first line."""
    return rule[: match.start()] if (match := _RULE.search(rule)) else ""


def _divided(text: str) -> tuple[str, list[tuple[str, Table]]]:
    """Return the text before the first rule, and each rule's text with what it says."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{NAME} is not TOML: {error}", tag=NAME) from None
    starts = [_with_comments(text, match.start()) for match in _RULE.finditer(text)]
    pieces = [text[start:stop] for start, stop in pairwise([*starts, len(text)])]
    try:
        found = [tomllib.loads(piece)["rule"] for piece in pieces]
    except (tomllib.TOMLDecodeError, KeyError):
        found = []
    if [rule for rules in found for rule in rules] != whole.get("rule", []) or any(len(rules) != 1 for rules in found):
        raise SettingsError(f"{NAME} is written in a way that cannot be changed here; change it by hand", tag=NAME)
    top = text[: starts[0]] if starts else text
    return top, [(piece, rules[0]) for piece, rules in zip(pieces, found, strict=True)]


def _says(text: str, wanted: Table) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _with_comments(text: str, start: int) -> int:
    """Return the start of the comments right above a line."""
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start
