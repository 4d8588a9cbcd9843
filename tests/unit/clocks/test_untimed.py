"""Photos without a time get one from their names, from copies, from neighbours, or from Takeout."""

from datetime import datetime, timedelta
from random import Random

from galleria_storage.clocks.proposals import propose
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.untimed import FoundTime, find_times
from tests.support.clocks.shots import NOON, shots_at

ZONE = "Europe/Stockholm"
PICTURE = Random(1).getrandbits(128)
MINUTES = [60 * minute for minute in range(10)]


def found(*shots: Shot, zone: str = ZONE) -> list[FoundTime]:
    return find_times(propose(shots), zone)


def untimed(name: str) -> Shot:
    return Shot(name, "photo", "image/jpeg")


def test_a_name_tells_the_time() -> None:
    (one,) = found(untimed("IMG_20240615_123045.jpg"))
    assert (one.time, one.confidence) == (datetime(2024, 6, 15, 12, 30, 45), "likely")


def test_a_name_in_utc_is_shown_in_the_zone() -> None:
    (one,) = found(untimed("PXL_20240615_103045123.jpg"))
    assert one.time == datetime(2024, 6, 15, 12, 30, 45)
    assert found(untimed("PXL_20240615_103045123.jpg"), zone="") == []


def test_a_day_alone_is_a_guess() -> None:
    (one,) = found(untimed("IMG-20240615-WA0012.jpg"))
    assert one.confidence == "guess"


def test_a_copy_has_the_time_of_its_original() -> None:
    slow = timedelta(hours=2, seconds=-46)
    original, *rest = shots_at(*MINUTES, ahead=slow, gps=True, zone=ZONE)
    copy = untimed("whatsapp/IMG-20240615-WA0012.jpg")._replace(picture=PICTURE ^ 0b101)
    (one,) = found(original._replace(picture=PICTURE), copy, *rest)
    assert (one.time, one.confidence) == (NOON + timedelta(hours=2), "likely")
    assert [clue.source for clue in one.clues] == ["same picture", "file name"]


def test_a_copy_from_another_day_than_its_name_says_is_a_guess() -> None:
    original = shots_at(0, gps=True, zone=ZONE)[0]._replace(picture=PICTURE)
    (one,) = found(original, untimed("IMG-20240801-WA0012.jpg")._replace(picture=PICTURE))
    assert one.confidence == "guess"


def test_a_photo_between_numbered_neighbours_was_taken_between_them() -> None:
    shots = shots_at(*MINUTES)
    shots[4] = shots[4]._replace(clock=None)
    (one,) = found(*shots)
    assert (one.time, one.confidence) == (NOON + timedelta(hours=2, minutes=4), "likely")


def test_neighbours_hours_apart_say_nothing() -> None:
    shots = shots_at(0, 60, 86_400)
    shots[1] = shots[1]._replace(clock=None)
    assert found(*shots) == []


def test_takeout_is_a_guess() -> None:
    (one,) = found(untimed("a.jpg")._replace(beside=NOON))
    assert (one.time, one.confidence) == (NOON + timedelta(hours=2), "guess")


def test_what_is_not_a_photo_gets_no_time() -> None:
    assert found(Shot("20240615_123045.pdf")) == []
