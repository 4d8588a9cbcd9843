"""Threads that take turns: only one runs at a time, and a seed decides which."""

import threading
from collections.abc import Callable


class Strand:
    """One thread that runs jobs, and stops at every `pause` until it is told to go on.

    The thread is kept for the next job, since starting one takes longer than most jobs.
    """

    def __init__(self, back: threading.Semaphore) -> None:
        self._back = back
        self._go = threading.Semaphore(0)
        self._job: Callable[[], None] | None = None
        self.defect: BaseException | None = None
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def busy(self) -> bool:
        return self._job is not None

    def begin(self, job: Callable[[], None]) -> None:
        """Give it a job; `step` starts it."""
        self._job = job

    def step(self) -> None:
        """Let it run until it pauses or is done; called by the scheduler."""
        self._go.release()
        self._back.acquire()
        if self.defect is not None:
            raise self.defect

    def pause(self) -> None:
        """Let others run; called by the job."""
        self._back.release()
        self._go.acquire()

    def _run(self) -> None:
        while True:
            self._go.acquire()
            assert self._job is not None
            try:
                self._job()
            except BaseException as error:  # noqa: BLE001 # handed to the scheduler, which raises it
                self.defect = error
            self._job = None
            self._back.release()


class Strands:
    """A few strands and the baton between them and the scheduler."""

    def __init__(self, count: int) -> None:
        self._back = threading.Semaphore(0)
        self.all = [Strand(self._back) for _ in range(count)]
        self.current = self.all[0]

    def step(self, strand: Strand) -> None:
        self.current = strand
        strand.step()
