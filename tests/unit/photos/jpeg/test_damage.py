"""Damaged Exif data gives a clear error of the project's family, or is left as it was; never a guess, never a crash."""

from itertools import pairwise
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.errors import CorruptPhotoError, GalleriaError
from galleria_storage.photos.exif.ifd import MAX_ENTRIES
from galleria_storage.photos.exif.tiff import MAX_IFDS, MAX_UNKNOWN_TYPES
from tests.support.photos.camera_files import (
    BIG,
    DATE_TIME_ORIGINAL,
    GPS_POINTER,
    LITTLE,
    LONG,
    MAKER_NOTE,
    OFFSET_TIME_ORIGINAL,
    TAKEN,
    UNDEFINED,
    Field,
    Tiff,
    camera_block,
    exif_segment,
    jpeg,
    long,
    photo,
    text,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, tags_of
from tests.support.photos.jpegs import image_data, segment, segments

OFFSET = text(OFFSET_TIME_ORIGINAL, "+00:00")
EXIF_ENTRY = pack("<HHI", 0x8769, LONG, 1)


def with_exif_pointer(value: int) -> bytes:
    tiff = camera_block()
    tiff.set_long(tiff.data.index(EXIF_ENTRY) + 8, value)
    return photo(tiff)


def looped() -> bytes:
    tiff = camera_block()
    tiff.set_long(tiff.data.index(EXIF_ENTRY) + 12, 8)
    return photo(tiff)


def chain(length: int) -> bytes:
    tiff = Tiff()
    ends = [tiff.ifd([text(0x0110, "Acm")]) + 14 for _ in range(length)]
    for at, following in pairwise(ends):
        tiff.set_long(at, following - 14)
    return photo(tiff)


def with_first_ifd(at: int) -> bytes:
    tiff = camera_block()
    tiff.set_long(4, at)
    return photo(tiff)


def with_only_an_odd_exif_pointer() -> bytes:
    tiff = Tiff()
    tiff.ifd([text(0x010F, "Acme"), Field(0x8769, UNDEFINED, b"\x1a\0\0\0")])
    return photo(tiff)


def untyped(number: int) -> bytes:
    return photo(camera_block(exif=[Field(0xC000 + i, 300 + i, b"????") for i in range(number)]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (with_exif_pointer(0), "Exif IFD should be at byte 0"),
        (with_exif_pointer(60_000), "Exif IFD should be at byte 60,000"),
        (with_exif_pointer(0xFFFF_FFFF), "Exif IFD"),
        (with_first_ifd(0), "IFD0 should be"),
        (with_first_ifd(4), "IFD0 should be"),
        (with_first_ifd(50_000), "IFD0 should be"),
        (looped(), "points back"),
        (chain(MAX_IFDS + 1), f"more than {MAX_IFDS} IFDs"),
        (jpeg(exif_segment(b"II*\0\x08\0")), "TIFF header"),
        (jpeg(exif_segment(b"II*\0\x08\0\0\0")), "IFD0"),
        (jpeg(exif_segment(b"II*\0\x08\0\0\0\xff\xff")), "65,535 entries"),
        (jpeg(exif_segment(b"??*\0\x08\0\0\0" + bytes(20))), "TIFF header"),
        (jpeg(*[exif_segment(camera_block().data)] * 5), "Exif blocks"),
        (untyped(MAX_UNKNOWN_TYPES + 1), "types that do not exist"),
        (photo(camera_block(exif=[Field(0x8000, 300, b"????")])), "types that do not exist"),
        (photo(camera_block(exif=[text(0xC000 + i, "x") for i in range(MAX_ENTRIES)])), "entries"),
        (with_only_an_odd_exif_pointer(), "wrong type"),
        (photo(camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, b"12345")] * 7)), "maker notes"),
        (photo(camera_block(exif=[Field(0xA005, 6, b"\x1a\x01\0\0")])), "wrong type"),
        (photo(camera_block(exif=[Field(0xA005, LONG, pack("<II", 70_000, 0))])), "wrong type"),
    ],
)
def test_damage_is_refused_with_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(CorruptPhotoError, match=words):
        corrected(data)


def test_some_entries_of_unknown_type_do_no_harm() -> None:
    before = untyped(MAX_UNKNOWN_TYPES)
    assert tags_of(corrected(before)) == CHANGES


@pytest.mark.parametrize("tag", [GPS_POINTER, 0xA005])
def test_an_ifd_that_is_damaged_elsewhere_does_no_harm(tag: int) -> None:
    tiff = camera_block(exif=[long(LITTLE, tag, 0)])
    at = tiff.put(b"\xff\x7f" + bytes(40))
    tiff.set_long(tiff.data.index(pack("<HHI", tag, LONG, 1)) + 8, at)
    after = corrected(photo(tiff))
    assert tags_of(after) == CHANGES
    assert block_of(after)[at : at + 42] == tiff.data[at : at + 42]


def test_damage_elsewhere_does_not_matter_in_place() -> None:
    tiff = camera_block(exif=[OFFSET, long(LITTLE, 0xA005, 60_000)])
    tiff.set_long(tiff.data.index(EXIF_ENTRY) + 12, 50_000)
    before = photo(tiff)
    assert len(corrected(before)) == len(before)


def test_an_ifd_within_other_data_is_not_followed() -> None:
    """A garbage pointer to IFD1 makes an IFD of a thumbnail's bytes; a reference in it must not be changed."""
    note = b"precious " * 20
    fake = pack("<H", 1) + pack("<HHII", 0x0110, 2, 40, 50_000) + bytes(4)
    tiff = camera_block(exif=[Field(0x9286, UNDEFINED, note + b"." + fake + note)])
    tiff.set_long(tiff.data.index(EXIF_ENTRY) + 12, tiff.data.index(fake))
    with pytest.raises(CorruptPhotoError, match="within other data"):
        corrected(photo(tiff))


def test_an_ifd_within_the_thumbnail_is_not_followed() -> None:
    fake = pack("<H", 1) + pack("<HHII", 0x0110, 2, 40, 50_000) + bytes(4)
    thumbnail = b"\xff\xd8\xff" + bytes(41) + fake + bytes(40)
    tiff = camera_block(exif=[OFFSET, long(LITTLE, 0xA005, 60_000)], thumbnail=thumbnail)
    tiff.set_long(tiff.data.index(pack("<HHI", 0xA005, 4, 1)) + 8, tiff.data.index(fake))
    with pytest.raises(CorruptPhotoError, match="within other data"):
        corrected(photo(tiff, exif_segment(camera_block().data)))


@pytest.mark.parametrize("zeros", [0, 1, 60])
@pytest.mark.parametrize("others", [(), (segment(0xFE, b"by me"),)])
def test_an_emptied_exif_segment_is_filled_again(zeros: int, others: tuple[bytes, ...]) -> None:
    before = jpeg(*others, exif_segment(bytes(zeros)), *others)
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert [part[:10] for part in segments(after)] == [
        part[:2] + after[at + 2 : at + 4] + part[4:10] for part, at in zip(segments(before), places(after), strict=True)
    ]
    assert image_data(after) == image_data(before)


def test_an_emptied_exif_segment_with_room_keeps_its_length() -> None:
    before = jpeg(exif_segment(bytes(5000)), segment(0xFE, b"by me"))
    after = corrected(before)
    assert len(after) == len(before)
    assert segments(after)[1:] == segments(before)[1:]


def test_an_emptied_exif_segment_beside_another_stays_empty() -> None:
    empty = exif_segment(bytes(3))
    assert segments(corrected(jpeg(empty, exif_segment(camera_block().data))))[0] == empty


def places(data: bytes) -> list[int]:
    """Return where each segment of a photo starts."""
    at, found = 2, []
    for part in segments(data):
        found.append(at)
        at += len(part)
    return found


SOURCES = [
    photo(camera_block(order, exif, thumbnail=b"\xff\xd8 thumbnail \xff\xd9"))
    for order in (LITTLE, BIG)
    for exif in ([OFFSET], [], [Field(MAKER_NOTE, UNDEFINED, b"OLYMP\0\x01\0" + bytes(range(99)))])
]


@settings(max_examples=150)
@given(st.sampled_from(SOURCES), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_damage_leads_to_a_silent_failure(source: bytes, damage: list[tuple[int, int]]) -> None:
    data = bytearray(source)
    for at, value in damage:
        data[2 + at % (len(source) - 400)] = value
    broken = bytes(data)
    try:
        after = corrected(broken)
    except GalleriaError:
        return
    assert tags_of(after) == CHANGES
    assert image_data(after) == image_data(broken)


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_lead_to_another_error(noise: bytes) -> None:
    for data in (noise, b"\xff\xd8" + noise, jpeg(exif_segment(noise)), jpeg(exif_segment(b"II*\0\x08\0\0\0" + noise))):
        try:
            after = corrected(data)
        except GalleriaError:
            continue
        assert tags_of(after) == CHANGES


def test_a_date_that_is_blank_is_found_as_it_stands() -> None:
    assert tags_of(photo(camera_block(taken="    :  :     :  :  "))).date_time_original == "    :  :     :  :  "
    assert tags_of(photo(camera_block(taken=None))).date_time_original is None
    assert tags_of(photo(camera_block(taken=None, exif=[Field(DATE_TIME_ORIGINAL, 2, TAKEN.encode())]))) is not None
