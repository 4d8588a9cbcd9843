"""Memory for bodies: as long as asked for, usable like any bytearray, wherever the library runs."""

import sys

import pytest

from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer import buffers
from galleria_storage.transfer.buffers import body_of

MIB = 1 << 20
SIZES = [0, 1, MIB, 2 * MIB - 1, 2 * MIB, 4 * MIB + 1, 8 * MIB, 15 * MIB]


LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux is told about pages")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    buffers._spare.clear()


@pytest.mark.parametrize("size", SIZES)
def test_a_body_has_the_size_asked_for_and_holds_what_is_written(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    with body_of(size) as body:
        assert (type(body), len(body), body.sha256) == (DigestedBody, size, b"")
        with memoryview(body) as view:
            view[:] = content[:size]
        assert body == content[:size]


def test_a_body_can_be_cut_to_what_is_left() -> None:
    with body_of(8 * MIB) as body:
        body[:5] = b"start"
        del body[5:]
        assert body == b"start"


@LINUX
def test_the_memory_of_two_bodies_serves_the_next_ones_of_about_their_size() -> None:
    with body_of(11 * MIB) as one, body_of(10 * MIB) as other:
        one[:4] = b"left"
        one.sha256 = b"digest"
        del one[7 * MIB :]
    with body_of(11 * MIB) as again, body_of(6 * MIB) as too:
        assert {id(again), id(too)} == {id(one), id(other)}
        assert (len(again), len(too)) == (11 * MIB, 6 * MIB)
        assert (again.sha256, too.sha256) == (b"", b"")


@LINUX
def test_memory_that_does_not_fit_is_given_up_before_more_is_taken() -> None:
    with body_of(5 * MIB) as small, body_of(5 * MIB) as other:
        pass
    with body_of(11 * MIB):
        assert sys.getsizeof(small) + sys.getsizeof(other) < MIB


def test_large_memory_is_free_at_the_end_although_somebody_holds_the_body() -> None:
    with body_of(15 * MIB) as body:
        pass
    assert sys.getsizeof(body) < MIB


@LINUX
def test_a_body_at_whose_bytes_somebody_still_looks_serves_nobody_else() -> None:
    with body_of(8 * MIB) as body:
        view = memoryview(body)
    with body_of(8 * MIB) as other:
        assert other is not body
    assert len(view) == 8 * MIB


def test_who_still_looks_at_the_bytes_after_an_error_hides_it_not() -> None:
    views: list[memoryview] = []

    def fail() -> None:
        with body_of(MIB) as body:
            views.append(memoryview(body))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(views[0]) == MIB


def test_a_system_without_huge_pages_gives_a_body_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with body_of(8 * MIB) as body:
        assert len(body) == 8 * MIB
