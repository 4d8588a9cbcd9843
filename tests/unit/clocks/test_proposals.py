"""The strongest evidence decides, and what disagrees with it is shown."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.clocks.proposals import Hints, Proposal, propose
from galleria_storage.clocks.shots import Shot
from tests.support.clocks.shots import NOON, shots_at

MINUTES = [60 * minute for minute in range(20)]


def only(shots: list[Shot], hints: Hints = Hints()) -> Proposal:  # noqa: B008 # a NamedTuple
    (found,) = propose(shots, hints)
    return found


def test_a_clock_that_gps_time_confirms_is_right() -> None:
    found = only(shots_at(*MINUTES, gps=True, zone="Europe/Stockholm"))
    assert (found.confidence, found.shift, found.zone) == ("right", timedelta(), "Europe/Stockholm")


def test_a_slow_clock_is_moved_by_what_gps_time_says() -> None:
    found = only(shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=-46), gps=True, zone="Europe/Stockholm"))
    assert (found.confidence, found.shift) == ("certain", timedelta(seconds=46))


def test_a_clock_wrong_by_twenty_minutes_is_not_in_another_zone() -> None:
    found = only(shots_at(*MINUTES, ahead=timedelta(hours=2, minutes=20), gps=True))
    assert (found.shift, found.zone) == (timedelta(minutes=-20), "+02:00")


def test_a_clock_set_to_winter_time_is_an_hour_slow() -> None:
    found = only(shots_at(*MINUTES, ahead=timedelta(hours=1), gps=True, zone="Europe/Stockholm"))
    assert found.shift == timedelta(hours=1)


def test_a_phone_without_offset_tags_tells_about_the_others() -> None:
    phone = shots_at(*MINUTES, camera="Apple iPhone 6", folder="phone")
    camera = shots_at(
        *MINUTES, ahead=timedelta(hours=2, seconds=-46), gps=True, zone="Europe/Stockholm", folder="camera"
    )
    found = {one.camera.name: one for one in propose([*phone, *camera])}
    assert (found["Apple iPhone 6"].confidence, found["Apple iPhone 6"].shift) == ("likely", timedelta())
    alone = only(phone)
    assert (alone.confidence, alone.shift, alone.zone) == ("likely", timedelta(), "")


@given(st.integers(-80_000, 80_000), st.integers(-1_000_000, 1_000_000))
def test_a_shift_undoes_exactly_what_was_wrong(error: int, later: int) -> None:
    ahead = timedelta(hours=2, seconds=error)
    found = only(shots_at(*(later + minute for minute in MINUTES), ahead=ahead, gps=True), Hints(zone="+02:00"))
    assert found.shift == (timedelta(seconds=-error) if abs(error) > 2 else timedelta())


def test_a_camera_of_which_nothing_is_known_is_unknown() -> None:
    found = only(shots_at(*MINUTES))
    assert (found.confidence, found.shift) == ("unknown", None)


def test_evidence_that_disagrees_is_marked() -> None:
    found = only(shots_at(*MINUTES, ahead=timedelta(hours=2), offset=60, gps=True))
    assert [piece.source for piece in found.evidence if not piece.agrees] == ["offset tag"]


def test_the_zone_that_people_name_counts_more_than_any_other() -> None:
    found = only(shots_at(*MINUTES, gps=True, zone="Europe/Stockholm"), Hints(zone="Europe/Helsinki"))
    assert (found.zone, found.shift) == ("Europe/Helsinki", timedelta(hours=1))


def test_a_proposal_tells_the_moment_of_each_shot() -> None:
    shots = shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=-46), gps=True, zone="Europe/Stockholm")
    assert only(shots).moment(shots[0]) == NOON
