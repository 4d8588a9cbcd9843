"""What a command that works on many files prints: a line for each, its progress, and when it has to wait."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from galleria_cli.text_table import printable
from galleria_storage.errors import GalleriaError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_UNITS: Final = ("bytes", "KB", "MB", "GB", "TB")
_THOUSAND: Final = 1000
_EVERY_SECONDS: Final = 10
#: How often a count is printed where there is no bar.
_COUNT_SECONDS: Final = 60
#: Columns that a bar with bytes and speed takes.
_ROOM: Final = 80


class Report:
    """Prints one run's results: lines for people, or JSON lines.

    Parameters
    ----------
    as_json
        One JSON object per line on standard output, and nothing else there.
    quiet
        Print only problems and the summary.
    verbose
        Also each file for which nothing needs to be done.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False, verbose: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.verbose = verbose
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._lock = threading.Lock()
        self._told_at = 0.0
        self._files = 0
        self._counted_at: float | None = None

    def file(self, status: str, name: str, *, wrong: bool = False, dull: bool = False, **facts: Any) -> None:
        """Report the result for one file.

        Parameters
        ----------
        wrong
            Something is not right: it is printed even if the run is quiet.
        dull
            Nothing was done: it is printed only if the run is verbose (and in JSON).
        facts
            Further fields for JSON; `reason` and `asked` are shown to people, too.
        """
        self._count()
        known = {key: value for key, value in facts.items() if value is not None and value != ""}
        if self.as_json:
            self._print(json.dumps({"file": name, "status": status, **known}, ensure_ascii=False, default=str))
        elif wrong or (not self.quiet and (self.verbose or not dull)):
            words = [f"{status:<10} {name}", str(known.get("asked", "")), str(known.get("reason", ""))]
            self._print(printable("  ".join(word for word in words if word)))

    def explained(self, name: str, lines: Sequence[str]) -> None:
        """Explain one file at length: its first line, and the others below it."""
        if self.as_json:
            self._print(json.dumps({"file": name, "explanation": list(lines)}, ensure_ascii=False))
        else:
            self._print("\n".join(printable(f"{'  ' if number else ''}{line}") for number, line in enumerate(lines)))

    def summary(self, words: str, facts: Mapping[str, Any]) -> None:
        """Print the summary, as the last line."""
        self._print(json.dumps({"summary": dict(facts)}, default=str) if self.as_json else printable(words))

    def note(self, words: str) -> None:
        """Print a note on standard error."""
        with self._lock:
            if self._progress is not None:
                self._progress.console.print(printable(words), markup=False, highlight=False)
            else:
                print(printable(words), file=sys.stderr, flush=True)

    @contextmanager
    def interruptible(self, files: Callable[[], int] | None = None, *, goes_on: bool = True) -> Iterator[None]:
        """Say where the run stopped if Ctrl-C ends it, and what the same command then does.

        Parameters
        ----------
        files
            Returns how many there are; None: the number is unknown.
        goes_on
            Whether the same command would skip what is done.
        """
        try:
            yield
        except KeyboardInterrupt:
            done = self._files if files is None else f"{self._files} of {files()}"
            then = "goes on from there" if goes_on else "starts over"
            self.note(f"stopped after {done} files; the same command {then}")
            raise

    @contextmanager
    def counting(self, *, goes_on: bool) -> Iterator[None]:
        """Show how many files are finished, where the number of all is unknown; see `interruptible`."""
        with self.interruptible(goes_on=goes_on):
            if self.quiet or self.as_json:
                yield
            elif not self._has_bar():
                self._counted_at = time.monotonic()
                yield
                self._counted_at = None
            else:
                from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 # as below

                with self._shown(SpinnerColumn(), TextColumn("{task.fields[done]} files"), TimeElapsedColumn()):
                    yield

    @contextmanager
    def progress(self, totals: Callable[[], tuple[int, int]], *, goes_on: bool = True) -> Iterator[None]:
        """Show progress on a terminal, if Rich is installed; say where Ctrl-C stopped it.

        Parameters
        ----------
        totals
            Returns how many files there are, and their bytes; called only if that is shown.
        goes_on
            See `interruptible`.
        """
        totals = cache(totals)
        with self.interruptible(lambda: totals()[0], goes_on=goes_on), self._bar(totals):
            yield

    @contextmanager
    def _bar(self, totals: Callable[[], tuple[int, int]]) -> Iterator[None]:
        if self.quiet or self.as_json or not self._has_bar():
            yield
            return
        from shutil import get_terminal_size  # noqa: PLC0415 # comes with Rich

        from rich.progress import (  # noqa: PLC0415 # only where there is a terminal
            BarColumn,
            DownloadColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        files, size = totals()
        count, left = TextColumn("{task.fields[done]}/{task.fields[files]}"), TimeRemainingColumn()
        inner = [BarColumn(), DownloadColumn(), TransferSpeedColumn()]
        if get_terminal_size().columns < _ROOM:
            inner = [BarColumn(None)]
        with self._shown(count, *inner, left, total=size, files=files):
            yield

    @contextmanager
    def _shown(self, *columns: Any, total: int | None = None, files: int | None = None) -> Iterator[None]:
        from rich.console import Console  # noqa: PLC0415 # only where there is a terminal
        from rich.progress import Progress  # noqa: PLC0415

        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            self._progress, self._task = shown, shown.add_task("", total=total, done=0, files=files)
            try:
                yield
            finally:
                self._progress = self._task = None

    def _has_bar(self) -> bool:
        return sys.stderr.isatty() and find_spec("rich") is not None

    def advance(self, size: int) -> None:
        """Advance the progress by the file just reported, of `size` bytes."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=size, done=self._files)

    def passed(self, size: int) -> None:
        """Advance the progress by a file that is not reported, of `size` bytes."""
        self._count()
        self.advance(size)

    def _count(self) -> None:
        self._files += 1
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, done=self._files)
        elif self._counted_at is not None and time.monotonic() - self._counted_at >= _COUNT_SECONDS:
            self._counted_at = time.monotonic()
            self.note(f"{self._files} files so far")

    def waiting(self, seconds: float, error: GalleriaError | None) -> None:
        """Report an outage: at its beginning, now and then, and at its end."""
        if error is None:
            self.note(f"the provider answers again, after {seconds:.0f} s")
            self._told_at = 0.0
        elif seconds < self._told_at or seconds - self._told_at >= _EVERY_SECONDS or not self._told_at:
            self._told_at = seconds or 0.001
            self.note(f"{error.message}; waiting, {seconds:.0f} s so far")

    def idle(self, seconds: float) -> None:
        """Report that no file has finished for a while, where no bar shows it."""
        if self._progress is None:
            self.note(f"no file has finished for {seconds:.0f} s; waiting")

    def _print(self, text: str) -> None:
        with self._lock:
            if self._progress is not None and sys.stdout.isatty():  # the bar is on the same terminal
                self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
            else:
                print(text)


def size_text(size: int) -> str:
    """Write a number of bytes for people: ``63.6 MB``."""
    amount, unit = float(size), 0
    while amount >= _THOUSAND and unit < len(_UNITS) - 1:
        amount, unit = amount / _THOUSAND, unit + 1
    return f"{size} bytes" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"
