"""Cutting new bytes and ranges into parts that are sent and parts that are copied."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.transfer.copying import SentPart, lay_out
from galleria_storage.transfer.sizes import MAX_PARTS, MIB, Sizes

SIZES = Sizes(part=20, least=10, step=35)


@st.composite
def edits(draw: st.DrawFn) -> list[bytes | range]:
    """Draw new bytes and rising ranges of a source in turn."""
    pieces: list[bytes | range] = []
    position = 0
    for kind, size, gap in draw(st.lists(st.tuples(st.booleans(), st.integers(1, 120), st.integers(0, 30)))):
        if kind:
            pieces.append(bytes(size))
        else:
            pieces.append(range(position + gap, position + gap + size))
            position += gap + size
    return pieces


def flattened(parts: list[SentPart | range]) -> list[int | None]:
    """Return, for each byte of the result, its place in the source; None for a new one."""
    places: list[int | None] = []
    for part in parts:
        for piece in part.pieces if isinstance(part, SentPart) else [part]:
            places.extend(piece if isinstance(piece, range) else [None] * len(piece))
    return places


def size_of(part: SentPart | range) -> int:
    return part.size if isinstance(part, SentPart) else len(part)


@given(edits())
def test_the_parts_are_the_pieces(pieces: list[bytes | range]) -> None:
    assert flattened(lay_out(pieces, SIZES)) == flattened([SentPart(tuple(pieces))])


@given(edits())
def test_every_part_but_the_last_is_large_enough_and_none_is_too_large(pieces: list[bytes | range]) -> None:
    parts = lay_out(pieces, SIZES)
    assert all(size_of(part) >= SIZES.least for part in parts[:-1])
    assert all(0 < size_of(part) <= max(SIZES.step, 2 * SIZES.part) for part in parts)


@given(edits())
def test_what_is_long_enough_for_a_part_of_its_own_is_mostly_copied(pieces: list[bytes | range]) -> None:
    sent = sum(part.size for part in lay_out(pieces, SIZES) if isinstance(part, SentPart))
    short = sum(len(piece) for piece in pieces if isinstance(piece, bytes) or len(piece) < 2 * SIZES.least)
    assert sent <= short + SIZES.least * sum(isinstance(piece, range) for piece in pieces)


def test_a_photo_whose_start_and_end_change_is_copied_between_them() -> None:
    size = 500 * MIB
    parts = lay_out([b"start", range(size - 5), b"end"], Sizes())
    assert [size_of(part) for part in parts if isinstance(part, SentPart)] == [5 * MIB, 3]
    copied = [part for part in parts if isinstance(part, range)]
    assert (copied[0].start, copied[-1].stop) == (5 * MIB - 5, size - 5)
    assert all(before.stop == after.start for before, after in pairwise(copied))


def test_a_new_end_after_a_short_rest_goes_out_with_it() -> None:
    assert lay_out([range(1000), b"x", range(1001, 1005)], SIZES)[-1] == SentPart((b"x", range(1001, 1005)))


def test_a_gigabyte_is_copied_in_eight_requests() -> None:
    assert [size_of(part) for part in lay_out([range(1024 * MIB)], Sizes())] == [128 * MIB] * 8


def test_the_largest_object_needs_no_more_parts_than_are_allowed() -> None:
    assert len(lay_out([b"new", range(10, 5 * 1024 * 1024 * MIB)], Sizes())) <= MAX_PARTS
