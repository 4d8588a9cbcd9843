"""The correction language: what a correction of the time writes."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorrectionError
from tests.support.corrections.language import CAMERA, FOUND, OFFSET, SHIFT, TIME, ZONE, refusal, written

# --- absolute


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-15T10:30:45",
        "2024-06-15 10:30:45",
        "2024-06-15t10:30:45",
        "20240615T103045",
    ],
)
def test_an_absolute_time_is_written_as_it_was_given(text: str) -> None:
    assert written({TIME: text}, CaptureTags()) == CaptureTags("2024:06:15 10:30:45")


@pytest.mark.parametrize(
    ("rest", "sub_sec", "offset"),
    [
        ("Z", None, "+00:00"),
        ("+02:00", None, "+02:00"),
        ("-0330", None, "-03:30"),
        ("+02", None, "+02:00"),
        (" 02:00", None, "+02:00"),
        ("-00:00", None, "+00:00"),
        (".25", "25", None),
        (",250+13:00", "250", "+13:00"),
        (".0", "0", None),
    ],
)
def test_an_absolute_time_may_have_a_fraction_and_an_offset(rest: str, sub_sec: str | None, offset: str | None) -> None:
    assert written({TIME: "2024-06-15T10:30:45" + rest}) == CaptureTags("2024:06:15 10:30:45", sub_sec, offset)


def test_an_absolute_time_takes_its_offset_from_the_target_zone() -> None:
    assert written({TIME: "2024-01-15T10:30:45", ZONE: "Europe/Stockholm"}).offset_time_original == "+01:00"


# --- relative


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2", "2024:06:15 08:30:45"),
        ("+2", "2024:06:15 12:30:45"),
        ("0.5", "2024:06:15 11:00:45"),
        ("0,5", "2024:06:15 11:00:45"),
        (".25", "2024:06:15 10:45:45"),
        ("\u22122", "2024:06:15 08:30:45"),
        ("=?UTF-8?Q?=E2=88=922?=", "2024:06:15 08:30:45"),
        ("+05:45", "2024:06:15 16:15:45"),
        ("-00:00:46", "2024:06:15 10:29:59"),
        ("01:00", "2024:06:15 11:30:45"),
        ("PT1H30M", "2024:06:15 12:00:45"),
        ("-PT1H30M", "2024:06:15 09:00:45"),
        ("PT-1H", "2024:06:15 09:30:45"),
        ("pt90s", "2024:06:15 10:32:15"),
        ("P1W2DT3H", "2024:06:24 13:30:45"),
        ("+0200", "2024:06:15 12:30:45"),
        ("0530", "2024:06:15 16:00:45"),
        ("-0130", "2024:06:15 09:00:45"),
        ("0100", "2024:06:15 11:30:45"),
        ("-1200", "2024:06:14 22:30:45"),
        ("0013", "2024:06:15 10:43:45"),
        ("-8760", "2023:06:16 10:30:45"),
        ("-100", "2024:06:11 06:30:45"),
        ("2400.0", "2024:09:23 10:30:45"),
    ],
)
def test_a_shift_moves_the_capture_time_and_nothing_else(text: str, expected: str) -> None:
    found = CaptureTags("2024:06:15 10:30:45", "42", "+02:00")
    assert written({SHIFT: text}, found) == CaptureTags(expected)


@pytest.mark.parametrize(
    ("text", "sub_sec", "expected"),
    [
        ("PT0.5S", None, ("2024:06:15 10:30:45", "5")),
        ("PT0.5S", "75", ("2024:06:15 10:30:46", "25")),
        ("-PT0.5S", "042", ("2024:06:15 10:30:44", "542")),
        ("-PT0.5S", "500000000", ("2024:06:15 10:30:45", "000000000")),
        ("+00:00:00.125", "  ", ("2024:06:15 10:30:45", "125")),
        ("0.333", "2", ("2024:06:15 10:50:44", "0")),
    ],
)
def test_a_shift_by_a_fraction_keeps_the_sub_seconds_consistent(
    text: str, sub_sec: str | None, expected: tuple
) -> None:
    assert written({SHIFT: text}, CaptureTags("2024:06:15 10:30:45", sub_sec)) == CaptureTags(*expected)


def test_sub_seconds_that_are_not_digits_stop_a_shift_by_a_fraction_only() -> None:
    found = CaptureTags("2024:06:15 10:30:45", "a1")
    assert "SubSecTimeOriginal is a text of 2 characters" in refusal({SHIFT: "PT0.5S"}, found)
    assert written({SHIFT: "1"}, found) == CaptureTags("2024:06:15 11:30:45")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2003:08:27:00:09:15", "2003:08:27 01:09:15"),
        ("2004/05/09 16:00:21", "2004:05:09 17:00:21"),
        ("2004-05-09T16:00:21", "2004:05:09 17:00:21"),
        ("2008:02:15 16:00", "2008:02:15 17:00:00"),
        ("2008:02:15 16:00:  ", "2008:02:15 17:00:00"),
        ("2008: 2: 5  6: 0: 1", "2008:02:05 07:00:01"),
        ("2008:02:15 16:00:00  ", "2008:02:15 17:00:00"),
        ("2008:12:31 23:30:00", "2009:01:01 00:30:00"),
        ("2008:02:15 04:00:00 PM", "2008:02:15 17:00:00"),
        ("2008:02:15 12:00:00AM", "2008:02:15 01:00:00"),
        ("2008:02:15 12:00:00 pm", "2008:02:15 13:00:00"),
        ("2008:02:15 16:00:00 PM", "2008:02:15 17:00:00"),
        ("20080215160021", "2008:02:15 17:00:21"),
        ("20080215T160021", "2008:02:15 17:00:21"),
    ],
)
def test_a_capture_time_of_one_meaning_is_read_however_it_is_written(text: str, expected: str) -> None:
    assert written({SHIFT: "1"}, CaptureTags(text)) == CaptureTags(expected)


@pytest.mark.parametrize(
    ("appended", "sub_sec", "offset"),
    [
        (".978", "978", None),
        (",9", "9", None),
        (":978", "978", None),
        (".", None, None),
        ("Z", None, "+00:00"),
        (" UTC", None, "+00:00"),
        ("+02:00", None, "+02:00"),
        ("-0530", None, "-05:30"),
        ("+02", None, "+02:00"),
        (".978+02:00", "978", "+02:00"),
        (".5 Z ", "5", "+00:00"),
    ],
)
def test_what_an_editor_appended_to_the_time_moves_into_its_own_tag(
    appended: str, sub_sec: str | None, offset: str | None
) -> None:
    found = CaptureTags("2018:05:25 07:13:09" + appended, None, "   :  ")
    assert written({SHIFT: "1"}, found) == CaptureTags("2018:05:25 08:13:09", sub_sec, offset)
    assert written({OFFSET: "-3"}, found) == CaptureTags(offset_time_original="-03:00")


def test_a_tag_that_has_a_value_wins_over_what_was_appended_to_the_time() -> None:
    found = CaptureTags("2018:05:25 07:13:09.978+02:00", "977", "+03:00")
    assert written({SHIFT: "1"}, found) == CaptureTags("2018:05:25 08:13:09")
    assert written({SHIFT: "PT0.5S"}, found) == CaptureTags("2018:05:25 07:13:10", "477")


def test_milliseconds_in_the_time_are_moved_where_no_tag_has_them() -> None:
    assert written({SHIFT: "PT0.5S"}, CaptureTags("2018:05:25 07:13:09.978")) == CaptureTags(
        "2018:05:25 07:13:10", "478"
    )


def test_an_offset_in_the_time_tells_which_of_two_hours_it_was() -> None:
    found = CaptureTags("2024:10:27 02:30:00+01:00")
    assert written({ZONE: "Europe/Stockholm"}, found).offset_time_original == "+01:00"


@pytest.mark.parametrize(
    "text",
    [
        "    :  :     :  :  ",
        "",
        "0000:00:00 00:00:00",
        "05.10.2009 11:16",
        "05/10/2009 11:16:00",
        "2008:02:15",
        "2008:02:30 10:00:00",
        "2008:02:15 24:00:00",
        "2008-02:15 10:00:00",
        "Sun Nov 22 22:08:03 2026",
        "2008:02:15 16:00:00 AM",
        "2008:02:15 00:10:00 PM",
        "2008:02:15 16:00:123",
        "2008:02:15 16:00:00+15:00",
        "2008:02:15 16:00:00+2",
        "2008:02:15 16:00:00 CEST",
        "2008:02:15 16:00:00.9781234567",
        "2008021516002",
        "20082115160021",
    ],
)
@pytest.mark.parametrize("values", [{SHIFT: "1"}, {ZONE: "Europe/Stockholm"}, {CAMERA: "-02:00", OFFSET: "1"}])
def test_a_capture_time_that_says_no_moment_is_refused_and_shown(text: str, values: dict) -> None:
    assert repr(text) in refusal(values, CaptureTags(text))


@pytest.mark.parametrize(
    "text", ["note of Ada Lovelace", "SN-3077412-9", "042021000123", "51.30345, -0.478", "51,18.2N"]
)
def test_a_text_in_place_of_the_time_is_not_shown_since_it_may_be_a_name_a_place_or_a_number(text: str) -> None:
    said = refusal({SHIFT: "1"}, CaptureTags(text))
    assert f"is a text of {len(text)} characters, which is not a readable time" in said
    assert text not in said


@pytest.mark.parametrize("values", [{SHIFT: "1"}, {ZONE: "Europe/Stockholm"}, {CAMERA: "-02:00", OFFSET: "1"}])
def test_a_relative_correction_needs_a_capture_time(values: dict) -> None:
    assert "no capture time" in refusal(values, CaptureTags())


@pytest.mark.parametrize(("found", "shift"), [("9999:12:31 23:00:00", "1"), ("1800:01:01 00:00:00", "-1")])
def test_a_shift_out_of_the_years_that_are_allowed_is_refused(found: str, shift: str) -> None:
    assert "1800 to 9999" in refusal({SHIFT: shift}, CaptureTags(found))


# --- the arguments of modify_exif_in_memory


@pytest.mark.parametrize(
    ("hours", "offset"),
    [
        (-5, "-05:00"),
        (5.5, "+05:30"),
        (Fraction(23, 4), "+05:45"),
        (0, "+00:00"),
        (13, None),
        (13.0, None),
        (20 / 60, "+00:20"),
        (14, "+14:00"),
    ],
)
def test_a_time_and_hours_set_time_and_offset(hours: float, offset: str | None) -> None:
    changes = Correction.absolute(datetime(2021, 3, 4, 5, 6, 7), hours).changes(CaptureTags())
    assert changes == CaptureTags("2021:03:04 05:06:07", None, offset)


def test_microseconds_become_sub_seconds() -> None:
    correction = Correction.absolute(datetime(2021, 3, 4, 5, 6, 7, 250_000), 13)
    assert correction.changes(FOUND) == CaptureTags("2021:03:04 05:06:07", "25")


def test_a_time_that_knows_its_zone_is_shown_at_the_offset_asked_for() -> None:
    noon = datetime(2021, 3, 4, 12, tzinfo=UTC)
    assert Correction.absolute(noon, -5).changes(FOUND) == CaptureTags("2021:03:04 07:00:00", None, "-05:00")
    assert Correction.absolute(noon, 13).changes(FOUND) == CaptureTags("2021:03:04 12:00:00")


@pytest.mark.parametrize("hours", [14.5, -12.25, 5.333, float("nan"), float("inf")])
def test_an_offset_that_no_clock_has_is_refused(hours: float) -> None:
    with pytest.raises(CorrectionError, match="allowed are"):
        Correction.absolute(datetime(2021, 3, 4), hours)


@pytest.mark.parametrize("when", [datetime(1799, 12, 31), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_a_time_that_cannot_be_written_is_refused(when: datetime) -> None:
    with pytest.raises(CorrectionError):
        Correction.absolute(when, 14)
