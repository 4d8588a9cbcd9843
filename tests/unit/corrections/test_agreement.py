"""A text that several keys understand means the same to each of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.errors import CorrectionError
from tests.support.corrections.language import CAMERA, OFFSET, SHIFT, TIME

NOON = datetime(2024, 6, 15, 12)
FOUND = CaptureTags("2024:06:15 12:00:00")
KEEPS_THE_OFFSET = "13"

hours_and_minutes = st.builds(
    "{}{:02d}{}{:02d}".format, st.sampled_from(["", "+", "-"]), st.integers(0, 99), st.sampled_from(["", ":"]),
    st.integers(0, 59),
)  # fmt: skip
any_text = st.text("0123456789+-:.,Zz ", max_size=7)


def as_shift(text: str) -> timedelta:
    correction = parse_correction({SHIFT: text}, {})
    return _moved(correction) if correction else timedelta(0)


def as_target(text: str) -> timedelta:
    return _span(parse_correction({OFFSET: text}, {}).changes(CaptureTags()).offset_time_original)


def as_camera_zone(text: str) -> timedelta:
    return -_moved(parse_correction({CAMERA: text, OFFSET: "+00:00"}, {}))


def as_end_of_a_timestamp(text: str) -> timedelta:
    return _span(parse_correction({TIME: f"{NOON.isoformat()}{text}"}, {}).changes(CaptureTags()).offset_time_original)


def _moved(correction: Correction) -> timedelta:
    text = correction.changes(FOUND).date_time_original
    if text is None:
        raise CorrectionError("nothing is moved")
    return datetime.fromisoformat(text.replace(":", "-", 2)) - NOON


def _span(offset: str | None) -> timedelta:
    if offset is None:
        raise CorrectionError("no offset")
    minutes = int(offset[1:3]) * 60 + int(offset[4:])
    return timedelta(minutes=-minutes if offset[0] == "-" else minutes)


READERS = (as_shift, as_target, as_camera_zone, as_end_of_a_timestamp)


def readings(text: str) -> dict[str, timedelta]:
    found = {}
    for read in READERS:
        try:
            found[read.__name__] = read(text)
        except CorrectionError:
            continue
    return found


@given(hours_and_minutes | any_text)
@example("+0200")
@example("0530")
@example("-0130")
@example("0100")
@example("0013")
@example("13:00")
def test_no_two_keys_read_one_text_differently(text: str) -> None:
    if text.strip() != KEEPS_THE_OFFSET:
        assert len(set(readings(text).values())) <= 1, readings(text)


@given(st.sampled_from(["+", "-"]), st.integers(0, 11), st.integers(0, 59), st.sampled_from(["", ":"]))
def test_every_key_understands_hours_and_minutes(sign: str, hours: int, minutes: int, between: str) -> None:
    expected = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    found = readings(f"{sign}{hours:02d}{between}{minutes:02d}")
    assert found == {read.__name__: expected for read in READERS}


@pytest.mark.parametrize("read", [as_shift, as_target])
def test_hours_of_one_and_two_digits_are_hours(read: Callable[[str], timedelta]) -> None:
    assert read("2") == read("+2") == read("02") == read("2.0") == timedelta(hours=2)
