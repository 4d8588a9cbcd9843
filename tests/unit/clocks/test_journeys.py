"""A clock that stays at home on a journey needs one shift for each zone."""

from datetime import timedelta

from galleria_storage.clocks.proposals import Hints, propose
from galleria_storage.clocks.shots import Shot
from tests.support.clocks.shots import shots_at

HOURS = [3600 * hour for hour in range(10)]
TOKYO = [3 * 86_400 + second for second in HOURS]


def journey() -> list[Shot]:
    """Return the photos of a phone that follows the zones, and of a camera that is a minute fast and stays in one."""
    return [
        *shots_at(*HOURS, camera="Apple iPhone 15", offset=120, gps=True, zone="Europe/Stockholm", folder="a"),
        *shots_at(
            *TOKYO,
            camera="Apple iPhone 15",
            ahead=timedelta(hours=9),
            offset=540,
            gps=True,
            zone="Asia/Tokyo",
            folder="b",
        ),
        *shots_at(*HOURS, *TOKYO, ahead=timedelta(hours=2, seconds=60), gps=True, folder="c"),
    ]


def test_each_zone_of_a_journey_has_its_own_shift() -> None:
    parts = [one for one in propose(journey()) if one.camera.name == "Canon EOS R5"]
    assert [(one.zone, one.shift) for one in parts] == [
        ("Europe/Stockholm", timedelta(seconds=-60)),
        ("Asia/Tokyo", timedelta(hours=7, seconds=-60)),
    ]
    assert len({one.camera.label for one in parts}) == 2
    assert [len(one.camera.shots) for one in parts] == [10, 10]


def test_the_phone_is_right_everywhere() -> None:
    phones = [one for one in propose(journey()) if one.camera.name == "Apple iPhone 15"]
    assert {one.confidence for one in phones} == {"right"}


def test_a_zone_that_people_name_is_that_of_all_photos() -> None:
    parts = [one for one in propose(journey(), Hints(zone="Asia/Tokyo")) if one.camera.name == "Canon EOS R5"]
    assert [one.shift for one in parts] == [timedelta(hours=7, seconds=-60)]


def test_a_clock_that_is_not_put_back_in_autumn_is_right_before_and_an_hour_fast_after() -> None:
    autumn = 134 * 86_400  # 27 October, when clocks go back at night
    shots = shots_at(*(autumn - 86_400 + second for second in HOURS), *(autumn + second for second in HOURS),
                     gps=True, zone="Europe/Stockholm")  # fmt: skip
    assert [one.shift for one in propose(shots)] == [timedelta(), timedelta(hours=-1)]
