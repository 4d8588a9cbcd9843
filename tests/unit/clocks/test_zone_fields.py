"""Maker notes give the zone that a camera was set to, if their fields are publicly known."""

import struct

import piexif
import pytest

from galleria_storage.clocks.zone_fields import zone_set
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.source import BytesSource


def canon_note(minutes: int, daylight: int, order: str) -> bytes:
    """Return a note of one entry; its value comes after it, at an offset that counts from the TIFF header."""
    return struct.pack(f"{order}H", 1) + struct.pack(f"{order}HHII", 0x35, 9, 4, 0) + bytes(4) + struct.pack(
        f"{order}4i", 16, minutes, 5, daylight
    )  # fmt: skip


def nikon_note(minutes: int, daylight: int) -> bytes:
    value = struct.pack(">hBB", minutes, daylight, 0)
    header = b"Nikon\0\x02\x11\0\0" + b"MM\0*\0\0\0\x08"
    return header + struct.pack(">H", 1) + struct.pack(">HHI", 0x24, 7, 4) + value + bytes(4)


def block_with(make: bytes, note: bytes) -> Block:
    data: bytes = piexif.dump({"0th": {piexif.ImageIFD.Make: make}, "Exif": {piexif.ExifIFD.MakerNote: note}})[6:]
    if make == b"Canon":
        at = data.index(note)
        data = data[: at + 10] + struct.pack(">I", at + 18) + data[at + 14 :]
    return plain_block("exif", "Exif", BytesSource(data), 0, len(data))


@pytest.mark.parametrize(("minutes", "daylight", "found"), [(60, 60, 120), (-300, 0, -300), (330, 0, 330)])
def test_canon_says_minutes_and_daylight_saving(minutes: int, daylight: int, found: int) -> None:
    assert zone_set([block_with(b"Canon", canon_note(minutes, daylight, ">"))]) == found


@pytest.mark.parametrize(("minutes", "daylight", "found"), [(60, 1, 120), (-300, 0, -300)])
def test_nikon_says_minutes_and_daylight_saving(minutes: int, daylight: int, found: int) -> None:
    assert zone_set([block_with(b"NIKON CORPORATION", nikon_note(minutes, daylight))]) == found


def pentax_note(*values: int) -> bytes:
    """Return a note that says: at home or away, both cities, and whether they have daylight saving."""
    entries = [struct.pack(">HHIHH", 0x22 + place, 3, 1, value, 0) for place, value in enumerate(values)]
    return b"AOC\0MM" + struct.pack(">H", len(entries)) + b"".join(entries) + bytes(4)


@pytest.mark.parametrize(
    ("values", "found"),
    [((0, 24, 12, 1, 0), 120), ((1, 24, 12, 1, 0), -300), ((1, 24, 38, 0, 0), 345), ((0, 29, 12, 0, 0), None)],
)
def test_pentax_names_a_city_at_home_and_one_away(values: tuple[int, ...], found: int | None) -> None:
    assert zone_set([block_with(b"PENTAX Corporation", pentax_note(*values))]) == found


def test_what_is_not_a_zone_is_not_taken_for_one() -> None:
    assert zone_set([block_with(b"Canon", canon_note(30_000, 0, ">"))]) is None
    assert zone_set([block_with(b"SONY", nikon_note(60, 1))]) is None
    assert zone_set([block_with(b"Canon", b"short")]) is None
    assert zone_set([]) is None
