"""A limit for the bytes per second of all threads that send or receive."""

import threading
import time
from collections.abc import Callable
from typing import Final

#: Pieces are so small that each thread gets its turn many times a second.
_TURNS_PER_SECOND: Final = 32
_LARGEST_PIECE: Final = 64 * 1024
#: Seconds of unused time that may be made up for at once.
_CREDIT_SECONDS: Final = 0.1


class Pace:
    """A token bucket: callers wait until their bytes are available, in the order of asking.

    Each thread takes a small piece and then queues for the next one. So all of them progress equally, however many
    parts a file has.

    Parameters
    ----------
    rate
        Bytes per second, of all threads together; at least 1.
    clock, sleep
        Tests replace them, so that no time passes.

    Attributes
    ----------
    piece
        The most bytes that one turn should take.
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.piece = max(1, min(_LARGEST_PIECE, int(rate / _TURNS_PER_SECOND)))
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at = clock()

    def take(self, count: int) -> None:
        """Wait until `count` bytes may go."""
        with self._lock:
            now = self._clock()
            turn = max(self._free_at, now - _CREDIT_SECONDS)
            self._free_at = turn + count / self._rate
        if turn > now:
            self._sleep(turn - now)
