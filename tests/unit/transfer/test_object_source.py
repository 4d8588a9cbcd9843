"""A stored object as a source: any range, and the whole, in as few requests as possible."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.errors import PreconditionFailedError, ProviderError
from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.profiles import AWS
from galleria_storage.transfer.content import Content
from galleria_storage.transfer.object_source import ObjectSource, source_of
from tests.support.fakes.fake_s3 import FakeS3

MIB = 1 << 20
DATA = b"".join(n.to_bytes(4, "big") for n in range(MIB))  # 4 MiB, every word another
WHOLE, STREAMED = 16 * MIB, 0


class Bucket:
    """One object, and how often it was asked for."""

    def __init__(self, data: bytes = DATA) -> None:
        self.s3 = FakeS3()
        self.s3.store("staging", "a", data)
        client: Any = self.s3
        self.store = ObjectStore(client, "staging", AWS)

    def open(self, whole: int) -> AbstractContextManager[ObjectSource]:
        return source_of(self.store, self.store.open("a"), whole)


@pytest.mark.parametrize("whole", [WHOLE, STREAMED])
@settings(max_examples=50)
@given(reads=st.lists(st.tuples(st.integers(0, len(DATA) + 10), st.integers(0, 2 * MIB)), max_size=5))
def test_whatever_is_read_in_whatever_order_is_right(whole: int, reads: list[tuple[int, int]]) -> None:
    with Bucket().open(whole) as source:
        assert [source.read(*read) for read in reads] == [DATA[at : at + length] for at, length in reads]


@pytest.mark.parametrize("whole", [WHOLE, STREAMED])
def test_reading_on_from_the_start_costs_no_request(whole: int) -> None:
    bucket = Bucket()
    with bucket.open(whole) as source:
        for at in range(0, MIB, 65536):
            assert source.read(at, 65536) == DATA[at : at + 65536]
    assert bucket.s3.calls == ["GetObject"]


def test_the_end_of_a_large_object_costs_one_request_and_only_once() -> None:
    bucket = Bucket()
    with bucket.open(STREAMED) as source:
        source.read(0, 1000)
        assert source.read(len(DATA) - 500, 1000) == DATA[-500:]
        assert source.bytes_read == 1500
        end = bytearray(400)
        source.fill(len(DATA) - 450, memoryview(end))
        assert end == DATA[-450:-50]
    assert bucket.s3.calls == ["GetObject", "GetObject from the middle"]


def test_the_end_of_a_small_object_is_read_on_the_same_connection() -> None:
    bucket = Bucket()
    with bucket.open(WHOLE) as source:
        assert source.read(len(DATA) - 500, 1000) == DATA[-500:]
    assert bucket.s3.calls == ["GetObject"]


@pytest.mark.parametrize(("size", "in_memory"), [(16 * MIB, True), (16 * MIB + 1, False)])
def test_an_object_of_up_to_16_mib_is_held_in_memory(size: int, in_memory: bool) -> None:
    bucket = Bucket(bytes(size))
    with source_of(bucket.store, bucket.store.open("a")) as source:
        assert source.in_memory is in_memory


def test_what_follows_a_closed_connection_is_asked_for_by_range() -> None:
    bucket = Bucket()
    with bucket.open(STREAMED) as source:
        source.read(0, 1000)
        source.close_stream()
        assert source.read(0, 1000) == DATA[:1000]
        assert source.read(1000, 1000) == DATA[1000:2000]
    assert bucket.s3.calls == ["GetObject", "GetObject from the middle"]


PIECES = st.lists(
    st.one_of(st.binary(max_size=50), st.tuples(st.integers(0, 700_000), st.integers(0, 300_000))), max_size=8
)


@pytest.mark.parametrize("whole", [WHOLE, STREAMED])
@settings(max_examples=50)
@given(drawn=PIECES, looked_at=st.integers(0, len(DATA)))
def test_pieces_come_out_in_turn_whatever_was_looked_at_before(
    whole: int, drawn: list[bytes | tuple[int, int]], looked_at: int
) -> None:
    pieces: list[bytes | range] = []
    position = 0
    for piece in drawn:
        if isinstance(piece, tuple):
            gap, size = piece
            start = min(position + gap, len(DATA))
            position = min(start + size, len(DATA))
            pieces.append(range(start, position))
        else:
            pieces.append(piece)
    expected = b"".join(DATA[p.start : p.stop] if isinstance(p, range) else p for p in pieces)
    with Bucket().open(whole) as source:
        source.read(looked_at, 1000)
        content = Content(source, pieces)
        assert content.size == len(expected)
        if whole:
            assert content.whole() == expected
        else:
            found = bytearray(content.size)
            for at in range(0, len(found), 300_000):
                content.fill(memoryview(found)[at : at + 300_000])
            assert found == expected
        assert content.left == 0


def test_a_range_of_another_object_is_never_given() -> None:
    bucket = Bucket()
    with bucket.open(STREAMED) as source:
        source.read(0, 1000)
        bucket.s3.store("staging", "a", DATA[::-1])
        with pytest.raises(PreconditionFailedError):
            source.read(len(DATA) - 500, 500)


def test_an_object_that_became_longer_under_one_etag_is_another_object() -> None:
    bucket = Bucket()
    with bucket.open(STREAMED) as source:
        source.read(0, 1000)
        bucket.s3.store("staging", "a", DATA + b"more", etag=source.info.etag)
        with pytest.raises(PreconditionFailedError, match="changed while it was being read"):
            source.read(len(DATA) - 500, 500)


def test_a_range_that_breaks_off_is_asked_for_again_from_there_on() -> None:
    bucket = Bucket()
    with bucket.open(STREAMED) as source:
        source.read(0, 1000)
        cuts = [100, 50, None]
        bucket.s3.director.cut = lambda _size: cuts.pop(0)  # type: ignore[method-assign,misc] # one bad network
        assert source.read(len(DATA) - 500, 500) == DATA[-500:]
    assert bucket.s3.calls.count("GetObject from the middle") == 3


def broken(bucket: Bucket, times: int) -> None:
    """Let the next answers break off after 10 bytes each."""
    cuts = [10] * times
    bucket.s3.director.cut = lambda _size: cuts.pop() if cuts else None  # type: ignore[method-assign] # a bad network


def both_ends(at_the_start: int, later: int) -> bytes:
    """Read 500 bytes at the start and at the end, over a network that breaks this often in each."""
    bucket = Bucket()
    broken(bucket, at_the_start)
    with bucket.open(STREAMED) as source:
        start = source.read(0, 500)
        broken(bucket, later)
        return start + source.read(len(DATA) - 500, 500)


@pytest.mark.parametrize(("at_the_start", "later"), [(4, 0), (0, 4), (1, 3)])
def test_an_object_is_read_on_after_four_breaks(at_the_start: int, later: int) -> None:
    assert both_ends(at_the_start, later) == DATA[:500] + DATA[-500:]


@pytest.mark.parametrize(("at_the_start", "later"), [(5, 0), (0, 5), (1, 4)])
def test_an_object_is_given_up_at_the_fifth_break(at_the_start: int, later: int) -> None:
    with pytest.raises(ProviderError):
        both_ends(at_the_start, later)


def test_a_range_that_breaks_off_again_and_again_fails() -> None:
    bucket = Bucket()
    with bucket.open(STREAMED) as source:
        source.read(0, 1000)
        bucket.s3.director.cut = lambda _size: 0  # type: ignore[method-assign] # no network
        with pytest.raises(ProviderError):
            source.read(len(DATA) - 500, 500)
    assert len(bucket.s3.calls) < 10
