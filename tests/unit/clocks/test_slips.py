"""What went wrong with a clock is said in words: a reset, winter time, half a day, day and month."""

from datetime import datetime, timedelta

import pytest

from galleria_storage.clocks.proposals import propose
from galleria_storage.clocks.resets import reset_evidence
from galleria_storage.clocks.slips import slip_evidence, swap_evidence, with_day_and_month_swapped
from tests.support.clocks.shots import NOON, camera_of, shots_at

SECOND = timedelta(seconds=1)
MINUTES = [60 * minute for minute in range(20)]


@pytest.mark.parametrize(
    ("hours", "zone", "source"),
    [
        (1, "Europe/Stockholm", "winter time"),
        (-1, "Europe/Stockholm", None),
        (-1, "Australia/Sydney", "winter time"),
        (1, "Australia/Sydney", None),
        (1, "Asia/Tokyo", None),
        (1, "+02:00", None),
        (12, "Asia/Tokyo", "half a day"),
        (-12, "", "half a day"),
        (3, "Europe/Stockholm", None),
    ],
)
def test_a_shift_looks_like_a_mistake(hours: int, zone: str, source: str | None) -> None:
    found = slip_evidence(NOON, timedelta(hours=hours), SECOND, zone)
    assert (found.source if found else None) == source


def test_day_and_month_may_have_been_swapped() -> None:
    clock = datetime(2024, 7, 6, 12)
    assert with_day_and_month_swapped(clock) == datetime(2024, 6, 7, 12)
    found = slip_evidence(clock, timedelta(days=-29), SECOND, "Asia/Tokyo")
    assert found
    assert found.source == "day and month"
    assert with_day_and_month_swapped(NOON) is None


def test_a_clock_outside_of_the_days_of_a_gallery_may_be_inside_with_day_and_month_swapped() -> None:
    home = timedelta(hours=2)
    camera = camera_of(shots_at(*MINUTES, ahead=home + (datetime(2024, 7, 6) - datetime(2024, 6, 15))))
    first, last = datetime(2024, 6, 7, 8), datetime(2024, 6, 7, 20)
    found = swap_evidence(camera, first, last, home)
    assert found
    assert (found.confidence, found.ahead) == ("guess", home + timedelta(days=29))
    assert swap_evidence(camera, NOON, NOON, home) is None


def test_a_clock_that_begins_in_january_long_before_the_others_was_reset() -> None:
    others = camera_of(shots_at(*MINUTES, camera="Apple iPhone 15"))
    since = datetime(2013, 1, 1) - NOON
    reset = camera_of(shots_at(*MINUTES, ahead=since, offset=60))
    found = reset_evidence(reset, [others, reset])
    assert found
    assert "2013-01-01" in found.words
    assert reset_evidence(others, [others, reset]) is None
    assert reset_evidence(reset, [reset]) is None


def test_what_a_reset_clocks_zone_was_set_to_proposes_nothing() -> None:
    since = datetime(2013, 1, 1) - NOON
    shots = [
        *shots_at(*MINUTES, camera="Apple iPhone 15", gps=True, folder="a"),
        *shots_at(0, 500, ahead=since, offset=60),
    ]
    (found,) = (one for one in propose(shots) if one.camera.name == "Canon EOS R5")
    assert (found.confidence, found.shift) == ("unknown", None)
