"""A rule may say that a clock drifts: the shift of each photo depends on when it was taken."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_cli.rules.drift import Drift
from galleria_cli.rules.facts import Facts
from galleria_cli.rules.rulebook import Rulebook, read_rulebook
from galleria_storage.corrections.correction_keys import SHIFT
from galleria_storage.corrections.durations import parse_shift
from galleria_storage.errors import CorrectionError

NOON = datetime(2024, 6, 15, 12)


def book(tmp_path: Path, text: str) -> Rulebook:
    path = tmp_path / "galleria.toml"
    path.write_text(f'[[rule]]\ncamera = "Canon*"\n{text}', encoding="utf-8")
    return read_rulebook(path)


def canon(taken: datetime | None) -> Facts:
    return Facts("IMG_1.JPG", None, "Canon EOS R5", "", taken)


@pytest.mark.parametrize(
    ("days", "shift"), [(0, "+00:00:46"), (1, "+00:00:47.5"), (-2, "+00:00:43"), (10, "+00:01:01")]
)
def test_the_shift_grows_by_the_drift(tmp_path: Path, days: int, shift: str) -> None:
    rules = book(tmp_path, 'shift = "+46s"\ndrift = 1.5\ndrift-from = 2024-06-15T12:00:00')
    assert rules.needs_facts
    assert rules.choose(canon(NOON + timedelta(days=days)), {}).asked == {SHIFT: shift}


def test_a_drift_alone_shifts_nothing_at_its_begin(tmp_path: Path) -> None:
    rules = book(tmp_path, 'drift = -2\ndrift-from = "2024-06-15T12:00"')
    assert rules.choose(canon(NOON), {}).asked == {SHIFT: "+00:00:00"}
    assert rules.choose(canon(NOON + timedelta(days=1)), {}).asked == {SHIFT: "-00:00:02"}


def test_what_the_command_line_asks_counts_more(tmp_path: Path) -> None:
    rules = book(tmp_path, 'drift = -2\ndrift-from = "2024-06-15T12:00"')
    assert rules.choose(canon(NOON + timedelta(days=1)), {SHIFT: "+01:00:00"}).asked == {SHIFT: "+01:00:00"}


def test_a_photo_without_a_time_is_asked_for_the_shift_and_refused_later(tmp_path: Path) -> None:
    rules = book(tmp_path, 'shift = "+46s"\ndrift = 1.5\ndrift-from = 2024-06-15T12:00:00')
    assert rules.choose(canon(None), {}).asked == {SHIFT: "+00:00:46"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("drift = 1.5", "rule 1 has drift without drift-from"),
        ('drift-from = "2024-06-15"', "rule 1 has drift-from without drift"),
        ('drift = "fast"\ndrift-from = "2024-06-15"', "drift is 'fast'"),
        ('drift = 3600\ndrift-from = "2024-06-15"', "-600 to 600"),
        ('drift = nan\ndrift-from = "2024-06-15"', "seconds per day"),
        ('drift = 1\ndrift-from = "soon"', "drift-from is 'soon'"),
        ('drift = 1\ndrift-from = "2024-06-15"\ntime = "2024-06-15T10:00:00"', "drift and time contradict each other"),
    ],
)
def test_what_cannot_be_understood_is_refused(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(CorrectionError, match=found):
        book(tmp_path, text)


@given(st.floats(-600, 600), st.lists(st.integers(0, 40 * 86_400), min_size=2, max_size=20))
def test_no_drift_changes_the_order_of_photos(drift: float, seconds: list[int]) -> None:
    rule = Drift(drift, NOON)
    clocks = [NOON + timedelta(seconds=second) for second in sorted(seconds)]
    shifts = [parse_shift(rule.applied({}, clock)[SHIFT]) or 0 for clock in clocks]
    moved = [clock + timedelta(microseconds=shift) for clock, shift in zip(clocks, shifts, strict=True)]
    assert moved == sorted(moved)
