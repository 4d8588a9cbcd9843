"""Memory for bodies: as long as asked for, usable like any bytearray, wherever the library runs."""

import sys

import pytest

from galleria_storage.s3.buffers import new_body
from galleria_storage.s3.signing import DigestedBody

MIB = 1 << 20
SIZES = [0, 1, MIB, 2 * MIB - 1, 2 * MIB, 4 * MIB + 1, 8 * MIB, 15 * MIB]


@pytest.mark.parametrize("size", SIZES)
def test_a_body_has_the_size_asked_for_and_holds_what_is_written(size: int) -> None:
    body, content = new_body(size), bytes(range(256)) * (size // 256 + 1)
    assert (type(body), len(body), body.sha256) == (DigestedBody, size, b"")
    with memoryview(body) as view:
        view[:] = content[:size]
    assert body == content[:size]


@pytest.mark.parametrize("size", [3 * MIB, 8 * MIB])
def test_a_body_can_be_cut_to_what_is_left(size: int) -> None:
    body = new_body(size)
    body[:5] = b"start"
    del body[5:]
    assert body == b"start"


def test_a_system_without_huge_pages_gets_a_body_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert len(new_body(8 * MIB)) == 8 * MIB
