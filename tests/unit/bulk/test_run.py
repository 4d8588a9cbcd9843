"""Results come as they are ready; a wait without any is reported."""

import threading

from galleria_storage.bulk.run import as_they_finish


def test_a_wait_without_results_is_reported_again_and_again() -> None:
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


def test_no_thread_is_started_for_what_is_known_already() -> None:
    def work(item: int) -> int:
        raise AssertionError(f"{item} was worked on")

    before = threading.active_count()
    results = as_they_finish(work, range(5), 2, known=lambda item: item * 10)
    assert [(result, threading.active_count() - before) for result in results] == [(n * 10, 0) for n in range(5)]


def test_what_is_not_known_is_worked_on_with_all_that_follows() -> None:
    results = as_they_finish(
        lambda item: ("worked on", item), range(6), 2, known=lambda item: None if item == 3 else ("known", item)
    )
    assert sorted(results, key=lambda result: result[1]) == [
        ("known", 0), ("known", 1), ("known", 2), ("worked on", 3), ("worked on", 4), ("worked on", 5),
    ]  # fmt: skip
