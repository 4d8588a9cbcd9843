"""`galleria.toml`: the corrections of the photos in a folder. The first rule that matches a photo counts."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

from galleria_cli.rules.clock_times import clock_time
from galleria_cli.rules.drift import DRIFT_KEYS, Drift, drift_of
from galleria_cli.rules.facts import Facts
from galleria_cli.rules.filename import NAME
from galleria_cli.rules.short_forms import ASKING_KEYS, check_keys, correction_values
from galleria_storage.corrections.precedence import winning_values
from galleria_storage.errors import CorrectionError, LocalFileError, SettingsError

_CONDITIONS: Final = ("camera", "serial", "folder", "files", "between")
_RULE_KEYS: Final = (*_CONDITIONS, *ASKING_KEYS, *DRIFT_KEYS, "skip")
_BOOK_KEYS: Final = (*ASKING_KEYS, "skip", "rule")


class Choice(NamedTuple):
    """What to do with one file.

    Attributes
    ----------
    asked
        Correction keys and values.
    general
        True if all of it comes from the top level of the file, which applies to all photos.
    skip
        Leave the file out.
    because
        Where the decision comes from, in words.
    """

    asked: Mapping[str, str]
    skip: bool
    because: str
    general: bool = False


class Rule(NamedTuple):
    """One ``[[rule]]``: conditions that must all hold, and the corrections that then apply."""

    number: int
    camera: tuple[str, ...]
    serial: tuple[str, ...]
    folder: tuple[str, ...]
    files: tuple[str, ...]
    between: tuple[datetime, datetime] | None
    asked: Mapping[str, str]
    skip: bool
    drift: Drift | None = None

    def asks_of(self, facts: Facts) -> Mapping[str, str]:
        """Return the corrections of one photo: if the clock drifts, the shift depends on when it was taken."""
        return self.drift.applied(self.asked, facts.taken) if self.drift else self.asked

    def misfit(self, facts: Facts) -> str:
        """Say why a file does not meet the conditions; empty if it does."""
        return next(filter(None, (self._misnamed(facts.name), self._other_camera(facts), self._other_time(facts))), "")

    def _misnamed(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        if self.files and not _names(self.files, name, path):
            return f"its name is not {_or(self.files)}"
        if self.folder and not any(_is_in(folder, pattern) for pattern in self.folder):
            return f"it is not in the folder {_or(self.folder)}"
        return ""

    def _other_camera(self, facts: Facts) -> str:
        if self.camera and not _fits(self.camera, facts.camera, facts.camera.partition(" ")[2]):
            return f"its camera is {facts.camera or 'unknown'}, not {_or(self.camera)}"
        if self.serial and facts.serial not in self.serial:
            return f"its camera's serial number is {'different' if facts.serial else 'unknown'}"
        return ""

    def _other_time(self, facts: Facts) -> str:
        if self.between and facts.taken is None:
            return "it has no capture time"
        if self.between and facts.taken and not self.between[0] <= facts.taken <= self.between[1]:
            return f"it was taken at {facts.taken}, not between {self.between[0]} and {self.between[1]}"
        return ""


class Rulebook(NamedTuple):
    """The content of a `galleria.toml`; an empty one corrects nothing."""

    asked: Mapping[str, str] = {}
    skip: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def needs_facts(self) -> bool:
        """Whether a rule has conditions on more than names."""
        return any(rule.camera or rule.serial or rule.between or rule.drift for rule in self.rules)

    def choose(self, facts: Facts, given: Mapping[str, str]) -> Choice:
        """Decide about a file; the command line (`given`) overrides the rules, group by group."""
        folder, _, name = facts.name.rpartition("/")
        for pattern in self.skip:
            if _fits((pattern,), name, facts.name) or (pattern.endswith("/") and _is_in(folder, pattern)):
                return Choice({}, skip=True, because=f"{NAME} skips {pattern}")
        rule = next((rule for rule in self.rules if not rule.misfit(facts)), None)
        if rule and rule.skip:
            return Choice({}, skip=True, because=f"rule {rule.number} of {NAME} skips it")
        by_rule = winning_values(rule.asks_of(facts), {}, self.asked).values if rule else dict(self.asked)
        asked = winning_values(given, {}, by_rule).values
        places = [f"rule {rule.number} of {NAME}"] if rule else [NAME] if self.asked else []
        because = " and ".join([*places, *(["--correct"] if given else [])])
        return Choice(asked, skip=False, because=because or "no correction is asked for", general=not (rule or given))

    def explain(self, facts: Facts, given: Mapping[str, str]) -> list[str]:
        """Say of each rule, up to the one that counts, why it matches or not, and what the result is."""
        what = facts.media.media_type if facts.media else "no known format"
        lines = [f"{facts.name}: {what}, {facts.camera or 'unknown camera'}, {facts.taken or 'no capture time'}"]
        for rule in self.rules:
            misfit = rule.misfit(facts)
            lines.append(f"rule {rule.number}: {f'no, {misfit}' if misfit else 'matches, so it counts'}")
            if not misfit:
                break
        choice = self.choose(facts, given)
        asked = ", ".join(f"{key}={value}" for key, value in choice.asked.items())
        asked = f"asked: {asked or 'nothing'} ({choice.because})"
        return [*lines, f"skipped: {choice.because}" if choice.skip else asked]


def read_rulebook(path: Path) -> Rulebook:
    """Read a `galleria.toml`.

    Raises
    ------
    SettingsError
        It is not TOML.
    CorrectionError
        A key is unknown, or a value cannot be understood; rule and key are named.
    LocalFileError
        It cannot be read.
    """
    try:
        return parse_rulebook(path.read_text(encoding="utf-8-sig"), str(path))  # some editors write a byte order mark
    except OSError as error:
        raise LocalFileError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not TOML: byte {error.start + 1} is not UTF-8", tag=NAME, advice="Save it as UTF-8."
        ) from None


def parse_rulebook(text: str, where: str = NAME) -> Rulebook:
    """Read the text of a `galleria.toml`; `where` is its place in error messages.

    Raises
    ------
    SettingsError
        It is not TOML.
    CorrectionError
        A key is unknown, or a value cannot be understood; rule and key are named.
    """
    try:
        book = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not TOML: {error}", tag=NAME) from None
    check_keys(book, _BOOK_KEYS, NAME)
    rules = book.pop("rule", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise CorrectionError(f"{NAME}: rule is {rules!r}; write each as [[rule]]", tag="rule")
    skip = _texts(book.pop("skip", []), "skip", NAME)
    return Rulebook(
        correction_values(book, NAME), skip, tuple(_rule(number, rule) for number, rule in enumerate(rules, 1))
    )


def book_of(folder: Path) -> Rulebook:
    """Return the rules in a folder; an empty book if there are none."""
    path = folder / NAME
    return read_rulebook(path) if path.is_file() else Rulebook()


def _rule(number: int, given: Mapping[str, Any]) -> Rule:
    where = f"{NAME}, rule {number}"
    check_keys(given, _RULE_KEYS, where)
    if not any(condition in given for condition in _CONDITIONS):
        raise CorrectionError(f"{where} has no condition; allowed are {', '.join(_CONDITIONS)}", tag="rule")
    skip = given.get("skip", False)
    if not isinstance(skip, bool):
        raise CorrectionError(f"{where}: skip is {skip!r}; allowed are true and false", tag="skip")
    asked = correction_values({key: given[key] for key in given if key in ASKING_KEYS}, where)
    drift = drift_of(given, asked, where)
    if skip == bool(asked or drift):
        raise CorrectionError(f"{where} must either correct something or have skip = true", tag="rule")
    texts = [_texts(given.get(name, []), name, where) for name in _CONDITIONS[:-1]]
    between = _between(given.get("between"), where)
    return Rule(number, texts[0], texts[1], texts[2], texts[3], between, asked, skip, drift)


def _texts(value: object, name: str, where: str) -> tuple[str, ...]:
    entries = [value] if isinstance(value, str | int) and not isinstance(value, bool) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str | int) for entry in entries):
        raise CorrectionError(f"{where}: {name} is {value!r}; allowed are a string and a list of strings", tag=name)
    return tuple(str(entry).strip() for entry in entries)


def _between(value: object, where: str) -> tuple[datetime, datetime] | None:
    if value is None:
        return None
    ends = value if isinstance(value, list) else []
    if len(ends) == 2:  # noqa: PLR2004 # from and to
        first, last = clock_time(ends[0], time.min), clock_time(ends[1], time.max)
        if first and last and first <= last:
            return first, last
    raise CorrectionError(
        f"{where}: between is {value!r}; allowed are two times in order, such as "
        '["2024-06-15T10:00", "2024-06-15T18:30"], as the camera\'s clock showed them',
        tag="between",
    )


def _fits(patterns: Sequence[str], *texts: str) -> bool:
    return any(
        fnmatchcase(text.casefold(), pattern.casefold()) for pattern in patterns for text in texts if text or pattern
    )


def _names(patterns: Sequence[str], name: str, path: str) -> bool:
    """Whether a pattern matches a file; one that begins with a slash starts at the topmost folder, as in .gitignore."""
    anchored = [pattern for pattern in patterns if pattern.startswith("/")]
    return _fits([pattern for pattern in patterns if pattern not in anchored], name, path) or _fits(
        anchored, f"/{path}"
    )


def _is_in(folder: str, pattern: str) -> bool:
    """Whether a folder matches a pattern, or lies in one that does."""
    pattern = pattern.strip("/")
    parts = folder.split("/") if folder else []
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    return pattern in {"", "."} or _fits((pattern,), *above)


def _or(texts: Sequence[str]) -> str:
    return " or ".join(texts)
