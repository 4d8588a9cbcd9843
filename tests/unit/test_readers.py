"""The readers of `make dates`: each program's order of preference, on exiftool's output."""

import pytest

from benchmarks.dates.__main__ import judge
from benchmarks.dates.readers import READERS, Tags, wall_clock

RULES = {reader.name: reader.rule for reader in READERS}
TAKEN, LATER, EARLIER = "2024:06:15 10:30:45", "2025:01:01 00:00:00", "2000:01:01 00:00:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024:06:15 10:30:45", "2024-06-15 10:30:45"),
        ("2024-06-15T10:30:45.123+02:00", "2024-06-15 10:30:45"),
        ("2024:06:15T10:30", "2024-06-15 10:30"),
        ("2024:06:15", "2024-06-15"),
        ("20240615 103045+0200", "2024-06-15 10:30:45"),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        (None, None),
    ],
)
def test_a_date_is_compared_by_its_clock_on_the_wall(value: object, expected: str | None) -> None:
    assert wall_clock(value) == expected


@pytest.mark.parametrize(
    ("reader", "tags", "expected"),
    [
        ("immich", {"CreateDate": LATER, "SubSecDateTimeOriginal": TAKEN + ".12"}, TAKEN),
        ("immich", {"CreateDate": TAKEN, "GPSDateTime": LATER}, TAKEN),
        ("PhotoPrism, local time", {"CreateDate": LATER, "DateTimeOriginal": TAKEN}, TAKEN),
        ("PhotoPrism, by which it sorts", {"CreateDate": TAKEN, "DateTimeOriginal": LATER}, TAKEN),
        ("Lychee", {"PNG:CreationTime": TAKEN, "ExifIFD:DateTimeOriginal": LATER}, TAKEN),
        ("Lychee", {"QuickTime:CreateDate": LATER, "Keys:CreationDate": TAKEN}, TAKEN),
        ("ente", {"ExifIFD:DateTimeOriginal": LATER, "IPTC:DateCreated": "2024:06:15"}, "2024:06:15"),
        ("ente", {"IFD0:ModifyDate": LATER, "XMP-xmp:CreateDate": TAKEN}, TAKEN),
        ("home-gallery", {"GPSDateTime": TAKEN, "DateTimeOriginal": LATER}, TAKEN),
        ("Windows", {"XMP-exif:DateTimeOriginal": LATER, "IPTC:DateCreated": "2024:06:15"}, "2024:06:15"),
    ],
)
def test_each_program_prefers_another_date(reader: str, tags: Tags, expected: str) -> None:
    assert RULES[reader](tags) == wall_clock(expected)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"ExifIFD:DateTimeOriginal": TAKEN, "ExifIFD:CreateDate": TAKEN, "IFD0:ModifyDate": EARLIER}, TAKEN),
        ({"ExifIFD:DateTimeOriginal": TAKEN, "ExifIFD:CreateDate": EARLIER, "IFD0:ModifyDate": EARLIER}, EARLIER),
        ({"IFD0:ModifyDate": LATER, "XMP-xmp:ModifyDate": LATER, "XMP-xmp:MetadataDate": LATER}, LATER),
        ({"ExifIFD:DateTimeOriginal": TAKEN}, TAKEN),
        ({}, None),
    ],
)
def test_digikam_counts_votes_and_takes_the_earliest_date_without_a_majority(tags: Tags, expected: str | None) -> None:
    assert RULES["digiKam"](tags) == wall_clock(expected)


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ("2024-06-15 10:30:45", "2024-06-16 10:30:45", "new"),
        ("2024-06-15 10:30:45", "2024-06-15 10:30:45", "old"),
        ("2024-06-15", "2024-06-15", "old"),
        ("2024-06-15 08:30:44", "2024-06-15 08:30:44", "GPS time"),
        ("2025-01-01 00:00:00", "2025-01-01 00:00:00", "else"),
        (None, None, "else"),
    ],
)
def test_a_reader_that_shows_the_same_as_before_is_wrong_only_if_that_was_the_capture_time(
    before: str | None, after: str | None, outcome: str
) -> None:
    assert judge("2024-06-15 10:30:45", before, after, gps="2024-06-15 08:30:44") == outcome


def test_every_rule_names_its_source() -> None:
    assert all("/" in reader.source for reader in READERS)
