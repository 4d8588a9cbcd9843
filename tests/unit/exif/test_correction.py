"""The correction language: what is read, who wins, what is refused, what is written."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import CorrectionError
from galleria_storage.exif.correction import CORRECTION_KEYS, Correction, parse_correction
from galleria_storage.exif.tags import CaptureTags

TIME, SHIFT, CAMERA = "corrected-timestamp", "timestamp-offset-hours", "camera-timezone"
OFFSET, ZONE = "target-timezone-offset-hours", "target-timezone"
FOUND = CaptureTags("2024:06:15 10:30:45")


def written(values: dict[str, str], found: CaptureTags = FOUND) -> CaptureTags:
    return parse_correction(values, {}, {}).changes(found)


def refusal(values: dict[str, str], found: CaptureTags = FOUND) -> str:
    with pytest.raises(CorrectionError) as caught:
        parse_correction(values, {}, {}).changes(found)
    return str(caught.value)


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


def test_who_asked_is_no_part_of_the_correction() -> None:
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
def test_a_target_that_agrees_with_the_timestamps_offset_is_no_contradiction(zone: dict) -> None:
    assert written({TIME: "2024-06-15T10:30:45+02:00", **zone}).offset_time_original == "+02:00"


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
        (OFFSET, "-12:01"),
        (OFFSET, "+14:01"),
        (OFFSET, "15"),
        (OFFSET, "5.333"),
        (OFFSET, "+13"),
        (OFFSET, "13.0"),
        (OFFSET, "Europe/Stockholm"),
        (ZONE, "Mars/Olympus"),
        (ZONE, "+02:00"),
        (ZONE, "../../etc/passwd"),
        (ZONE, "Europe/Stockholm\x00"),
        (CAMERA, "Mars/Olympus"),
        (CAMERA, "+15:00"),
        (CAMERA, "2"),
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
def test_an_absolute_time_stands_as_it_was_given(text: str) -> None:
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
        ("-8760", "2023:06:16 10:30:45"),
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


def test_sub_seconds_that_are_no_digits_stop_a_shift_by_a_fraction_only() -> None:
    found = CaptureTags("2024:06:15 10:30:45", "a1")
    assert "'a1'" in refusal({SHIFT: "PT0.5S"}, found)
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
    ],
)
def test_a_capture_time_of_one_meaning_is_read_however_it_is_written(text: str, expected: str) -> None:
    assert written({SHIFT: "1"}, CaptureTags(text)) == CaptureTags(expected)


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
    ],
)
@pytest.mark.parametrize("values", [{SHIFT: "1"}, {ZONE: "Europe/Stockholm"}, {CAMERA: "-02:00", OFFSET: "1"}])
def test_a_capture_time_that_says_no_moment_is_refused_and_shown(text: str, values: dict) -> None:
    assert repr(text) in refusal(values, CaptureTags(text))


@pytest.mark.parametrize("values", [{SHIFT: "1"}, {ZONE: "Europe/Stockholm"}, {CAMERA: "-02:00", OFFSET: "1"}])
def test_a_relative_correction_needs_a_capture_time(values: dict) -> None:
    assert "no capture time" in refusal(values, CaptureTags())


@pytest.mark.parametrize(("found", "shift"), [("9999:12:31 23:00:00", "1"), ("1800:01:01 00:00:00", "-1")])
def test_a_shift_out_of_the_years_that_are_allowed_is_refused(found: str, shift: str) -> None:
    assert "1800 to 9999" in refusal({SHIFT: shift}, CaptureTags(found))


# --- zones


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


def test_an_hour_that_is_skipped_has_the_offset_from_before_the_change() -> None:
    found = CaptureTags("2024:03:31 02:30:00")
    assert written({ZONE: "Europe/Stockholm"}, found) == CaptureTags(offset_time_original="+01:00")


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


# --- the seed's arguments


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
def test_the_seeds_arguments_set_time_and_offset(hours: float, offset: str | None) -> None:
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


# --- the canonical text

offsets = st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
timestamps = st.builds(
    lambda moment, offset: moment.replace(tzinfo=offset).isoformat(),
    st.datetimes(datetime(1800, 1, 1), datetime(9999, 12, 31)),
    st.none() | offsets,
)
shifts = st.one_of(
    st.decimals(-9999, 9999, places=3).map(str),
    st.timedeltas(timedelta(-400000), timedelta(400000)).map(
        lambda d: f"PT{d.days * 24}H{d.seconds}.{d.microseconds:06d}S"
    ),
)
zones = st.sampled_from(["Europe/Stockholm", "America/St_Johns", "UTC", "Etc/GMT+5"])
clock = offsets.map(lambda zone: datetime(2000, 1, 1, tzinfo=zone).isoformat()[19:])
relative = st.fixed_dictionaries({}, optional={SHIFT: shifts, CAMERA: zones | clock})
target = st.one_of(st.just({}), st.builds(lambda z: {ZONE: z}, zones), st.builds(lambda z: {OFFSET: z}, clock))
absolute = st.builds(lambda t: {TIME: t}, timestamps)
corrections = st.one_of(absolute, st.builds(lambda a, b: {**a, **b}, relative, target))


@given(corrections)
def test_the_canonical_text_gives_the_same_correction_again(values: dict[str, str]) -> None:
    correction = parse_correction(values, {}, {})
    text = correction.canonical()
    assert Correction.from_canonical(text) == correction
    assert Correction.from_canonical(text).canonical() == text
    assert bool(text) is bool(correction)
    assert text.isascii()


@given(corrections, st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_equal_canonical_texts_write_equal_tags(values: dict[str, str], moment: datetime) -> None:
    correction = parse_correction(values, {}, {})
    found = CaptureTags(moment.strftime("%Y:%m:%d %H:%M:%S"))
    try:
        changes = correction.changes(found)
    except CorrectionError as error:
        assert "lies outside" in str(error)  # noqa: PT017 # both ends are right
    else:
        assert Correction.from_canonical(correction.canonical()).changes(found) == changes


@given(
    st.dictionaries(st.sampled_from(CORRECTION_KEYS), st.text(max_size=30)),
    st.dictionaries(st.sampled_from(CORRECTION_KEYS), st.text("0123456789-+:.,TZPHMS ", max_size=30)),
    st.text(max_size=25),
)
def test_whatever_is_asked_ends_in_an_answer_or_a_refusal(metadata: dict, tags: dict, found: str) -> None:
    try:
        changes = parse_correction(metadata, tags, {}).changes(CaptureTags(found))
    except CorrectionError:
        return
    assert changes.date_time_original is None or len(changes.date_time_original) == 19


@pytest.mark.parametrize("text", ["artist=Ada", "corrected-timestamp=yesterday", "corrected-timestamp"])
def test_a_text_that_is_no_printed_correction_is_refused(text: str) -> None:
    with pytest.raises(CorrectionError):
        Correction.from_canonical(text)
