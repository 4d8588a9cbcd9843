"""Pictures that look alike show the same moment, if several agree on it."""

from datetime import datetime, timedelta
from random import Random

from galleria_storage.clocks.alike import pictures_evidence, seen
from galleria_storage.clocks.cameras import Camera, grouped
from galleria_storage.clocks.shots import Shot

HOME = timedelta(hours=2)
BEGIN = datetime(2024, 6, 15, 8)
DICE = Random(1)
VIEWS = [(BEGIN + timedelta(minutes=11 * number), DICE.getrandbits(128)) for number in range(30)]


def camera(views: list[tuple[datetime, int]], ahead: timedelta) -> Camera:
    (found,) = grouped(
        Shot(f"{number}.jpg", "photo", "image/jpeg", "Canon", clock=time + ahead, picture=picture ^ 0b1011)
        for number, (time, picture) in enumerate(views)
    )
    return found


def test_alike_pictures_tell_the_difference_between_clocks() -> None:
    ahead = HOME + timedelta(seconds=46)
    found = pictures_evidence(camera(VIEWS[::3], ahead), seen(VIEWS), HOME, None)
    assert found
    assert (found.ahead, found.confidence) == (ahead, "likely")


def test_pictures_of_other_scenes_say_nothing() -> None:
    others = [(time, DICE.getrandbits(128)) for time, _ in VIEWS]
    assert pictures_evidence(camera(others, HOME), seen(VIEWS), HOME, None) is None


def test_one_wall_photographed_all_day_says_nothing() -> None:
    wall = [(time, VIEWS[0][1]) for time, _ in VIEWS]
    assert pictures_evidence(camera(wall[::2], HOME), seen(wall), HOME, None) is None


def test_dark_pictures_are_not_compared() -> None:
    assert seen([(BEGIN, 0), (BEGIN, 0b111), (None, VIEWS[0][1]), (BEGIN, None)]) == []
