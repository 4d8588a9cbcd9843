"""`push` as the page starts it: what becomes of each file, as it becomes known; the only owner of a run."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from galleria_cli import places, pushing
from galleria_cli.files import files_of
from galleria_cli.following import follow
from galleria_cli.options import Transfers
from galleria_cli.reporting import Report
from galleria_cli.rules.rulebook import book_of
from galleria_cli.sending import Sending, Sent, folder_of
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import GalleriaError, SettingsError
from galleria_storage.runtime.environment import completed, words
from galleria_storage.s3.objects import ObjectStore

_FOLLOW_SECONDS: Final = 300


class StoppedError(Exception):
    """The person has stopped the run."""


class PushRun(Report):
    """One push of a folder, run by a thread.

    Parameters
    ----------
    folder
        What is pushed, by the `galleria.toml` in it.
    prefix
        Put before each name.
    dry_run
        Say what would be done, and send nothing.
    """

    def __init__(self, folder: Path, prefix: str, *, dry_run: bool) -> None:
        super().__init__()
        self._folder = folder
        self._prefix = folder_of(prefix)
        self._dry_run = dry_run
        self._state = threading.Lock()
        self._phase = "starting"
        self._total = 0
        self._outcomes: dict[str, dict[str, str]] = {}
        self._notes: list[str] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="push", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Start nothing more; what is under way is finished."""
        self._stopped.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is done; return whether it is."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def running(self) -> bool:
        """Whether it is not done yet."""
        return self._thread.is_alive()

    def told(self) -> dict[str, Any]:
        """Return how far it is, and what became of each file so far."""
        with self._state:
            counts = Counter(one["status"] for one in self._outcomes.values())
            return {
                "phase": self._phase,
                "dry_run": self._dry_run,
                "total": self._total,
                "done": len(self._outcomes),
                "counts": counts,
                "outcomes": list(self._outcomes.values()),
                "notes": self._notes[-3:],
            }

    def file(self, status: str, name: str, *, wrong: bool = False, dull: bool = False, **facts: Any) -> None:
        """Note what became of one file; what is told later about it counts."""
        del dull
        if self._stopped.is_set():
            raise StoppedError
        outcome = {"name": name.removeprefix(self._prefix), "status": status, "reason": str(facts.get("reason") or "")}
        outcome |= {"asked": str(facts.get("asked") or ""), "wrong": "yes" if wrong else ""}
        with self._state:
            self._outcomes[outcome["name"]] = outcome

    def note(self, words: str) -> None:
        """Note something about the whole run."""
        with self._state:
            self._notes.append(words)

    def summary(self, words: str, facts: Mapping[str, Any]) -> None:
        """Say nothing: the page counts for itself."""

    @contextmanager
    def progress(self, files: int, size: int) -> Iterator[None]:
        """Take over how many files there are."""
        del size
        self._enter("pushing", files)
        yield

    def _run(self) -> None:
        try:
            began = time.time()
            store = places.staging_store()
            keys = self._push(store)
            if keys and not self._dry_run:
                self._follow(store, keys, began)
            self._enter("done")
        except StoppedError:
            self._enter("stopped")
        except (GalleriaError, OSError) as error:
            self.note(" ".join(filter(None, (str(error), getattr(error, "advice", None)))))
            self._enter("failed")

    def _push(self, store: ObjectStore) -> list[str]:
        files = files_of([self._folder], Selection((), ()))
        how: pushing.How = "tags" if store.profile.object_tags else "metadata"
        types = frozenset(words(completed(os.environ), "PASS_THROUGH_TYPES"))
        book = book_of(self._folder)
        keys: list[str] = []

        def heard(sent: Sent) -> None:
            if sent.status in {"pushed", "retagged", "unchanged"}:
                keys.append(sent.key)

        sending = Sending(store, self._prefix, self, Transfers(), pushing.WORDS, checksum=False, dry_run=self._dry_run)
        sending.run(
            [files],
            lambda known: pushing.Push(
                store, self._prefix, book, {}, how, known, types, dry_run=self._dry_run
            ).one,
            heard,
        )  # fmt: skip
        return keys

    def _follow(self, store: ObjectStore, keys: Sequence[str], began: float) -> None:
        self._enter("publishing")
        try:
            follow(self, store, keys, began, _FOLLOW_SECONDS, sleep=self._pause)
        except SettingsError as error:
            self.note(f"The photos are in staging. Their copies cannot be followed from here: {error.message}")

    def _pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise StoppedError

    def _enter(self, phase: str, total: int | None = None) -> None:
        with self._state:
            self._phase = phase
            self._total = self._total if total is None else total
