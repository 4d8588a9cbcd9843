"""The correction language: time zones, fixed and by name, with daylight saving of the photo's own date."""

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import parse_correction
from tests.support.corrections.language import CAMERA, OFFSET, SHIFT, TIME, ZONE, refusal, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-5", "-05:00"),
        ("0", "+00:00"),
        ("-0", "+00:00"),
        ("5.75", "+05:45"),
        ("-9.5", "-09:30"),
        ("+05:30", "+05:30"),
        ("05:30", "+05:30"),
        ("-3:30", "-03:30"),
        ("+13:00", "+13:00"),
        ("14", "+14:00"),
        ("-12", "-12:00"),
        ("+0200", "+02:00"),
        ("0530", "+05:30"),
        ("0013", "+00:13"),
        ("1300", "+13:00"),
        ("Z", "+00:00"),
    ],
)
def test_a_target_offset_needs_no_capture_time_and_moves_none(text: str, expected: str) -> None:
    assert written({OFFSET: text}, CaptureTags()) == CaptureTags(offset_time_original=expected)


def test_the_bare_integer_13_leaves_the_offset_as_it_is() -> None:
    assert written({TIME: "2024-06-15T10:30:45", OFFSET: "13"}) == CaptureTags("2024:06:15 10:30:45")


@pytest.mark.parametrize(
    ("local", "zone", "offset"),
    [
        ("2024:01:15 12:00:00", "Europe/Stockholm", "+01:00"),
        ("2024:06:15 12:00:00", "Europe/Stockholm", "+02:00"),
        ("2024:06:15 12:00:00", "europe/STOCKHOLM", "+02:00"),
        ("2024:06:15 12:00:00", "Asia/Kathmandu", "+05:45"),
        ("2024:01:15 12:00:00", "Australia/Lord_Howe", "+11:00"),
        ("2024:06:15 12:00:00", "Australia/Lord_Howe", "+10:30"),
        ("2024:06:15 12:00:00", "Pacific/Kiritimati", "+14:00"),
        ("1970:06:15 12:00:00", "Europe/London", "+01:00"),
        ("1875:06:15 12:00:00", "America/New_York", "-04:56"),
    ],
)
def test_a_named_zone_gives_the_offset_of_the_photos_own_date(local: str, zone: str, offset: str) -> None:
    assert written({ZONE: zone}, CaptureTags(local)) == CaptureTags(offset_time_original=offset)


def test_a_shift_comes_before_the_zone() -> None:
    found = CaptureTags("2024:03:31 01:30:00")
    assert written({SHIFT: "2", ZONE: "Europe/Stockholm"}, found).offset_time_original == "+02:00"


@pytest.mark.parametrize(
    ("known", "offset"), [(None, "+02:00"), ("+02:00", "+02:00"), ("+01:00", "+01:00"), ("-05:00", "+02:00")]
)
def test_an_hour_that_happens_twice_is_the_first_unless_the_photos_offset_says_the_second(
    known: str | None, offset: str
) -> None:
    found = CaptureTags("2024:10:27 02:30:00", None, known)
    assert written({ZONE: "Europe/Stockholm"}, found).offset_time_original == offset


@pytest.mark.parametrize("known", [None, "+01:00", "+02:00", "-05:00"])
@pytest.mark.parametrize(
    ("local", "zone", "before"),
    [
        ("2024:03:31 02:30:00", "Europe/Stockholm", "+01:00"),
        ("2024:03:10 02:30:00", "America/New_York", "-05:00"),
        ("2024:10:06 02:15:00", "Australia/Lord_Howe", "+10:30"),
        ("2011:12:30 12:00:00", "Pacific/Apia", "-10:00"),
    ],
)
def test_an_hour_that_is_skipped_has_the_offset_from_before_the_change_whatever_the_photo_says(
    known: str | None, local: str, zone: str, before: str
) -> None:
    found = CaptureTags(local, None, known)
    assert written({ZONE: zone}, found) == CaptureTags(offset_time_original=before)


@pytest.mark.parametrize("known", [None, "+01:00", "+02:00"])
def test_a_camera_clock_in_a_skipped_hour_moves_by_the_offset_from_before_the_change(known: str | None) -> None:
    found = CaptureTags("2024:03:31 02:30:00", None, known)
    assert written({CAMERA: "Europe/Stockholm", OFFSET: "+00:00"}, found).date_time_original == "2024:03:31 01:30:00"


def test_a_timestamp_with_the_offset_after_a_skipped_hour_contradicts_its_zone() -> None:
    assert "contradict" in refusal({TIME: "2024-03-31T02:30:00+02:00", ZONE: "Europe/Stockholm"})
    assert written({TIME: "2024-03-31T02:30:00+01:00", ZONE: "Europe/Stockholm"}).offset_time_original == "+01:00"


@pytest.mark.parametrize(
    ("text", "hours"), [("+2", 2), ("-2", -2), ("+02", 2), ("+0200", 2), ("0200", 2), ("+13", 13), ("Z", 0)]
)
def test_a_camera_offset_may_be_short(text: str, hours: int) -> None:
    moved = written({CAMERA: text, OFFSET: "+00:00"}, CaptureTags("2024:06:15 18:00:00"))
    assert moved.date_time_original == f"2024:06:15 {18 - hours:02d}:00:00"


def test_local_mean_time_beyond_the_offsets_of_today_is_refused() -> None:
    assert "out of range" in refusal({ZONE: "Asia/Manila"}, CaptureTags("1830:06:15 12:00:00"))


@pytest.mark.parametrize(
    ("local", "camera", "target", "expected"),
    [
        ("2024:06:15 12:00:00", {CAMERA: "Europe/Stockholm"}, {ZONE: "America/New_York"}, "2024:06:15 06:00:00-04:00"),
        ("2024:03:15 12:00:00", {CAMERA: "Europe/Stockholm"}, {ZONE: "America/New_York"}, "2024:03:15 07:00:00-04:00"),
        ("2024:06:15 23:00:00", {CAMERA: "+00:00"}, {ZONE: "Asia/Kathmandu"}, "2024:06:16 04:45:00+05:45"),
        ("2024:06:15 12:00:00", {CAMERA: "Asia/Tokyo"}, {OFFSET: "-3.5"}, "2024:06:14 23:30:00-03:30"),
        ("2024:10:27 00:30:00", {CAMERA: "UTC"}, {ZONE: "Europe/Stockholm"}, "2024:10:27 02:30:00+02:00"),
        ("2024:10:27 01:30:00", {CAMERA: "UTC"}, {ZONE: "Europe/Stockholm"}, "2024:10:27 02:30:00+01:00"),
    ],
)
def test_a_camera_zone_with_a_target_moves_the_capture_time_to_the_same_moment_there(
    local: str, camera: dict, target: dict, expected: str
) -> None:
    changes = written(camera | target, CaptureTags(local, "42"))
    assert changes == CaptureTags(expected[:19], None, expected[19:])


def test_a_clock_that_was_off_in_a_foreign_zone_is_put_right_first() -> None:
    changes = written({SHIFT: "-00:10", CAMERA: "Europe/Stockholm", ZONE: "Europe/London"})
    assert changes == CaptureTags("2024:06:15 09:20:45", None, "+01:00")


def test_a_camera_zone_alone_changes_nothing() -> None:
    assert not parse_correction({CAMERA: "Asia/Tokyo"}, {}, {})
    assert not parse_correction({CAMERA: "Asia/Tokyo", OFFSET: "13"}, {}, {})
