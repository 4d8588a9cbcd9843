"""A photo of a clock shows how far the camera's clock is off."""

from datetime import datetime, timedelta, timezone

from galleria_storage.clocks.proposals import Hints, propose
from tests.support.clocks.shots import shots_at

MINUTES = [60 * minute for minute in range(20)]


def test_the_time_that_a_clock_in_a_photo_shows_decides() -> None:
    shots = shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=-46))
    (found,) = propose(shots, Hints("Europe/Stockholm", shown={"IMG_0001.JPG": datetime(2024, 6, 15, 14, 1, 1)}))
    assert (found.confidence, found.shift) == ("certain", timedelta(seconds=47))


def test_without_a_zone_it_decides_just_as_well() -> None:
    shots = shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=-46))
    (found,) = propose(shots, Hints(shown={"IMG_0001.JPG": datetime(2024, 6, 15, 14, 1, 1)}))
    assert (found.confidence, found.shift, found.zone) == ("certain", timedelta(seconds=47), "")


def test_a_clock_that_says_its_offset_may_be_in_another_zone() -> None:
    shots = shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=-46))
    shown = datetime(2024, 6, 15, 13, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    (found,) = propose(shots, Hints("Europe/Stockholm", shown={"IMG_0001.JPG": shown}))
    assert found.shift == timedelta(seconds=47)


def test_two_photos_of_clocks_days_apart_show_a_drift() -> None:
    shots = shots_at(0, 5 * 86_400)
    shown = {
        "IMG_0000.JPG": datetime(2024, 6, 15, 14, 0, 10),
        "IMG_0001.JPG": datetime(2024, 6, 20, 14, 0, 30),
    }
    (found,) = propose(shots, Hints("Europe/Stockholm", shown=shown))
    assert (found.shift, round(found.drift, 3)) == (timedelta(seconds=10), 4)


def test_a_camera_known_by_a_photo_of_a_clock_tells_about_the_others() -> None:
    shots = [
        *shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=-46)),
        *shots_at(*MINUTES, camera="NIKON Z 9", folder="b"),
    ]
    found = propose(shots, Hints("Europe/Stockholm", shown={"IMG_0001.JPG": datetime(2024, 6, 15, 14, 1, 1)}))
    assert {one.camera.name: one.confidence for one in found}["Canon EOS R5"] == "certain"
