"""Work that goes on while the page is shown: a thread that is started, asked to stop, and waited for."""

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """One piece of work in a thread of its own, which ends with the process.

    Parameters
    ----------
    name
        Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def _run(self) -> None:
        """Do the work; end soon once `_stopped` is set."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more; what is under way is finished."""
        self._stopped.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; return whether it has."""
        self._thread.join(seconds)
        return self._thread.ident is not None and not self._thread.is_alive()
