"""The list of a photo's items (ISO/IEC 14496-12, 8.11.6): read whole, or refused."""

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.heif.structure import MAX_ITEMS, Item, _read_items
from tests.support.photos.boxes import full_box, u

#: Version 1 has no kind; its names and types of content are texts that end with a NUL.
OLD = full_box(b"infe", 1, 0, u(1, 2), u(0, 2))
NEW = full_box(b"infe", 2, 0, u(2, 2), u(5, 2), b"hvc1\0")
WIDE = full_box(b"infe", 3, 0, u(70_000, 4), u(6, 2), b"Exif\0")
ENTRIES = (OLD, NEW, WIDE)
ITEMS = [Item(1, b"", 0, OLD), Item(2, b"hvc1", 5, NEW), Item(70_000, b"Exif", 6, WIDE)]


@pytest.mark.parametrize(("version", "width"), [(0, 2), (1, 4)])
def test_entries_of_each_version_are_read(version: int, width: int) -> None:
    table = u(version, 1) + bytes(3) + u(3, width)
    for first in range(3):  # so that each of them is the last one once
        order = [*range(first, 3), *range(first)]
        assert _read_items(table + b"".join(ENTRIES[n] for n in order)) == [ITEMS[n] for n in order]


def test_a_list_that_is_cut_off_anywhere_is_refused() -> None:
    table = bytes(4) + u(3, 2) + b"".join(ENTRIES)
    for length in range(len(table)):
        with pytest.raises(CorruptPhotoError):
            _read_items(table[:length])


@pytest.mark.parametrize("size", range(8, 16))
def test_an_entry_without_room_for_its_numbers_is_refused(size: int) -> None:
    entry = u(size, 4) + OLD[4:]
    with pytest.raises(CorruptPhotoError, match="the list of its items is cut off"):
        _read_items(bytes(4) + u(3, 2) + entry[:size] + OLD + NEW)


def test_as_many_items_are_read_as_are_allowed_and_no_more() -> None:
    assert len(_read_items(bytes(4) + u(MAX_ITEMS, 2) + NEW * MAX_ITEMS)) == MAX_ITEMS
    with pytest.raises(CorruptPhotoError):
        _read_items(bytes(4) + u(MAX_ITEMS + 1, 2) + NEW * (MAX_ITEMS + 1))
