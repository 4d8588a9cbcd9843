"""A pace holds for all threads together, serves them in order, and slows down what a client sends and reads."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.s3.access import BucketAccess, ProviderAccess
from galleria_storage.s3.clients import connect
from galleria_storage.s3.pace import Pace
from galleria_storage.s3.sdk.pacing import PacedSession


class Time:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def paced(rate: float, time: Time) -> Pace:
    return Pace(rate, clock=time, sleep=time.sleep)


@given(st.lists(st.integers(1, 64 * 1024), min_size=1, max_size=50), st.integers(1, 10**8))
def test_no_more_bytes_go_than_the_rate_allows(pieces: list[int], rate: int) -> None:
    time = Time()
    pace = paced(rate, time)
    for size in pieces:
        pace.take(size)
    assert sum(pieces[:-1]) <= rate * (time.now - 100 + 0.1) * 1.000001


def test_who_asks_first_goes_first_and_each_has_the_same_share() -> None:
    time = Time()
    pace = Pace(1000, clock=time, sleep=time.slept.append)  # as if others asked while each of them waits
    for _ in range(4):
        pace.take(100)
    assert time.slept == pytest.approx([0.1, 0.2, 0.3])


def test_a_pause_is_made_up_for_by_a_tenth_of_a_second_at_most() -> None:
    time = Time()
    pace = paced(1000, time)
    time.now += 3600
    for _ in range(10):
        pace.take(100)
    assert sum(time.slept) == pytest.approx(0.8)


def test_a_slow_pace_goes_in_small_pieces_so_that_all_have_their_turn() -> None:
    assert Pace(32_000).piece == 1000
    assert Pace(10**9).piece == 64 * 1024
    assert Pace(1).piece == 1


class Wire:
    """An HTTP session that reads what it is to send as http.client does, and answers with a body."""

    def __init__(self, answer: bytes = b"") -> None:
        self.sent = b""
        self.answer = answer

    def send(self, request: Any) -> Any:
        if request.body:
            self.sent = b"".join(iter(lambda: request.body.read(16384), b""))
        return SimpleNamespace(raw=io.BytesIO(self.answer), status_code=200)

    def close(self) -> None:
        self.sent = b""


@pytest.mark.parametrize("body", [b"x" * 5000, "x" * 5000, io.BytesIO(b"x" * 5000)], ids=["bytes", "text", "file"])
def test_whatever_body_a_request_has_goes_out_whole_and_slowly(body: Any) -> None:
    time, wire = Time(), Wire()
    request = SimpleNamespace(body=body, stream_output=False)
    PacedSession(wire, paced(1000, time)).send(request)
    assert wire.sent == b"x" * 5000
    assert request.body is body, "a repeated request rewinds it"
    assert sum(time.slept) == pytest.approx(5, abs=0.2)


def test_a_streamed_answer_comes_in_whole_and_slowly_however_it_is_read() -> None:
    for read in (lambda raw: raw.read(), lambda raw: b"".join(iter(lambda: raw.read(4096), b"")), read_into):
        time = Time()
        session = PacedSession(Wire(b"y" * 3000), paced(1000, time))
        assert read(session.send(SimpleNamespace(body=None, stream_output=True)).raw) == b"y" * 3000
        assert sum(time.slept) == pytest.approx(3, abs=0.2)


def read_into(raw: Any) -> bytes:
    buffer, found = bytearray(700), b""
    while count := raw.readinto(buffer):
        found += buffer[:count]
    return found


def test_a_client_without_a_limit_is_left_as_it_is() -> None:
    access = BucketAccess("photos", ProviderAccess(endpoint="http://127.0.0.1:9", access_key="a", secret_key="b"))
    sessions = [connect(access, pace).client._endpoint.http_session for pace in (None, Pace(1))]  # type: ignore[attr-defined]
    assert [isinstance(session, PacedSession) for session in sessions] == [False, True]
