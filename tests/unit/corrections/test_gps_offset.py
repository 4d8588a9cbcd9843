"""A photo's own GPS time gives its offset, to the quarter hour, or the photo is rejected."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction, parse_correction
from galleria_storage.corrections.gps_offset import offset_from_gps
from galleria_storage.errors import CorrectionError

GPS = parse_correction({"target-timezone": "GPS"}, {})
UTC = datetime(2024, 6, 15, 8, 30, 45)
PHOTO = CaptureTags("2024:06:15 10:30:45")


def test_the_offset_is_capture_time_less_gps_time() -> None:
    assert GPS.needs_gps
    assert GPS.with_gps(UTC).changes(PHOTO) == CaptureTags(offset_time_original="+02:00")


def test_a_shift_comes_first() -> None:
    shifted = parse_correction({"target-timezone": "gps", "timestamp-offset-hours": "-1"}, {})
    assert shifted.with_gps(UTC).changes(PHOTO) == CaptureTags("2024:06:15 09:30:45", None, "+01:00")


def test_an_absolute_time_may_come_with_it() -> None:
    given = parse_correction({"target-timezone": "gps", "corrected-timestamp": "2024-06-15T14:00:00"}, {})
    assert given.with_gps(UTC).changes(CaptureTags()) == CaptureTags("2024:06:15 14:00:00", None, "+05:30")


@given(
    st.sampled_from([-720, -570, -300, 0, 60, 330, 345, 525, 765, 840]),
    st.integers(-300, 300),
)
def test_every_offset_in_use_is_found_with_a_receiver_that_is_a_little_behind(minutes: int, seconds: int) -> None:
    local = UTC + timedelta(minutes=minutes, seconds=seconds)
    sign = "-" if minutes < 0 else "+"
    assert offset_from_gps(local, UTC) == f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@pytest.mark.parametrize("minutes", [20, 40, 15, 7 * 60 + 15, 15 * 60, -13 * 60])
def test_a_difference_that_is_not_a_zone_is_rejected_without_naming_a_place(minutes: int) -> None:
    with pytest.raises(CorrectionError, match="not the offset of a time zone") as error:
        offset_from_gps(UTC + timedelta(minutes=minutes), UTC)
    assert error.value.tag == "target-timezone"


def test_a_photo_without_gps_time_is_rejected() -> None:
    with pytest.raises(CorrectionError, match="has no GPS time"):
        GPS.with_gps(None).changes(PHOTO)


@pytest.mark.parametrize(
    "more", [{"camera-timezone": "Asia/Tokyo"}, {"corrected-timestamp": "2024-06-15T10:30:45+02:00"}]
)
def test_contradictions_are_refused(more: dict[str, str]) -> None:
    with pytest.raises(CorrectionError, match="contradict each other"):
        parse_correction({"target-timezone": "gps", **more}, {})


def test_it_is_printed_and_read_again() -> None:
    assert GPS.canonical() == "target-timezone=gps"
    assert Correction.from_canonical("target-timezone=gps") == GPS
