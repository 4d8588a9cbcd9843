"""Cameras at the same wedding show each other's time; cameras that never met do not."""

from datetime import datetime, timedelta
from random import Random

import pytest

from galleria_storage.clocks.cameras import Camera, grouped
from galleria_storage.clocks.likelihood import Density, lags_between, presses
from galleria_storage.clocks.many_moments import moments_evidence, others_of
from galleria_storage.clocks.shots import Shot

HOME = timedelta(hours=2)
BEGIN = datetime(2024, 6, 15, 8)


def party(seed: int) -> list[datetime]:
    """Return the moments of a party at which people photograph."""
    dice = Random(seed)
    when, moments = BEGIN, []
    for _ in range(60):
        when += timedelta(minutes=dice.choice([1, 2, 4, 7, 15, 40]), seconds=dice.uniform(0, 60))
        moments.append(when)
    return moments


def photographed(moments: list[datetime], seed: int, ahead: timedelta = timedelta()) -> list[datetime]:
    """Return when a guest pressed the button, by a clock that is so far ahead of UTC."""
    dice = Random(seed)
    return [moment + timedelta(seconds=dice.gauss(0, 4)) + ahead for moment in moments if dice.random() < 0.75]


def camera(clocks: list[datetime]) -> Camera:
    (found,) = grouped(
        Shot(f"IMG_{number:04d}.JPG", "photo", "image/jpeg", "Canon EOS R5", clock=clock)
        for number, clock in enumerate(clocks)
    )
    return found


@pytest.mark.parametrize(
    ("ahead", "tolerance"),
    [
        (HOME, 0),
        (HOME - timedelta(hours=1), 0),
        (HOME - timedelta(hours=12), 0),
        (HOME - timedelta(hours=3, minutes=20), 30),
        (timedelta(days=-4122, hours=5), 30),
    ],
    ids=["right", "winter time", "half a day", "hours and minutes", "reset"],
)
def test_an_error_is_found_by_what_two_cameras_saw(ahead: timedelta, tolerance: int) -> None:
    moments = party(1)
    others = others_of([("phone", photographed(moments, 2))])
    assert others
    found = moments_evidence(camera(photographed(moments, 3, ahead)), others, HOME)
    assert found
    assert found.confidence == "likely"
    assert found.ahead is not None
    assert abs(found.ahead - ahead) <= timedelta(seconds=tolerance)


@pytest.mark.parametrize("seed", range(4))
def test_cameras_that_never_met_say_nothing_sure(seed: int) -> None:
    others = others_of([("phone", photographed(party(10 + seed), 2))])
    assert others
    found = moments_evidence(camera(photographed(party(50 + seed), 3, HOME)), others, HOME)
    assert found is None or found.confidence == "guess"


def test_a_few_photos_say_nothing() -> None:
    moments = party(1)
    others = others_of([("phone", photographed(moments, 2))])
    assert others
    assert moments_evidence(camera(moments[:5]), others, HOME) is None
    assert others_of([("phone", moments[:5])]) is None


def test_a_burst_is_one_press_of_the_button() -> None:
    assert presses([0, 0.5, 1, 30, 31, 100]) == [0, 30, 100]


def test_the_density_fits_best_where_the_shots_are() -> None:
    lags = lags_between(-200, 200, 20)
    fit = Density([[1000, 2000, 2500, 4000]], 20).fit([1100, 2100, 2600, 4100], lags)
    assert lags.at(fit.index(max(fit))) == 100


def test_a_density_is_only_known_at_its_own_steps() -> None:
    with pytest.raises(ValueError, match="20 is allowed"):
        Density([[1000]], 20).fit([1000], lags_between(-100, 100, 10))
