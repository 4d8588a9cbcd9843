"""HEIF photos without Exif data: a new item is listed, and nothing else changes its meaning."""

from itertools import permutations

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorrectionError
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import box, boxes_of, kinds_of, number, only
from tests.support.photos.heifs import (
    LAYOUTS,
    MASTER,
    NEW,
    NO_ROOM,
    READ,
    TABLES,
    XMP,
    Spec,
    Table,
    corrected,
    exif_of,
    heif,
    items_of,
    references_of,
)

GROWTH = 21 + 14 + 16  # an entry each in iinf, iref and iloc of version 1 with 4-byte fields


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("wide", [False, True])
def test_a_new_item_describes_the_photo(layout: tuple[bytes, ...], table: Table, wide: bool) -> None:
    file = heif([MASTER, XMP], layout, table=table, wide=wide, references=[(b"cdsc", 3, 1)])
    result = corrected(file)
    items = items_of(result)
    assert items[4][0] == b"Exif"
    assert items[4][1].startswith(bytes(4))
    assert exif_of(items[4][1]) == READ
    assert {key: items[key] for key in (1, 3)} == items_of(file)
    assert references_of(result) == [(b"cdsc", 3, 1), (b"cdsc", 4, 1)]


def test_a_new_item_is_hidden_and_carries_no_more_than_asked() -> None:
    result = corrected(heif([MASTER]))
    (entry,) = [e.body for e in boxes_of(only(only(result, b"meta")[4:], b"iinf"), 6) if b"Exif" in e.body]
    assert entry == b"\2\0\0\1" + b"\0\2" + b"\0\0" + b"Exif\0"
    assert len(items_of(result)[2][1]) < 100


@pytest.mark.parametrize("table", [Table(), Table(version=2)])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_a_list_of_references_there_is_a_new_one(table: Table, layout: tuple[bytes, ...]) -> None:
    result = corrected(heif([MASTER, XMP], layout, reference_version=None, table=table))
    assert exif_of(items_of(result)[4][1]) == READ
    assert references_of(result) == [(b"cdsc", 4, 1)]
    assert items_of(result)[3][1] == XMP.data


def test_a_list_of_references_with_wide_numbers_gets_a_wide_one() -> None:
    result = corrected(heif([MASTER, XMP], reference_version=1, references=[(b"cdsc", 3, 1)]))
    assert references_of(result) == [(b"cdsc", 3, 1), (b"cdsc", 4, 1)]


def test_a_number_above_16_bits_makes_the_new_entry_wide() -> None:
    items = [MASTER, Spec(0xFFFF, b"mime", b"text")]
    result = corrected(heif(items, table=Table(version=2), wide=True, reference_version=1))
    assert exif_of(items_of(result)[0x10000][1]) == READ


@pytest.mark.parametrize("room", [GROWTH, GROWTH + 8, GROWTH + 400])
def test_free_room_after_the_tables_is_used_so_that_nothing_moves(room: int) -> None:
    free = box(b"free", bytes(room - 8))
    file = heif([MASTER, XMP], (b"ftyp", b"meta", free, b"mdat"), references=[(b"cdsc", 3, 1)])
    result = corrected(file)
    assert result.index(MASTER.data) == file.index(MASTER.data)
    assert kinds_of(result) == [b"ftyp", b"meta", *[b"free"] * (room > GROWTH), b"mdat", b"mdat"]
    assert exif_of(items_of(result)[4][1]) == READ


@pytest.mark.parametrize("room", [8, GROWTH - 1, GROWTH + 1, GROWTH + 7])
def test_free_room_that_would_leave_no_box_is_not_used(room: int) -> None:
    free = box(b"free", bytes(room - 8))
    file = heif([MASTER, XMP], (b"ftyp", b"meta", free, b"mdat"), references=[(b"cdsc", 3, 1)])
    result = corrected(file)
    assert result.index(MASTER.data) == file.index(MASTER.data) + GROWTH
    assert exif_of(items_of(result)[4][1]) == READ


def test_a_new_item_is_found_and_changed_in_place_the_next_time() -> None:
    once = corrected(heif([MASTER]))
    again = corrected(once, CaptureTags("1999:12:31 23:59:59", None, "-11:00"))
    assert len(again) == len(once)
    assert corrected(again) == once
    assert corrected(once) == once


def test_nothing_asked_is_nothing_done() -> None:
    assert not plan_photo(BytesSource(heif([MASTER])), NOTHING).patches
    assert correct_bytes(heif([MASTER]), Texts()) == heif([MASTER])


def test_a_photo_without_a_time_cannot_be_shifted() -> None:
    with pytest.raises(CorrectionError, match="no capture time"):
        correct_bytes(heif([MASTER]), Correction.from_canonical("timestamp-offset-hours=+01:00:00"))


def test_the_offset_alone_can_be_added() -> None:
    result = corrected(heif([MASTER]), CaptureTags(None, None, "+02:00"))
    assert exif_of(items_of(result)[2][1]) == (None, "+02:00")


def test_where_bases_are_used_the_new_place_is_a_base() -> None:
    result = corrected(heif([MASTER, XMP], table=Table(base=4, uses_base=True)))
    table = only(only(result, b"meta")[4:], b"iloc")
    base, extent = number(table, len(table) - 14, 4), number(table, len(table) - 8, 4)
    assert extent == 0
    assert exif_of(result[base:]) == READ
    assert NEW.date_time_original.encode() in result[base:]


@pytest.mark.parametrize("order", [" ".join(names) for names in permutations(("iloc", "iinf", "iref"))])
@pytest.mark.parametrize("references", [0, None])
def test_the_tables_may_be_in_any_order(order: str, references: int | None) -> None:
    file = heif([MASTER, XMP], order=order, reference_version=references)
    result = corrected(file)
    assert exif_of(items_of(result)[4][1]) == READ
    assert items_of(result)[3][1] == XMP.data
    assert references_of(result) == [(b"cdsc", 4, 1)]
    assert corrected(heif([MASTER, NO_ROOM], order=order))
