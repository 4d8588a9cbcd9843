"""Many things done at once, a few at a time: results come as they are ready, and memory stays flat."""

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
        Called by `threads` threads; whatever goes wrong with one item should be a result, since an error ends all.
    items
        Read on as results come: at most twice as many as there are threads are taken ahead.
    threads
        How many at once.
    known
        Called first, in this thread: the result where it needs no work, else None. Threads are started for the
        first item that needs work, and from there on `work` is called for all.
    stop
        Called if the generator is closed early, to let those that work finish soon.
    idle
        Told for how many seconds nothing has finished, whenever that were `idle_seconds` more.

    Notes
    -----
    Closing the generator, as Ctrl-C does, starts nothing more, and waits for what has been started.
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
