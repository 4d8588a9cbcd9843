"""Memory for bodies: as long as asked for, usable like any bytearray, wherever the library runs."""

import sys

import pytest

from galleria_storage.s3.buffers import body_of
from galleria_storage.s3.signing import DigestedBody

MIB = 1 << 20
SIZES = [0, 1, MIB, 2 * MIB - 1, 2 * MIB, 4 * MIB + 1, 8 * MIB, 15 * MIB]


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


def test_the_memory_is_free_at_the_end_although_somebody_holds_the_body() -> None:
    with body_of(8 * MIB) as body:
        pass
    assert sys.getsizeof(body) < MIB


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
