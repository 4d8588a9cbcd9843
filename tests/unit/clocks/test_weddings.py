"""On generated weddings, proposals that claim to be sure are right; `make weddings` measures it on many."""

from datetime import timedelta
from statistics import median

import pytest

from galleria_storage.clocks.proposals import Hints, propose
from tests.support.weddings.wedding import Parameters, wedding

SMALL = Parameters(scenes=4, professionals=1, guests=1, phones=2, with_gps=1, strangers=1, moments_an_hour=8)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_sure_is_true(seed: int) -> None:
    made = wedding(seed, SMALL)
    for proposal in propose(made.shots):
        truth = made.truths[proposal.camera.name]
        offs = [
            (moment - truth.moments[shot.name]).total_seconds()
            for shot in proposal.camera.timed
            if (moment := proposal.moment(shot))
        ]
        if proposal.confidence in {"right", "certain", "likely"}:
            assert abs(median(offs)) <= (proposal.tolerance + timedelta(seconds=1)).total_seconds()


def test_without_any_known_clock_all_is_a_guess() -> None:
    made = wedding(4, Parameters(scenes=3, phones=0, guests=1, strangers=0))
    assert {one.confidence for one in propose(made.shots)} <= {"guess", "unknown"}


def test_a_camera_that_is_known_to_be_right_tells_about_the_others() -> None:
    made = wedding(4, Parameters(scenes=5, phones=0, guests=1, professionals=2, strangers=0))
    found = propose(made.shots, Hints(zone="Europe/Stockholm", right=frozenset({"Canon EOS R5 0"})))
    assert {one.confidence for one in found if one.camera.name == "Canon EOS R5 0"} == {"right"}
