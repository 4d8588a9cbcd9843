"""Photos of the same moment show how two clocks differ."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.clocks.pairs import Pair, solve

T = datetime(2024, 6, 15, 12)


def pair(day: float, seconds: float) -> Pair:
    wrong = T + timedelta(days=day)
    return Pair(wrong, wrong + timedelta(seconds=seconds))


@given(st.integers(-10_000_000, 10_000_000))
def test_one_pair_is_solved_exactly(seconds: int) -> None:
    assert solve([pair(0, seconds)]).shift == timedelta(seconds=seconds)


@given(st.integers(-100_000, 100_000), st.floats(1, 10), st.sampled_from([-30, -4, 4, 30]))
def test_two_pairs_far_apart_show_a_drift(seconds: int, days: float, drift: float) -> None:
    solved = solve([pair(0, seconds), pair(days, seconds + drift * days)])
    assert abs(solved.drift - drift) < 0.001
    assert solved.shift == timedelta(seconds=seconds)


def test_two_pairs_that_differ_by_hours_are_a_mistake_and_no_drift() -> None:
    assert solve([pair(0, 0), pair(1, 3600)]).drift == 0


def test_a_pair_that_contradicts_the_others_is_counted() -> None:
    solved = solve([pair(0, 46), pair(0.1, 46), pair(0.2, 46), pair(0.3, 46), pair(0.4, 900)])
    assert (solved.shift, solved.outliers) == (timedelta(seconds=46), 1)
