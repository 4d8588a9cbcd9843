"""A proposal becomes a galleria.toml that asks exactly that, for exactly those photos, whatever their names."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_cli.rules.drafting import draft
from galleria_cli.rules.facts import Facts
from galleria_cli.rules.rulebook import parse_rulebook
from galleria_storage.clocks.proposals import Proposal, propose
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.untimed import find_times
from galleria_storage.corrections.correction_keys import SHIFT, TIMESTAMP
from galleria_storage.corrections.durations import parse_shift
from tests.support.clocks.shots import shots_at

MINUTES = [60 * minute for minute in range(5)]
#: What a file system allows in a name, and patterns and TOML have a meaning for.
NAMES = st.text(st.sampled_from("aB1 .-_*?[]!\"'\\#=\n\té😀"), min_size=1, max_size=12).map(lambda text: f"x{text}x")


def facts(shot: Shot) -> Facts:
    return Facts(shot.name, None, shot.camera, shot.serial, shot.clock and shot.clock.replace(microsecond=0))


def shift_of(proposals: list[Proposal], shot: Shot) -> timedelta:
    asked = parse_rulebook(draft(proposals)).choose(facts(shot), {}).asked
    return timedelta(microseconds=parse_shift(asked.get(SHIFT, "0")) or 0)


@settings(max_examples=25)
@given(
    st.lists(NAMES, min_size=2, max_size=3, unique=True), st.lists(st.integers(-90_000, 90_000), min_size=3, max_size=3)
)
def test_each_photo_is_asked_what_is_proposed_for_its_camera(folders: list[str], errors: list[int]) -> None:
    shots = [
        shot
        for folder, error in zip(folders, errors, strict=False)
        for shot in shots_at(
            *MINUTES, camera=f"Maker {folder.strip()}", ahead=timedelta(hours=2, seconds=error), gps=True, folder=folder
        )
    ]
    proposals = propose(shots)
    for proposal in proposals:
        for shot in proposal.camera.shots:
            assert shift_of(proposals, shot) == proposal.shift


@settings(max_examples=25)
@given(NAMES, st.integers(-5000, 5000))
def test_bodies_of_one_model_are_told_apart_by_folders_even_if_one_is_inside_the_other(name: str, error: int) -> None:
    shots = [
        *shots_at(*MINUTES, gps=True, folder=f"{name}/right"),
        *shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=error), gps=True, folder=name),
        *shots_at(*MINUTES, ahead=timedelta(hours=2, seconds=2 * error), gps=True),
    ]
    proposals = propose(shots)
    for proposal in proposals:
        for shot in proposal.camera.shots:
            assert shift_of(proposals, shot) == proposal.shift


@settings(max_examples=25)
@given(NAMES)
def test_a_photo_without_a_time_is_asked_for_its_own(name: str) -> None:
    untimed = Shot(f"{name}/IMG_20240615_123045.jpg", "photo", "image/jpeg")
    proposals = propose([*shots_at(*MINUTES, gps=True), untimed])
    text = draft(proposals, find_times(proposals, "+02:00"))
    assert parse_rulebook(text).choose(facts(untimed), {}).asked[TIMESTAMP] == "2024-06-15T12:30:45"


def test_bodies_with_serial_numbers_are_told_apart_by_them() -> None:
    shots = [
        shot._replace(serial=serial, name=f"{serial}-{shot.name}")
        for serial, ahead in (("0001", 7200), ("0002", 3600))
        for shot in shots_at(*MINUTES, ahead=timedelta(seconds=ahead), gps=True, zone="Europe/Stockholm")
    ]
    text = draft(propose(shots))
    assert 'serial = "0002"' in text
