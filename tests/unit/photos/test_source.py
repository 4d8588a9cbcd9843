"""A metered source gives the same bytes as the source that it reads, in few reads, and stops at its bounds."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.source import MAX_READS, READ_BYTES, BytesSource, FileSource, MeteredSource

DATA = bytes(range(256)) * 4096


@given(st.lists(st.tuples(st.integers(0, len(DATA) + 9), st.integers(0, 2 * READ_BYTES)), max_size=12))
def test_it_gives_what_its_source_holds(ranges: list[tuple[int, int]]) -> None:
    source = MeteredSource(BytesSource(DATA), DATA[:1000])
    for offset, length in ranges:
        assert source.read(offset, length) == DATA[offset : offset + length]


def test_what_was_read_costs_no_second_read() -> None:
    source = MeteredSource(BytesSource(DATA), DATA[:1000])
    source.read(0, 1000)
    assert source.reads == 0
    for offset in range(500_000, 500_000 + READ_BYTES, 8):
        source.read(offset, 8)
    assert (source.reads, source.bytes_read) == (1, READ_BYTES)


def test_a_walk_through_a_file_needs_no_byte_twice() -> None:
    source = MeteredSource(BytesSource(DATA))
    for offset in range(0, 6 * READ_BYTES, 100):
        source.read(offset, 200)
    assert source.bytes_read <= 7 * READ_BYTES


def test_too_many_reads_are_refused() -> None:
    source = MeteredSource(BytesSource(bytes(100 * READ_BYTES)))
    for number in range(MAX_READS):
        source.read(number * 3 * READ_BYTES, 8)
    with pytest.raises(CorruptPhotoError, match="too many places"):
        source.read(MAX_READS * 3 * READ_BYTES, 8)


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    source = MeteredSource(BytesSource(DATA), max_bytes=100_000)
    with pytest.raises(CorruptPhotoError, match="100,000 bytes"):
        source.read(0, 200_000)


def test_a_file_is_read_from_where_it_was() -> None:
    file = io.BytesIO(b"before" + b"photo")
    file.seek(6)
    source = FileSource(file)
    assert (source.size, source.read(1, 99)) == (5, b"hoto")


def test_a_place_that_no_file_reaches_holds_nothing() -> None:
    with Path(__file__).open("rb") as file:
        assert FileSource(file).read(1 << 70, 8) == b""
