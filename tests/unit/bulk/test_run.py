"""Results come as they are ready; a wait without any is told."""

import threading

from galleria_storage.bulk.run import as_they_finish


def test_a_wait_without_results_is_told_again_and_again() -> None:
    told: list[float] = []
    enough = threading.Event()

    def idle(seconds: float) -> None:
        told.append(seconds)
        if len(told) == 3:
            enough.set()

    def work(item: int) -> int:
        enough.wait()
        return item

    assert list(as_they_finish(work, [1], 1, idle=idle, idle_seconds=0.01)) == [1]
    assert told[:3] == [0.01, 0.02, 0.03]


def test_what_is_closed_early_is_told_to_stop() -> None:
    stopped: list[bool] = []
    results = as_they_finish(str, range(100), 2, stop=lambda: stopped.append(True))
    next(results)
    results.close()
    assert stopped == [True]


def test_what_is_finished_is_not() -> None:
    stopped: list[bool] = []
    assert len(list(as_they_finish(str, range(10), 2, stop=lambda: stopped.append(True)))) == 10
    assert stopped == []
