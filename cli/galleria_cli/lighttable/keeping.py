"""Where approved decisions are saved: in a folder's rules file, or in the tags of the photos in staging."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from galleria_cli.lighttable.page_run import PageRuns
from galleria_cli.lighttable.preview import asked_of
from galleria_cli.lighttable.rules_file import RulesFile
from galleria_cli.lighttable.states import States
from galleria_cli.lighttable.tag_run import TagRun
from galleria_cli.rules.filename import NAME
from galleria_cli.rules.rulebook import parse_rulebook
from galleria_storage.clocks.shots import Shot
from galleria_storage.s3.objects import ObjectStore


class Keeper(Protocol):
    """Saves what is approved."""

    @property
    def first(self) -> str:
        """The rules when the table was opened, as the text of a `galleria.toml`."""
        ...

    @property
    def ready(self) -> bool:
        """Whether the correction of each photo is known."""
        ...

    def base(self, name: str) -> Mapping[str, str]:
        """Return the correction of a photo where the rules do not decide."""
        ...

    def write(self, text: str, shots: Sequence[Shot]) -> None:
        """Save these rules, so that they apply.

        Raises
        ------
        GalleriaError
            They cannot.
        """
        ...

    def commands(self) -> list[str]:
        """Return the commands that use the rules in a terminal."""
        ...


class FolderKeeper:
    """Saves rules in the `galleria.toml` of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = RulesFile(folder / NAME)

    @property
    def first(self) -> str:
        """The text of the file."""
        return self._file.first

    @property
    def ready(self) -> bool:
        """Always."""
        return True

    def base(self, name: str) -> Mapping[str, str]:
        """Return nothing: all corrections are in the rules."""
        del name
        return {}

    def write(self, text: str, shots: Sequence[Shot]) -> None:
        """Write the file."""
        del shots
        self._file.write(text)

    def commands(self) -> list[str]:
        """Return the commands that use the file."""
        folder = shlex.quote(str(self._folder))
        return [f"galleria-storage push {folder}", f"galleria-storage correct -r {folder} --into corrected"]


class StagingKeeper:
    """Saves decisions in the tags of photos in staging, which publishes them again.

    Parameters
    ----------
    store
        Staging.
    states
        The correction of each photo.
    runs
        Where the work is started.
    stack, by_hand
        Whose settings count, and whether this computer publishes instead of the function.
    """

    def __init__(self, store: ObjectStore, states: States, runs: PageRuns, *, stack: str | None, by_hand: bool) -> None:
        self._store = store
        self._states = states
        self._runs = runs
        self._stack = stack
        self._by_hand = by_hand
        self._base: dict[str, Mapping[str, str]] = {}
        self._now: dict[str, Mapping[str, str]] = {}

    @property
    def first(self) -> str:
        """No rules: each photo has its own correction."""
        return ""

    @property
    def ready(self) -> bool:
        """Whether all photos have been judged."""
        return self._states.finished

    def base(self, name: str) -> Mapping[str, str]:
        """Return the correction that a photo had when the table was opened."""
        if name not in self._base:
            state = self._states.of(name)
            if state is None or not self.ready:
                return state.asked if state else {}
            self._base[name] = state.asked
        return self._base[name]

    def write(self, text: str, shots: Sequence[Shot]) -> None:
        """Change the tags of photos whose correction changes, and publish them again."""
        book = parse_rulebook(text)
        wanted = {shot.name: asked_of(shot, book, self.base(shot.name)) for shot in shots if shot.media_type}
        changed = {name: asked for name, asked in wanted.items() if asked != self._now.get(name, self.base(name))}
        if changed:
            self._runs.start(TagRun(self._store, changed, self._states, stack=self._stack, by_hand=self._by_hand))
            self._now |= changed

    def commands(self) -> list[str]:
        """Return the commands that show the same."""
        return [
            f"galleria-storage status --verbose{f' --settings-from {shlex.quote(self._stack)}' if self._stack else ''}"
        ]
