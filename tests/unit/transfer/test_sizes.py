"""How an object is divided into parts."""

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.transfer.sizes import MAX_PARTS, MIB, first_and_later, part_size

SIZES = st.integers(1, 5 * 1024 * 1024 * MIB)


@given(SIZES, st.integers(5, 128))
def test_the_parts_suffice_and_are_as_small_as_possible(size: int, least: int) -> None:
    part = part_size(size, least * MIB)
    assert -(-size // part) <= MAX_PARTS
    assert part >= least * MIB
    assert part == least * MIB or -(-size // (part - MIB)) > MAX_PARTS


@given(st.integers(0, 10_000), st.integers(1, 3_000))
def test_a_large_first_part_and_later_ones_of_one_size_hold_everything(size: int, largest: int) -> None:
    first, later = first_and_later(size, largest, equal=False)
    assert first == min(size, largest)
    left = size - first
    count = -(-left // largest)
    assert later <= largest
    assert left <= count * later < left + max(count, 1)


@given(st.integers(0, 10_000), st.integers(1, 3_000))
def test_equal_parts_are_as_large_as_the_first(size: int, largest: int) -> None:
    assert first_and_later(size, largest, equal=True) == (min(size, largest),) * 2
