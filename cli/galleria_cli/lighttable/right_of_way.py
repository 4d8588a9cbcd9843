"""Who goes first: work that the person is waiting for, before reading ahead."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LONGEST_SECONDS: Final = 0.25


class RightOfWay:
    """Makes background work wait while something urgent is done."""

    def __init__(self) -> None:
        self._urgent = 0
        self._changed = threading.Condition()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Do something urgent."""
        with self._changed:
            self._urgent += 1
        try:
            yield
        finally:
            with self._changed:
                self._urgent -= 1
                self._changed.notify_all()

    def give(self) -> None:
        """Wait while something urgent is done, but not for long, so that background work never stops entirely."""
        with self._changed:
            self._changed.wait_for(lambda: not self._urgent, _LONGEST_SECONDS)
