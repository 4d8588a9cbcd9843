"""Memory for bodies: as long as asked for, usable like any bytearray, and used again."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.buffers import BodyPool

MIB = 1 << 20
SIZES = [0, 1, MIB, 2 * MIB - 1, 2 * MIB, 4 * MIB + 1, 8 * MIB, 15 * MIB]


@pytest.fixture
def pool() -> BodyPool:
    return BodyPool()


@pytest.mark.parametrize("size", SIZES)
def test_a_body_has_the_size_asked_for_and_holds_what_is_written(pool: BodyPool, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    with pool.body_of(size, room=1000) as body:
        assert (type(body), len(body), body.sha256) == (DigestedBody, size, b"")
        with memoryview(body) as view:
            view[:] = content[:size]
        assert body == content[:size]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3 * MIB), max_size=6))
def test_whatever_was_lent_before_the_size_is_right(sizes: list[int]) -> None:
    pool = BodyPool()
    for size in sizes:
        with pool.body_of(size, room=MIB) as body:
            assert len(body) == size


def test_a_body_can_be_cut_to_what_is_left(pool: BodyPool) -> None:
    with pool.body_of(8 * MIB) as body:
        body[:5] = b"start"
        del body[5:]
        assert body == b"start"


def test_a_body_grows_into_its_room_without_a_move(pool: BodyPool) -> None:
    with pool.body_of(8 * MIB, room=1000) as body:
        before = body.__alloc__()
        body[5:5] = bytes(1000)
        assert (len(body), body.__alloc__()) == (8 * MIB + 1000, before)


def test_the_memory_of_two_bodies_serves_the_next_ones_of_about_their_size(pool: BodyPool) -> None:
    with pool.body_of(11 * MIB) as one, pool.body_of(10 * MIB) as other:
        one[:4] = b"left"
        one.sha256 = b"digest"
        del one[7 * MIB :]
    with pool.body_of(11 * MIB) as again, pool.body_of(6 * MIB) as too:
        assert {id(again), id(too)} == {id(one), id(other)}
        assert (len(again), len(too)) == (11 * MIB, 6 * MIB)
        assert (again.sha256, too.sha256) == (b"", b"")


def test_memory_that_does_not_fit_is_given_up_before_more_is_taken(pool: BodyPool) -> None:
    with pool.body_of(5 * MIB) as small, pool.body_of(5 * MIB) as other:
        pass
    with pool.body_of(11 * MIB):
        assert sys.getsizeof(small) + sys.getsizeof(other) < MIB


def test_large_memory_is_free_at_the_end_although_somebody_holds_the_body(pool: BodyPool) -> None:
    with pool.body_of(15 * MIB) as body:
        pass
    assert sys.getsizeof(body) < MIB


def test_a_body_at_whose_bytes_somebody_still_looks_serves_nobody_else(pool: BodyPool) -> None:
    with pool.body_of(8 * MIB) as body:
        view = memoryview(body)
    with pool.body_of(8 * MIB) as other:
        assert other is not body
    assert len(view) == 8 * MIB


def test_who_still_looks_at_the_bytes_after_an_error_does_not_hide_it(pool: BodyPool) -> None:
    views: list[memoryview] = []

    def fail() -> None:
        with pool.body_of(MIB) as body:
            views.append(memoryview(body))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(views[0]) == MIB
