"""Blocks with little space: a few values move instead of a table, or a maker's filling makes room."""

from struct import pack

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.block_edit import PERIOD
from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    ASCII,
    LITTLE,
    LONG,
    MAKER_NOTE,
    OFFSET_TIME_ORIGINAL,
    RATIONAL,
    TAKEN,
    THUMBNAIL,
    UNDEFINED,
    USER_COMMENT,
    Field,
    Tiff,
    camera_block,
    exif_of,
    long,
    note_of,
    photo,
    short,
    text,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, edit, tags_of
from tests.support.photos.jpegs import segment

MOST = 65_533 - 6
"""The largest block: a segment's length counts itself and the word Exif."""

PATTERN = bytes((at * 7 + 13) % 256 for at in range(PERIOD))
F_NUMBER, LENS = 0x829D, 0xA434


def filled(tiff: Tiff, to: int, pattern: bytes = PATTERN) -> Tiff:
    """Fill a block to a size with a pattern that nothing refers to, as Fujifilm does."""
    room = to - len(tiff.data)
    tiff.put((pattern * (room // len(pattern) + 1))[:room], align=False)
    return tiff


def noise(size: int) -> bytes:
    """Bytes without a period."""
    return bytes((at * at * 31 + at // 251) % 253 + 1 for at in range(size))


def crowded(order: str = LITTLE, **more: bytes) -> Tiff:
    """Return a block of whose Exif IFD rational numbers and texts are the next neighbours."""
    numbers = [Field(F_NUMBER, RATIONAL, pack(order + "II", 28, 10)), text(LENS, "A lens of 35 mm")]
    return camera_block(order, exif=numbers, **more)


@ORDERS
@pytest.mark.parametrize("room", [60, 44])
def test_a_full_block_grows_by_a_few_moved_values(order: str, room: int) -> None:
    before = photo(filled(crowded(order, thumbnail=THUMBNAIL), MOST - room))
    after = corrected(before)
    assert 0 < len(after) - len(before) <= room
    assert tags_of(after) == CHANGES
    old, new = exif_of(before), exif_of(after)
    assert new[OFFSET_TIME_ORIGINAL] == "-05:00"
    assert {tag: new[tag] for tag in (0x829A, F_NUMBER, LENS)} == {tag: old[tag] for tag in (0x829A, F_NUMBER, LENS)}
    assert block_of(after).count(THUMBNAIL) == 1


def test_a_text_that_moves_gets_the_nul_that_a_camera_left_out() -> None:
    tiff = camera_block(exif=[Field(0x9003, ASCII, TAKEN.encode())], taken=None)
    after = corrected(photo(filled(tiff, MOST - 60)))
    assert tags_of(after) == CHANGES
    assert pack("<HHI", 0x9003, ASCII, 20) in block_of(after)


def test_an_ifd_that_shares_bytes_with_a_value_is_not_widened() -> None:
    """Olympus: PrintIM claims the first bytes of the Exif IFD."""
    tiff = camera_block(main=[Field(0xC4A5, UNDEFINED, b"", number=20, offset=0)])
    exif = tiff.long_at(tiff.data.index(pack("<HHI", 0x8769, LONG, 1)) + 8)
    tiff.set_long(tiff.data.index(pack("<HHI", 0xC4A5, UNDEFINED, 20)) + 8, exif - 4)
    before = photo(filled(tiff, MOST - 60))
    after = corrected(before)
    assert len(after) == len(before)
    assert block_of(after)[exif - 4 : exif + 16] == tiff.data[exif - 4 : exif + 16]


def test_a_second_correction_of_such_a_block_is_in_place() -> None:
    once = corrected(photo(filled(crowded(), MOST - 60)))
    again = CHANGES._replace(date_time_original="1999:12:31 23:59:59")
    assert edit(once, again).growth == 0
    assert tags_of(corrected(once, again)) == again


@ORDERS
@pytest.mark.parametrize("room", [0, 3, 20])
def test_where_nothing_else_fits_filling_that_repeats_makes_room(order: str, room: int) -> None:
    before = photo(filled(crowded(order, thumbnail=THUMBNAIL), MOST - room))
    after = corrected(before)
    assert len(after) == len(before)
    assert tags_of(after) == CHANGES
    assert exif_of(after)[LENS] == "A lens of 35 mm"
    assert block_of(after).count(THUMBNAIL) == 1


@pytest.mark.parametrize("room", [0, 20])
def test_other_data_at_the_end_of_a_full_block_is_not_taken_for_filling(room: int) -> None:
    tiff = crowded()
    tiff.put(noise(MOST - room - len(tiff.data)), align=False)
    with pytest.raises(CorruptPhotoError, match="does not fit"):
        corrected(photo(tiff))


def test_filling_that_a_thumbnail_is_part_of_is_left_alone() -> None:
    tiff = crowded()
    ifd1 = tiff.ifd([long(LITTLE, 0x0201, 0), long(LITTLE, 0x0202, 0)])
    tiff.set_long(8 + 2 + 12 * 3, ifd1)
    tiff.set_long(ifd1 + 10, len(tiff.data))
    filled(tiff, MOST)
    tiff.set_long(ifd1 + 22, MOST - tiff.long_at(ifd1 + 10))
    with pytest.raises(CorruptPhotoError, match="does not fit"):
        corrected(photo(tiff))


@pytest.mark.parametrize("gap", [b"", bytes(16)], ids=["bytes of a meaning unknown", "a gap"])
def test_only_plain_values_move_and_only_if_they_fill_the_space(gap: bytes) -> None:
    tiff = Tiff()
    main = tiff.ifd([text(0x010F, "Acme Corporation"), long(LITTLE, 0x8769, 0)])
    kind = ASCII if gap else UNDEFINED
    at = tiff.ifd([Field(0x9003, ASCII, b"", number=20, offset=0), Field(USER_COMMENT, kind, b"", number=16, offset=0)])
    tiff.set_long(main + 2 + 12 + 8, at)
    tiff.put(gap)
    tiff.set_long(at + 2 + 12 + 8, tiff.put(b"a comment of 16\0"))
    tiff.set_long(at + 2 + 8, tiff.put(b"2019:08:17 14:02:33\0"))
    tiff.put(noise(MOST - 49 - len(tiff.data)), align=False)
    with pytest.raises(CorruptPhotoError, match="does not fit"):
        corrected(photo(tiff))


def test_a_value_that_a_maker_note_shares_does_not_move() -> None:
    note = note_of(LITTLE, [(1, LONG, 2, 0), (2, 3, 1, 5)])
    tiff = camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, note), short(LITTLE, 0xA001, 1)])
    shared = tiff.data.index(pack("<II", 1, 250))
    tiff.set_long(tiff.data.index(note) + 10, shared)
    tiff.put(noise(MOST - 60 - len(tiff.data)), align=False)
    with pytest.raises(CorruptPhotoError, match="does not fit"):
        corrected(photo(tiff))


def cut_value(beyond: int) -> Tiff:
    """Return a block with a value that ends a few bytes after it, as Sony, Olympus and Nikon have written."""
    tiff = crowded()
    comment = tiff.ifd([Field(USER_COMMENT, UNDEFINED, b"", number=100, offset=0)])
    tiff.put(bytes(range(1, 31)))
    tiff.set_long(comment + 10, len(tiff.data) + beyond - 100)
    tiff.set_long(8 + 2 + 12 * 3, comment)
    return tiff


def test_a_block_grows_less_than_an_offset_leads_past_its_end() -> None:
    before = photo(cut_value(60))
    after = corrected(before)
    assert 0 < len(after) - len(before) < 60
    assert tags_of(after) == CHANGES


def test_an_offset_that_leads_past_the_end_by_less_than_what_is_needed_refuses_the_growth() -> None:
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(cut_value(20)))


def test_a_pointer_within_a_maker_notes_value_stays_if_no_ifd_is_there() -> None:
    """Sony's W55: a moved maker note claims the end of IFD0, whose pointer leads to the end of the block."""
    rows = [(0xA300 + number, UNDEFINED, 32, 0) for number in range(3)]
    note = b"SONY DSC \0\0\0" + note_of(LITTLE, rows) + bytes(64)
    tiff = camera_block(main=[text(0x010E, "a text")], exif=[Field(MAKER_NOTE, UNDEFINED, note)])
    end, start = 8 + 2 + 12 * 4, tiff.data.index(note)
    for row, place in enumerate((end - 16, start + len(note) - 64, start + len(note) - 32)):
        tiff.set_long(start + 12 + 2 + 12 * row + 8, place)
    tiff.set_long(end, len(tiff.data))
    after = corrected(photo(tiff, segment(0xDB, bytes(65))))
    assert tags_of(after) == CHANGES
    assert tiff.data[end - 16 : end + 16] == block_of(after)[end - 16 : end + 16]
