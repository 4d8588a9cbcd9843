"""The state of each photo in staging and the public bucket, found out by a thread; the only owner of these answers."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any, Final, NamedTuple

from galleria_cli.lighttable.background import Background
from galleria_cli.reconciling import WELL, Judged, Reconciling
from galleria_storage.bulk.march import KeyPair, march
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.corrections.precedence import winning_values
from galleria_storage.errors import GalleriaError
from galleria_storage.publishing.fingerprint import CAPTURED_AFTER
from galleria_storage.s3.listing import list_objects

_THREADS: Final = 8


class KeyState(NamedTuple):
    """One key.

    Attributes
    ----------
    judged
        Its state and the reason.
    asked
        The correction that its original asks for.
    captured
        Capture time of its copy; empty if there is none, or it has none.
    """

    judged: Judged
    asked: Mapping[str, str] = {}
    captured: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what the page shows."""
        asked = ", ".join(f"{name}={value}" for name, value in self.asked.items())
        verdict = {"state": self.judged.state, "well": self.judged.state in WELL, "reason": self.judged.reason}
        return {"key": self.judged.key, **verdict, "asked": asked, "captured": self.captured}


class States(Background):
    """The states of all keys under a prefix.

    Parameters
    ----------
    run
        Judges keys, and knows both buckets.
    prefix
        Only keys with this prefix.
    """

    def __init__(self, run: Reconciling, prefix: str) -> None:
        self._reconciling = run
        self._prefix = prefix
        self._lock = threading.Lock()
        self._known: dict[str, KeyState] = {}
        self._pairs: dict[str, KeyPair] = {}
        self._problem = ""
        super().__init__("states")

    @property
    def finished(self) -> bool:
        """Whether all keys have been judged."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def of(self, key: str) -> KeyState | None:
        """Return what is known about a key."""
        with self._lock:
            return self._known.get(key)

    def as_json(self) -> dict[str, Any]:
        """Return all that is known."""
        with self._lock:
            states = [state.as_json() for _, state in sorted(self._known.items())]
        return {"states": states, "finished": self.finished, "problem": self._problem}

    def judge(self, keys: Iterable[str]) -> None:
        """Judge keys again that may have changed."""
        for key in keys:
            pair = self._pairs.get(key)
            if pair and pair.left:
                self._note(self._look(KeyPair(key, pair.left, pair.left)))

    def _run(self) -> None:
        stores = (self._reconciling.staging, self._reconciling.public)
        pairs = march(*(list_objects(store.client, store.bucket, self._prefix) for store in stores))
        try:
            with closing(as_they_finish(self._look, pairs, _THREADS)) as found:
                for one in found:
                    self._note(one)
                    if self._stopped.is_set():
                        return
        except GalleriaError as error:
            self._problem = error.message

    def _look(self, pair: KeyPair) -> KeyState:
        with self._lock:
            self._pairs[pair.key] = pair
        judged = self._reconciling.one(pair)
        try:
            asked = self._reconciling.patience.call(lambda: self._asked(pair.key)) if pair.left else {}
            copy = (
                self._reconciling.patience.call(lambda: self._reconciling.public.head(pair.key)) if pair.right else None
            )
        except GalleriaError:
            return KeyState(judged)
        return KeyState(judged, asked, copy.metadata.get(CAPTURED_AFTER, "") if copy else "")

    def _asked(self, key: str) -> Mapping[str, str]:
        found = self._reconciling.staging.head(key)
        if found is None:
            return {}
        tags = {} if found.tag_count == 0 else self._reconciling.staging.tags(key)
        return winning_values(found.metadata, tags, self._reconciling.settings.default_correction).values

    def _note(self, state: KeyState) -> None:
        with self._lock:
            self._known[state.judged.key] = state
