"""Texts that say when something was: recognised in their spellings, and written again in the same one."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.moments import Moment, moment_of, spelled

OLD = Moment(datetime(2020, 1, 2, 3, 4, 5), "", timedelta(hours=-5))
NEW = Moment(datetime(2024, 6, 15, 10, 30, 45), "25", timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02T03:04:05-05:00", "2024-06-15T10:30:45+02:00"),
        ("2020-01-02T03:04:05", "2024-06-15T10:30:45"),
        ("2020-01-02T03:04", "2024-06-15T10:30"),
        ("2020-01-02", "2024-06-15"),
        ("2020-01-02T03:04:05.00", "2024-06-15T10:30:45.25"),
        ("2020-01-02T03:04:05.000-05:00", "2024-06-15T10:30:45.250+02:00"),
        ("2020-01-02T08:04:05Z", "2024-06-15T08:30:45Z"),
        ("2020-01-02T09:04:05+01:00", "2024-06-15T09:30:45+01:00"),
        ("2020:01:02 03:04:05", "2024:06:15 10:30:45"),
        ("2020:01:02 03:04:05\0", "2024:06:15 10:30:45\0"),
        ("2020/01/02 03:04:05", "2024/06/15 10:30:45"),
        ("2020:01:02:03:04:05", "2024:06:15:10:30:45"),
        ("20200102", "20240615"),
        ("20200102030405-0500", "20240615103045+0200"),
        ("20200102030405.000-0500", "20240615103045.250+0200"),
        ("Thu, 02 Jan 2020 03:04:05 -0500", "Sat, 15 Jun 2024 10:30:45 +0200"),
    ],
)
def test_a_text_that_says_the_old_moment_says_the_new_one_in_its_own_spelling(text: str, expected: str) -> None:
    found = spelled(text)
    assert found
    assert found.says(OLD)
    assert found.of(OLD, NEW) == expected
    again = spelled(expected)
    assert again
    assert again.says(NEW)


def test_a_fraction_stays_if_the_photo_has_none_before_and_after() -> None:
    found = spelled("2020-01-02T03:04:05.25")
    assert found
    assert found.of(OLD, NEW._replace(fraction="")) == "2024-06-15T10:30:45.25"
    assert found.of(OLD._replace(fraction="25"), NEW._replace(fraction="")) == "2024-06-15T10:30:45.00"


@pytest.mark.parametrize(
    "text",
    ["2020-01-02T03:04:06", "2020-01-02T03:04:05Z", "2020-01-03", "2020:01:02 04:04:05", "2020-01-02T03:04:05-06:00"],
)
def test_a_text_that_says_something_else_is_told_apart(text: str) -> None:
    found = spelled(text)
    assert found
    assert not found.says(OLD)


def test_without_a_known_offset_the_clocks_on_the_wall_count() -> None:
    unknown = OLD._replace(offset=None)
    for text in ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05+09:00"):
        found = spelled(text)
        assert found
        assert found.says(unknown)
    found = spelled("2020-01-02T03:04:05Z")
    assert found
    assert found.of(unknown, NEW._replace(offset=None)) == "2024-06-15T10:30:45Z"


@pytest.mark.parametrize("text", ["", "yesterday", "2020-13-02", "2020-1-2", "0000:00:00 00:00:00", "spring 1910"])
def test_what_says_no_moment_is_never_taken_for_one(text: str) -> None:
    found = spelled(text)
    assert found is None or not found.says(OLD)


def test_the_capture_tags_make_a_moment_as_far_as_they_can_be_read() -> None:
    assert moment_of(CaptureTags("2024:06:15 10:30:45", "25", "+02:00")) == NEW
    assert moment_of(CaptureTags("2024:06:15 10:30:45", None, "  :  ")) == Moment(NEW.local)
    assert moment_of(CaptureTags()) is None
    assert moment_of(CaptureTags("    :  :     :  :  ")) is None


moments = st.builds(
    Moment,
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda when: when.replace(microsecond=0)),
    st.sampled_from(["", "5", "25", "123456"]),
    st.none() | st.integers(-720, 840).map(lambda minutes: timedelta(minutes=minutes)),
)
SPELLINGS = ["2020-01-02T03:04:05-05:00", "2020:01:02 03:04:05", "20200102030405-0500", "2020-01-02T08:04:05Z"]


@given(st.sampled_from(SPELLINGS), moments)
def test_writing_keeps_the_length_and_reads_back(text: str, moment: Moment) -> None:
    found = spelled(text)
    assert found
    written = found.of(OLD, moment)
    assert len(written) == len(text)
    again = spelled(written)
    assert again
    assert again.says(moment)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2020-01-02T08:04:05Z", -5), ("2020-01-02T03:34:05+05:45", 5.25), ("2020-01-02T03:04:05+09:00", None)],
)
def test_a_text_in_another_zone_tells_the_offset_of_a_clock(text: str, hours: float | None) -> None:
    found = spelled(text)
    assert found
    assert found.zone_told(OLD) == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    "text", ["2020-01-02T08:04:06Z", "2020-01-02T08:04Z", "2020-01-02T08:14:05Z", "2020-01-03T08:04:05Z"]
)
def test_another_second_or_an_impossible_distance_tells_no_offset(text: str) -> None:
    found = spelled(text)
    assert found
    assert found.zone_told(OLD) is None


def test_midnight_names_the_day_unless_the_moment_is_midnight() -> None:
    found = spelled("2020-01-02T00:00:00.00Z")
    assert found
    assert found.says(OLD)
    assert found.of(OLD, NEW) == "2024-06-15T00:00:00.00Z"
    midnight = Moment(datetime(2020, 1, 2), "", timedelta())
    assert found.of(midnight, NEW) == "2024-06-15T08:30:45.25Z"
