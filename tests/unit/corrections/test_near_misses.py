"""Names that are almost right are pointed out; names that have nothing to do with corrections are not."""

import pytest

from galleria_storage.corrections.correction_keys import CORRECTION_KEYS
from galleria_storage.corrections.near_misses import near_keys, near_settings

SETTINGS = (
    "STAGING_BUCKET",
    "S3_PUBLIC_ACCESS_KEY",
    "S3_PUBLIC_SECRET_KEY",
    "TIMESTAMP_OFFSET_HOURS",
    "EVENT_BUS_NAME",
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("timestamp_offset_hours", "timestamp-offset-hours"),
        ("timestamp offset hours", "timestamp-offset-hours"),
        ("TimestampOffsetHours", "timestamp-offset-hours"),
        ("timestamp-offset-hour", "timestamp-offset-hours"),
        ("timestamp-offset", "timestamp-offset-hours"),
        ("galleria-timestamp-offset-hours", "timestamp-offset-hours"),
        ("galleria:target_timezone", "target-timezone"),
        ("x-amz-meta-target-timezone", "target-timezone"),
        ("target\N{EN DASH}timezone", "target-timezone"),
        ("Target_Timezone ", "target-timezone"),
        ("target-tz", "target-timezone"),
        ("camera-tz", "camera-timezone"),
        ("corrected_datetime", "corrected-timestamp"),
        ("correctd-timestamp", "corrected-timestamp"),
        ("removes", "remove"),
        ("remove-location", "remove"),
        ("remove_from_copies", "remove"),
        ("galleria-remove", "remove"),
        ("Date_Fields", "dates"),
    ],
)
def test_a_name_that_is_almost_a_key_is_pointed_out_wherever_it_is(name: str, meant: str) -> None:
    for place, notes in (("metadata", near_keys({name: "1"}, {})), ("tag", near_keys({}, {name: "1"}))):
        assert notes == (f"the {place} {name!r} is not read; {meant} may be meant",)


def test_a_name_of_ours_that_says_nothing_is_answered_with_all_keys() -> None:
    [note] = near_keys({}, {"galleria-album": "summer"})
    assert all(key in note for key in CORRECTION_KEYS)


def test_what_this_project_records_itself_is_not_pointed_out() -> None:
    assert near_keys({"galleria-fingerprint": "1-0f"}, {}, own=("galleria-fingerprint",)) == ()


@pytest.mark.parametrize("key", CORRECTION_KEYS)
def test_a_key_that_is_read_is_not_pointed_out(key: str) -> None:
    assert near_keys({key: "1", f" {key.upper()} ": "1"}, {key.title(): "1"}) == ()


@pytest.mark.parametrize(
    "name",
    ["artist", "title", "date", "mtime", "timestamp", "last-modified-time", "location", "s3cmd-attrs", "target", ""],
)
def test_a_name_that_others_use_is_not_pointed_out(name: str) -> None:
    assert near_keys({name: "1"}, {name: "1"}) == ()


def test_an_empty_value_asks_for_nothing_under_any_name() -> None:
    assert near_keys({"target_timezone": " "}, {"target_timezone": ""}) == ()


def test_a_note_shows_no_value() -> None:
    assert "Ada" not in "".join(near_keys({"galleria-artist": "Ada"}, {"target_timezone": "Ada"}))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("timestamp_offset_hours", "TIMESTAMP_OFFSET_HOURS"),
        ("TIMESTAMP_OFFSET_HOUR", "TIMESTAMP_OFFSET_HOURS"),
        ("TIMESTAMP-OFFSET-HOURS", "TIMESTAMP_OFFSET_HOURS"),
        ("STAGING_BUCKET_NAME", "STAGING_BUCKET"),
        ("S3_PUBLIC_ACCESS_KEY_ID", "S3_PUBLIC_ACCESS_KEY"),
        ("S3_PUBLIC_SECRET_ACCESS_KEY", "S3_PUBLIC_SECRET_KEY"),
        ("EVENT_BUS", "EVENT_BUS_NAME"),
    ],
)
def test_a_variable_that_is_almost_a_setting_is_pointed_out(name: str, meant: str) -> None:
    assert near_settings({name: "", "PATH": ""}, SETTINGS) == (
        f"the environment variable {name!r} is not read; {meant} may be meant",
    )


@pytest.mark.parametrize("name", [*SETTINGS, "PATH", "AWS_REGION", "S3_USE_SIGV4", "EVENT_LOG", "TZ", "_", ""])
def test_a_setting_that_is_read_or_belongs_to_others_is_not_pointed_out(name: str) -> None:
    assert near_settings({name: ""}, SETTINGS) == ()
