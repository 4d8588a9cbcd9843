"""The text of a `galleria.toml`, with single rules changed: comments and all that people wrote by hand stay."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from galleria_cli.rules.filename import NAME
from galleria_storage.errors import SettingsError

_RULE: Final = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)
_CONDITIONS: Final = ("camera", "serial", "folder", "files", "between")

Table = Mapping[str, Any]


class _Parts(NamedTuple):
    """A text in pieces: what precedes the first rule, then one piece for each rule with what it says."""

    top: str
    rules: list[tuple[str, Table]]

    def joined(self) -> str:
        pieces = [piece.strip("\n") for piece in (self.top, *(text for text, _ in self.rules)) if piece.strip()]
        return "\n\n".join(pieces) + "\n" if pieces else ""


def rules_of(text: str) -> list[Table]:
    """Return what each rule says."""
    return [rule for _, rule in _parts(text).rules]


def with_rule(text: str, conditions: Table, asked: Table, *, first: bool = False) -> str:
    """Return the text with a rule that has just these conditions and asks just this; without it if it asks nothing.

    Parameters
    ----------
    first
        Put a new rule before all others, where it counts more than they do, instead of after them.

    Raises
    ------
    SettingsError
        The text cannot be divided into its rules.
    """
    parts = _parts(text)
    wanted = _conditions(conditions)
    at = next((number for number, (_, rule) in enumerate(parts.rules) if _conditions(rule) == wanted), None)
    if at is None:
        if asked:
            parts.rules.insert(0 if first else len(parts.rules), (_rule({**conditions, **asked}), {}))
        return parts.joined() if asked else text
    old_text, old = parts.rules[at]
    if {key: value for key, value in old.items() if key not in _CONDITIONS} == dict(asked):
        return text
    if asked:
        kept = {key: value for key, value in old.items() if key in _CONDITIONS}
        parts.rules[at] = (_comments(old_text) + _rule({**kept, **asked}), {})
    else:
        del parts.rules[at]
    return parts.joined()


def with_list(text: str, key: str, values: Sequence[str]) -> str:
    """Return the text with a list among what is asked of all photos; without it if it is empty.

    Raises
    ------
    SettingsError
        The text cannot be divided into its rules, or has the key in a form that cannot be changed here.
    """
    parts = _parts(text)
    line = f"{key} = {_value(values)}\n" if values else ""
    known = tomllib.loads(parts.top)
    if key not in known:
        top = parts.top if not line else f"{parts.top.rstrip()}\n{line}".lstrip()
    else:
        top = re.sub(rf"^[ \t]*{re.escape(key)}[ \t]*=.*\n?", lambda _: line, parts.top, count=1, flags=re.MULTILINE)
    wanted = {
        **{name: value for name, value in known.items() if name != key},
        **({key: list(values)} if values else {}),
    }
    try:
        right = tomllib.loads(top) == wanted
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise SettingsError(
            f"{key} is written in {NAME} in a way that cannot be changed here; change it by hand", tag=key
        )
    return parts._replace(top=top).joined()


def same_conditions(rule: Table, conditions: Table) -> bool:
    """Whether a rule has just these conditions, in whatever spelling."""
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
    """Write a value as TOML does: a basic string has JSON's escapes (TOML 1.0, String)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _comments(rule: str) -> str:
    """Return the lines of comments that precede a rule's first line."""
    return rule[: match.start()] if (match := _RULE.search(rule)) else ""


def _parts(text: str) -> _Parts:
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
    return _Parts(top, [(piece, rules[0]) for piece, rules in zip(pieces, found, strict=True)])


def _with_comments(text: str, start: int) -> int:
    """Return where the comments right above a line begin."""
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start
