"""GPS time shows how far a clock was ahead of UTC; what disagrees is counted, not averaged."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.clocks.gps_time import gps_evidence
from tests.support.clocks.shots import camera_of, shots_at

MINUTES = [60 * minute for minute in range(20)]


def test_photos_without_gps_time_say_nothing() -> None:
    assert gps_evidence(camera_of(shots_at(*MINUTES))) is None


@given(st.integers(-40_000_000, 40_000_000))
def test_whatever_a_clock_shows_gps_tells_how_far_it_is_ahead(seconds: int) -> None:
    ahead = timedelta(seconds=seconds)
    found = gps_evidence(camera_of(shots_at(*MINUTES, ahead=ahead, gps=True)))
    assert found
    assert (found.ahead, found.confidence) == (ahead, "certain")


def test_old_fixes_do_not_move_the_result() -> None:
    shots = shots_at(*MINUTES, gps=True)
    shots[3:7] = [shot._replace(gps=shots[0].gps) for shot in shots[3:7]]
    found = gps_evidence(camera_of(shots))
    assert found
    assert found.ahead == timedelta(hours=2)
    assert "4 of them" in found.words


def test_one_photo_whose_fix_may_be_old_is_a_guess() -> None:
    found = gps_evidence(camera_of(shots_at(0, ahead=timedelta(hours=2, minutes=7), gps=True)))
    assert found
    assert found.confidence == "guess"


def test_one_photo_close_to_the_offset_of_a_zone_is_likely() -> None:
    found = gps_evidence(camera_of(shots_at(0, gps=True)))
    assert found
    assert found.confidence == "likely"


def test_a_clock_that_follows_the_zones_of_a_journey_is_right() -> None:
    shots = [*shots_at(*MINUTES, gps=True), *shots_at(*MINUTES, ahead=timedelta(hours=9), gps=True)]
    found = gps_evidence(camera_of(shots))
    assert found
    assert (found.confidence, found.ahead) == ("right", None)


def test_a_drift_is_told_apart_from_a_shift() -> None:
    hours = range(0, 96, 3)
    shots = [
        shot._replace(clock=shot.clock and shot.clock + timedelta(seconds=5 * hour / 24))
        for hour, shot in zip(hours, shots_at(*(3600 * hour for hour in hours), gps=True), strict=True)
    ]
    found = gps_evidence(camera_of(shots))
    assert found
    assert abs(found.drift + 5) < 0.5
