"""Work that the page starts and watches: a thread, and the result for each file as it becomes known."""

import threading
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from galleria_cli.lighttable.background import Background
from galleria_cli.reporting import Report
from galleria_storage.errors import CorrectionError, GalleriaError


class StoppedError(Exception):
    """The person has stopped the run."""


class PageRun(Background, Report):
    """One piece of work over many files, done by a thread; the only owner of its results."""

    def __init__(self, prefix: str = "") -> None:
        Report.__init__(self)
        Background.__init__(self, "run")
        self._prefix = prefix
        self._state = threading.Lock()
        self._phase = "starting"
        self._total = 0
        self._outcomes: dict[str, dict[str, str]] = {}
        self._notes: list[str] = []

    @abstractmethod
    def work(self) -> None:
        """Do it.

        Raises
        ------
        GalleriaError, OSError
            It cannot be done, or not completely.
        """

    @property
    def running(self) -> bool:
        """Whether it is still running."""
        return self._thread.is_alive()

    def results(self) -> dict[str, Any]:
        """Return the progress, and the result for each file so far."""
        with self._state:
            counts = Counter(one["status"] for one in self._outcomes.values())
            return {
                "phase": self._phase,
                "total": self._total,
                "done": len(self._outcomes),
                "counts": counts,
                "outcomes": list(self._outcomes.values()),
                "notes": self._notes[-3:],
            }

    def file(self, status: str, name: str, *, wrong: bool = False, dull: bool = False, **facts: Any) -> None:
        """Record the result for one file; a later one replaces it."""
        del dull
        if self._stopped.is_set():
            raise StoppedError
        outcome = {"name": name.removeprefix(self._prefix), "status": status, "reason": str(facts.get("reason") or "")}
        outcome |= {"asked": str(facts.get("asked") or ""), "wrong": "yes" if wrong else ""}
        with self._state:
            self._outcomes[outcome["name"]] = outcome

    def note(self, words: str) -> None:
        """Record a note about the run."""
        with self._state:
            self._notes.append(words)

    def summary(self, words: str, facts: Mapping[str, Any]) -> None:
        """Do nothing: the page counts for itself."""

    @contextmanager
    def progress(self, totals: Callable[[], tuple[int, int]], *, goes_on: bool = True) -> Iterator[None]:
        """Set the number of files."""
        del goes_on
        self.enter("pushing", totals()[0])
        yield

    def enter(self, phase: str, total: int | None = None) -> None:
        """Set what is being done now."""
        with self._state:
            self._phase = phase
            self._total = self._total if total is None else total

    def pause(self, seconds: float) -> None:
        """Wait, unless the person stops the run."""
        if self._stopped.wait(seconds):
            raise StoppedError

    def _run(self) -> None:
        try:
            self.work()
            self.enter("done")
        except StoppedError:
            self.enter("stopped")
        except (GalleriaError, OSError) as error:
            self.note(" ".join(filter(None, (str(error), getattr(error, "advice", None)))))
            self.enter("failed")


class PageRuns:
    """The current run, or the last one."""

    def __init__(self) -> None:
        self._last: PageRun | None = None
        self._lock = threading.Lock()

    @property
    def last(self) -> PageRun | None:
        """The last one; None if there was none."""
        return self._last

    def start(self, run: PageRun) -> None:
        """Start one.

        Raises
        ------
        CorrectionError
            Another one is still running.
        """
        with self._lock:
            if self._last and self._last.running:
                raise CorrectionError("the last change is still being published; wait for it, or stop it")
            self._last = run
            run.start()
