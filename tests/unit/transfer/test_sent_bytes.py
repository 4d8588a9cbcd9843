"""What the caller's progress function hears."""

import pytest

from galleria_storage.transfer.file_body import SentBytes


def test_bytes_that_are_sent_again_are_reported_once() -> None:
    told: list[int] = []
    sent = SentBytes(told.append)
    sent(10)
    sent.restart()
    sent(4)
    sent(6)
    sent(5)
    assert told == [10, 5]


def test_nothing_new_is_not_reported() -> None:
    told: list[int] = []
    sent = SentBytes(told.append)
    sent(0)
    assert told == []


def test_nobody_need_listen() -> None:
    sent = SentBytes(None)
    sent(10)
    sent.check()


def test_after_an_error_the_function_is_not_called_again_and_the_error_waits_for_its_caller() -> None:
    calls: list[int] = []

    def progress(count: int) -> None:
        calls.append(count)
        raise RuntimeError("closed")

    sent = SentBytes(progress)
    sent(10)
    sent(10)
    assert calls == [10]
    with pytest.raises(RuntimeError, match="closed"):
        sent.check()
