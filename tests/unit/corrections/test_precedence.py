"""The correction language: who wins, and what is refused."""

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.corrections.precedence import winning_values
from galleria_storage.errors import CorrectionError
from tests.support.corrections.language import CAMERA, FOUND, OFFSET, SHIFT, TIME, ZONE, refusal, written


def test_an_object_that_asks_for_nothing_gets_nothing() -> None:
    correction = parse_correction({"artist": "Ada", "timestamp": "1"}, {}, {})
    assert not correction
    assert not correction.asked_by_object
    assert correction.canonical() == ""
    assert correction.changes(FOUND) == CaptureTags()


# --- who wins


def test_names_are_read_in_any_letter_case_and_values_with_space_around() -> None:
    assert parse_correction({"Timestamp-OFFSET-Hours ": " -2 "}, {}, {}) == parse_correction({SHIFT: "-2"}, {}, {})


def test_a_tag_wins_over_metadata_of_the_same_name() -> None:
    assert parse_correction({SHIFT: "1"}, {SHIFT: "2"}, {}) == parse_correction({SHIFT: "2"}, {}, {})
    assert parse_correction({SHIFT: "nonsense"}, {SHIFT: "2"}, {}) == parse_correction({SHIFT: "2"}, {}, {})


def test_an_empty_tag_takes_back_metadata_of_the_same_name() -> None:
    taken_back = parse_correction({SHIFT: "1"}, {SHIFT: "", TIME: "2024-06-15T10:30:45"}, {})
    assert taken_back == parse_correction({}, {TIME: "2024-06-15T10:30:45"}, {})


def test_the_object_replaces_the_defaults_of_the_group_that_it_speaks_of() -> None:
    defaults = {SHIFT: "1", CAMERA: "Asia/Tokyo", ZONE: "Europe/Stockholm"}
    assert parse_correction({SHIFT: "2"}, {}, defaults).canonical() == (
        "timestamp-offset-hours=+02:00:00;target-timezone=Europe/Stockholm"
    )
    assert parse_correction({}, {OFFSET: "+05:30"}, defaults).canonical() == (
        "timestamp-offset-hours=+01:00:00;camera-timezone=Asia/Tokyo;target-timezone-offset-hours=+05:30"
    )
    assert not parse_correction({SHIFT: "0", OFFSET: "13"}, {}, defaults)


def test_an_offset_inside_the_objects_timestamp_replaces_the_default_zone() -> None:
    correction = parse_correction({TIME: "2024-06-15T10:30:45-05:00"}, {}, {ZONE: "Europe/Stockholm"})
    assert correction.changes(FOUND).offset_time_original == "-05:00"


def test_defaults_that_are_replaced_may_be_wrong() -> None:
    assert parse_correction({SHIFT: "2"}, {}, {SHIFT: "nonsense"}) == parse_correction({SHIFT: "2"}, {}, {})


@pytest.mark.parametrize(
    ("values", "defaults", "asked"),
    [
        ({SHIFT: "2"}, {}, True),
        ({}, {SHIFT: "2"}, False),
        ({OFFSET: "13"}, {SHIFT: "2"}, False),
        ({SHIFT: "0"}, {ZONE: "Europe/Stockholm"}, False),
        ({TIME: "2024-06-15T10:30:45"}, {ZONE: "Europe/Stockholm"}, True),
        ({CAMERA: "Asia/Tokyo"}, {ZONE: "Europe/Stockholm"}, True),
        ({CAMERA: "Asia/Tokyo"}, {}, False),
    ],
)
def test_a_correction_knows_whether_the_object_itself_asked(values: dict, defaults: dict, asked: bool) -> None:
    assert parse_correction(values, {}, defaults).asked_by_object is asked


def test_who_asked_is_not_part_of_the_correction() -> None:
    assert parse_correction({SHIFT: "2"}, {}, {}) == parse_correction({}, {}, {SHIFT: "2"})


# --- contradictions and nonsense


@pytest.mark.parametrize(
    "values",
    [
        {TIME: "2024-06-15T10:30:45", SHIFT: "1"},
        {TIME: "2024-06-15T10:30:45", CAMERA: "Asia/Tokyo"},
        {OFFSET: "2", ZONE: "Europe/Stockholm"},
        {OFFSET: "13", ZONE: "Europe/Stockholm"},
        {TIME: "2024-06-15T10:30:45+02:00", OFFSET: "-5"},
        {TIME: "2024-06-15T10:30:45+02:00", OFFSET: "13"},
        {TIME: "2024-06-15T10:30:45+02:00", ZONE: "Asia/Tokyo"},
    ],
)
def test_a_contradiction_is_refused_and_names_both_keys_and_values(values: dict) -> None:
    message = refusal(values)
    assert "contradict" in message
    for key, value in values.items():
        assert key in message
        assert repr(value) in message


@pytest.mark.parametrize("zone", [{OFFSET: "+02:00"}, {ZONE: "Europe/Stockholm"}])
def test_a_target_that_agrees_with_the_timestamps_offset_is_not_a_contradiction(zone: dict) -> None:
    assert written({TIME: "2024-06-15T10:30:45+02:00", **zone}).offset_time_original == "+02:00"


def test_other_names_may_be_given_as_often_as_one_likes() -> None:
    assert not parse_correction({"Note": "one", "note": "another"}, {})


def test_a_name_given_twice_in_two_letter_cases_with_two_values_is_refused() -> None:
    assert "twice" in refusal({SHIFT: "1", SHIFT.upper(): "2"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (TIME, "yesterday"),
        (TIME, "2024-06-15"),
        (TIME, "2024-06-15T10:30"),
        (TIME, "2024-02-30T10:30:45"),
        (TIME, "2024-06-15T24:00:00"),
        (TIME, "2024-06-15T10:30:60"),
        (TIME, "1799-12-31T23:59:59"),
        (TIME, "02024-06-15T10:30:45"),
        (TIME, "2024-06-15T10:30:45+15:00"),
        (TIME, "2024-06-15T10:30:45+02:60"),
        (TIME, "2024-06-15T10:30:45 Europe/Stockholm"),
        (TIME, "٢٠٢٤-06-15T10:30:45"),
        (SHIFT, "two"),
        (SHIFT, "1e3"),
        (SHIFT, "nan"),
        (SHIFT, "--2"),
        (SHIFT, "+01:60"),
        (SHIFT, "P"),
        (SHIFT, "PT"),
        (SHIFT, "P1DT"),
        (SHIFT, "P1Y"),
        (SHIFT, "P1M"),
        (SHIFT, "1" * 1000),
        (SHIFT, "2400"),
        (SHIFT, "-1500"),
        (SHIFT, "00130"),
        (SHIFT, "0130.0"),
        (SHIFT, "013"),
        (OFFSET, "-12:01"),
        (OFFSET, "+14:01"),
        (OFFSET, "15"),
        (OFFSET, "5.333"),
        (OFFSET, "+13"),
        (OFFSET, "13.0"),
        (OFFSET, "1500"),
        (OFFSET, "013"),
        (OFFSET, "Europe/Stockholm"),
        (ZONE, "Mars/Olympus"),
        (ZONE, "+02:00"),
        (ZONE, "../../etc/passwd"),
        (ZONE, "Europe/Stockholm\x00"),
        (CAMERA, "Mars/Olympus"),
        (CAMERA, "+15:00"),
        (CAMERA, "2"),
        (CAMERA, "13"),
        (CAMERA, "+1500"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_and_named(key: str, value: str) -> None:
    with pytest.raises(CorrectionError) as caught:
        parse_correction({}, {key: value}, {})
    assert caught.value.tag == key
    assert key in str(caught.value)
    assert repr(value) in str(caught.value)
    assert "allowed are" in str(caught.value)
    assert caught.value.permanent


def test_a_misspelt_zone_is_answered_with_near_names() -> None:
    with pytest.raises(CorrectionError) as caught:
        parse_correction({ZONE: "Europe/Stokholm"}, {}, {})
    assert "Europe/Stockholm" in (caught.value.advice or "")


def test_what_counts_is_told_with_its_source() -> None:
    sources = winning_values(
        {"timestamp-offset-hours": "-2", "dates": "all"},
        {"dates": "capture"},
        {"target-timezone": "Europe/Stockholm", "timestamp-offset-hours": "1"},
    ).sources
    assert sources == "tag:dates=capture;default:target-timezone=Europe/Stockholm;metadata:timestamp-offset-hours=-2"
    assert winning_values({}, {}, {}).sources == ""
