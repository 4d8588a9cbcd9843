"""Background work while the page is shown: a thread that can be started, stopped and waited for."""

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """One piece of work in its own thread, which ends with the process.

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
        """Start nothing more; finish what has been started."""
        self._stopped.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; return whether it has."""
        self._thread.join(seconds)
        return self._thread.ident is not None and not self._thread.is_alive()
