"""Waiting while the network or the provider is down: one outage, seen by many threads at once."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from galleria_storage.errors import GalleriaError
from galleria_storage.s3.faults import may_pass

Result = TypeVar("Result")
#: Called with the seconds that an outage has lasted and its error; None for the latter means that it is over.
Notify = Callable[[float, GalleriaError | None], None]

PATIENCE_SECONDS: Final = 900.0
_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 10.0


class Patience:
    """Retries whatever fails because the network is down, for as long as an outage may last.

    Parameters
    ----------
    notify
        Called at the beginning of an outage, at each further try, and at its end; by one thread at a time.
    seconds
        How long an outage may last. Each success of any thread ends it.
    sleep, clock
        Tests replace them, so that no time passes; by default a sleep ends at once when `give_up` is called.
    """

    def __init__(
        self,
        notify: Notify,
        seconds: float = PATIENCE_SECONDS,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notify = notify
        self._seconds = seconds
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._clock = clock
        self._lock = threading.Lock()
        self._since: float | None = None

    def call(self, work: Callable[[], Result]) -> Result:
        """Return what `work` returns; call it again after an error that may pass.

        Raises
        ------
        GalleriaError
            Any other error, or the outage lasts too long.
        """
        pause = _FIRST_PAUSE_SECONDS
        while True:
            began = self._clock()
            try:
                result = work()
            except GalleriaError as error:
                if not may_pass(error) or self._stopped.is_set() or self._lasted(began, error) >= self._seconds:
                    raise
            else:
                self._works()
                return result
            self._sleep(pause * _share())
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def give_up(self) -> None:
        """Stop waiting: from now on, failures are raised at once."""
        self._stopped.set()

    def _lasted(self, began: float, error: GalleriaError) -> float:
        with self._lock:
            if self._since is None:
                self._since = began
            lasted = self._clock() - self._since
            self._notify(lasted, error)
            return lasted

    def _works(self) -> None:
        if self._since is None:
            return
        with self._lock:
            if self._since is not None:
                self._notify(self._clock() - self._since, None)
                self._since = None


def _share() -> float:
    """Return how much of a pause to wait: it spreads the tries of many threads."""
    from random import uniform  # noqa: PLC0415 # not while the network is there

    return uniform(0.5, 1)  # noqa: S311 # no secret
