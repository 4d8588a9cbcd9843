"""Working on many items, a few at a time: results come as they are ready, and memory stays flat."""

from collections.abc import Callable, Generator, Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Given = TypeVar("Given")
Result = TypeVar("Result")


def as_they_finish(
    work: Callable[[Given], Result],
    items: Iterable[Given],
    threads: int,
    *,
    known: Callable[[Given], Result | None] = lambda _: None,
    stop: Callable[[], None] = lambda: None,
    idle: Callable[[float], None] = lambda _: None,
    idle_seconds: float = 30.0,
) -> Generator[Result, None, None]:
    """Yield the result of `work` for each item, in the order in which they are ready.

    Parameters
    ----------
    work
        Called by `threads` threads. Failures with one item should be results, since an error ends everything.
    items
        Read as results come: at most twice as many as there are threads are read ahead.
    threads
        How many at once.
    known
        Called first, in this thread; returns the result for an item that needs no work, otherwise None. Threads are
        started for the first item that needs work; from then on, `work` is called for all items.
    stop
        Called if the generator is closed early, so that running work finishes soon.
    idle
        Called whenever nothing has finished for another `idle_seconds`, with the seconds since the last result.

    Notes
    -----
    Closing the generator, as Ctrl-C does, starts nothing more, and waits for work that has been started.
    """
    rest = iter(items)
    for item in rest:
        if (result := known(item)) is None:
            rest = chain([item], rest)
            break
        yield result
    else:
        return
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait  # noqa: PLC0415 # slow to import

    with ThreadPoolExecutor(threads, thread_name_prefix="bulk") as pool:
        running: set[Future[Result]] = {pool.submit(work, item) for item in islice(rest, 2 * threads)}
        try:
            waited = 0
            while running:
                finished, running = wait(running, idle_seconds, return_when=FIRST_COMPLETED)
                waited = 0 if finished else waited + 1
                if waited:
                    idle(waited * idle_seconds)
                running |= {pool.submit(work, item) for item in islice(rest, len(finished))}
                for future in finished:
                    yield future.result()
        except BaseException:
            stop()
            raise
        finally:
            for future in running:
                future.cancel()
