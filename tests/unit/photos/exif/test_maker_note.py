"""Maker notes stay as they are, except for offsets of previews after the image."""

from struct import pack, unpack

import pytest

from galleria_storage.errors import CorruptPhotoError
from tests.support.photos.camera_files import (
    BIG,
    LITTLE,
    MAKE,
    MAKER_NOTE,
    THUMBNAIL_OFFSET,
    UNDEFINED,
    Field,
    Tiff,
    camera_block,
    exif_segment,
    note_of,
    photo,
    text,
)
from tests.support.photos.corrected import CHANGES, block_of, corrected, tags_of

PREVIEW = b"\xff\xd8 the preview \xff\xd9"


def camera(order: str, make: str, note: bytes) -> Tiff:
    tiff = camera_block(order, [Field(MAKER_NOTE, UNDEFINED, note)])
    at = tiff.data.index(pack(order + "HH", MAKE, 2))
    name = make.encode() + b"\0"
    tiff.data[at : at + 12] = pack(order + "HHII", MAKE, 2, len(name), tiff.put(name))
    return tiff


def with_preview(tiff: Tiff, number_at: int, base: int) -> bytes:
    """Put a preview after the image, and its place (counted from a base in the file) at an offset of the block."""
    place = len(photo(tiff)) - base
    tiff.set_long(number_at, place)
    return photo(tiff, trailer=PREVIEW)


def preview_of(data: bytes, number_at: int, base: int, order: str) -> bytes:
    start = base + int.from_bytes(block_of(data)[number_at : number_at + 4], "little" if order == LITTLE else "big")
    return data[start : start + len(PREVIEW)]


PREVIEW_START = b"\xff\xd8\xff the start of a preview"
HEADER = 12  # the block's offset in the file

MAKERS = {
    "Minolta": ("Minolta Co., Ltd.", b"", 0x0088, 0x0089),
    "Konica Minolta": ("KONICA MINOLTA", b"", 0x0088, 0x0089),
    "Olympus, old": ("OLYMPUS OPTICAL CO.,LTD", b"OLYMP\0\x01\0", 0x1036, 0x1037),
    "Olympus, of its settings": ("OLYMPUS CORPORATION", b"OLYMP\0\x01\0", 0x0101, 0x0102),
    "Casio": ("CASIO COMPUTER CO.,LTD.", b"QVC\0\0\0", 0x0004, 0x0003),
    "Pentax": ("PENTAX Corporation", b"AOC\0MM", 0x0004, 0x0003),
    "Sigma": ("SIGMA", b"SIGMA\0\0\0\x01\0", 0x001A, 0x001B),
}


@pytest.mark.parametrize("order", [LITTLE, BIG], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("maker", MAKERS)
def test_a_preview_after_the_image_is_still_found(maker: str, order: str) -> None:
    make, header, start, length = MAKERS[maker]
    note = note_of(order, sorted([(start, 4, 1, 0), (length, 4, 1, len(PREVIEW))]), header)
    tiff = camera(order, make, note)
    at = tiff.data.index(pack(order + "HHI", start, 4, 1)) + 8
    before = with_preview(tiff, at, HEADER)
    assert preview_of(before, at, HEADER, order) == PREVIEW
    after = corrected(before)
    assert tags_of(after) == CHANGES
    assert preview_of(after, at, HEADER, order) == PREVIEW


def test_a_preview_in_a_note_with_offsets_of_its_own_is_still_found() -> None:
    note = note_of(LITTLE, [(0x1036, 4, 1, 0), (0x1037, 4, 1, len(PREVIEW))], b"OLYMPUS\0II\x03\0")
    tiff = camera(BIG, "OLYMPUS IMAGING CORP.", note)
    base = HEADER + tiff.data.index(note)
    tiff.order = LITTLE
    at = tiff.data.index(pack("<HHI", 0x1036, 4, 1)) + 8
    before = with_preview(tiff, at, base)
    assert preview_of(corrected(before), at, base, LITTLE) == PREVIEW


def test_the_preview_of_a_canon_is_still_found() -> None:
    note = note_of(LITTLE, [(0x00B6, 4, 12, 0)]) + pack("<6I", 48, 2, len(PREVIEW), 1536, 1024, 0) + bytes(24)
    tiff = camera(LITTLE, "Canon", note)
    info = tiff.data.index(pack("<3I", 48, 2, len(PREVIEW)))
    tiff.set_long(tiff.data.index(pack("<HHI", 0x00B6, 4, 12)) + 8, info)
    before = with_preview(tiff, info + 20, HEADER)
    assert preview_of(corrected(before), info + 20, HEADER, LITTLE) == PREVIEW


def test_the_hidden_data_of_a_sony_is_still_found() -> None:
    note = note_of(LITTLE, [(0x2044, 4, 2, 0)], b"SONY DSC \0\0\0")
    tiff = camera(LITTLE, "SONY", note)
    at = tiff.put(pack("<II", 0, len(PREVIEW)))
    tiff.set_long(tiff.data.index(pack("<HHI", 0x2044, 4, 2)) + 8, at)
    before = with_preview(tiff, at, HEADER)
    assert preview_of(before, at, HEADER, LITTLE) == PREVIEW
    assert preview_of(corrected(before), at, HEADER, LITTLE) == PREVIEW


def test_hidden_data_of_a_sony_in_the_block_stays_as_it_is() -> None:
    note = note_of(LITTLE, [(0x2044, 4, 2, 0)], b"SONY DSC \0\0\0")
    tiff = camera(LITTLE, "SONY", note)
    hidden = tiff.put(PREVIEW)
    at = tiff.put(told := pack("<II", hidden, len(PREVIEW)))
    tiff.set_long(tiff.data.index(pack("<HHI", 0x2044, 4, 2)) + 8, at)
    assert block_of(corrected(photo(tiff)))[hidden : at + 8] == PREVIEW.ljust(at - hidden, b"\0") + told


def test_the_preview_of_a_samsung_stmn_note_counts_from_the_start_of_the_file() -> None:
    tiff = camera(LITTLE, "Samsung Techwin", b"STMN100\0" + pack("<2I", 0, len(PREVIEW)) + bytes(100))
    at = tiff.data.index(b"STMN") + 8
    before = with_preview(tiff, at, 0)
    assert preview_of(corrected(before), at, 0, LITTLE) == PREVIEW


@pytest.mark.parametrize("order", [LITTLE, BIG], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("header", [b"Ricoh\0\0\0", b"      \0\0"])
def test_the_preview_of_a_ricoh_whose_place_has_two_bytes_is_still_found(header: bytes, order: str) -> None:
    info = pack(order + "28sHH", b"image info", 0, len(PREVIEW)) + bytes(20)
    tiff = camera(order, "RICOH", note_of(order, [(0x1001, UNDEFINED, len(info), 0)], header) + info)
    at = tiff.data.index(b"image info")
    tiff.set_long(tiff.data.index(pack(order + "HHI", 0x1001, UNDEFINED, len(info))) + 8, at)
    place = len(photo(tiff)) - HEADER
    tiff.data[at + 28 : at + 30] = pack(order + "H", place)
    after = corrected(photo(tiff, trailer=PREVIEW))
    (moved,) = unpack(order + "H", block_of(after)[at + 28 : at + 30])
    assert after[HEADER + moved : HEADER + moved + len(PREVIEW)] == PREVIEW
    tiff.data[at + 28 : at + 30] = b"\xff\xff"
    with pytest.raises(CorruptPhotoError, match="64 KiB"):
        corrected(photo(tiff, trailer=PREVIEW))


def test_what_follows_a_short_image_info_of_a_ricoh_is_no_preview() -> None:
    info = pack("<10s18xHH", b"image info", 0xFFFF, len(PREVIEW)) + bytes(20)
    note = note_of(LITTLE, [(0x1001, UNDEFINED, 10, 0)], b"Ricoh\0\0\0") + info
    tiff = camera(LITTLE, "RICOH", note)
    at = tiff.data.index(b"image info")
    tiff.set_long(tiff.data.index(pack("<HHI", 0x1001, UNDEFINED, 10)) + 8, at)
    assert block_of(corrected(photo(tiff)))[at : at + len(info)] == info


def test_a_preview_stored_as_a_value_after_the_image_is_still_found() -> None:
    note = note_of(
        LITTLE, [(0xB000, 1, 4, 3), (0x2001, UNDEFINED, len(PREVIEW), 0), (0x9050, 7, 8, 0)], b"SONY DSC \0\0\0"
    )
    tiff = camera(LITTLE, "SONY", note + b"8 bytes.")
    tiff.set_long(tiff.data.index(pack("<HHI", 0x9050, 7, 8)) + 8, tiff.data.index(b"8 bytes."))
    at = tiff.data.index(pack("<HHI", 0x2001, UNDEFINED, len(PREVIEW))) + 8
    before = with_preview(tiff, at, HEADER)
    assert preview_of(corrected(before), at, HEADER, LITTLE) == PREVIEW


def unchanged(note: bytes, tiff: Tiff) -> bool:
    at = tiff.data.index(note)
    return block_of(corrected(photo(tiff)))[at : at + len(note)] == note


@pytest.mark.parametrize("start", [PREVIEW_START, b"no picture at all"])
def test_a_preview_that_reaches_over_the_end_of_the_block_reads_the_same_from_the_file(start: bytes) -> None:
    note = note_of(LITTLE, [(0x0088, 4, 1, 0), (0x0089, 4, 1, len(start) + 10)])
    tiff = camera(LITTLE, "Minolta Co., Ltd.", note)
    at = tiff.put(start)
    tiff.set_long(tiff.data.index(pack("<HHI", 0x0088, 4, 1)) + 8, at)
    comment = b"\xff\xfe\0\x20" + bytes(range(30))
    before = photo(tiff, comment)
    after = corrected(before)
    reached = slice(HEADER + at, HEADER + at + len(start) + 10)
    assert (after[reached] == before[reached]) == (start == PREVIEW_START)
    assert tags_of(after) == CHANGES


def test_a_preview_stored_as_a_value_may_not_be_torn_in_two() -> None:
    rows = [(0x2000, UNDEFINED, 0, 0), *((tag, 2, 8, 0) for tag in range(0x3000, 0x3005))]
    note = note_of(BIG, rows, b"QVC\0\0\0") + b"A value." * 5
    tiff = camera(BIG, "CASIO COMPUTER CO.,LTD", note)
    values = tiff.data.index(b"A value.")
    for number, (tag, kind, count, _) in enumerate(rows[1:]):
        tiff.set_long(tiff.data.index(pack(">HHI", tag, kind, count)) + 8, values + 8 * number)
    at = tiff.data.index(pack(">HHI", 0x2000, UNDEFINED, 0))
    tiff.set_long(at + 8, tiff.put(PREVIEW_START))
    tiff.set_long(at + 4, 50_000)
    with pytest.raises(CorruptPhotoError, match="extends past the end"):
        corrected(photo(tiff))


@pytest.mark.parametrize(
    ("make", "footer", "refused"),
    [("Canon", b"", True), ("Canon", b"II*\0\x10\0\0\0", False), ("Acme", b"", False), ("SONY", b"12345678", True)],
)
def test_a_value_of_a_note_that_was_moved_may_not_come_to_life(make: str, footer: bytes, refused: bool) -> None:
    """ExifTool mends the offsets of some makers' notes, and of Canon's if they end with their own place."""
    rows = [(tag, 2, 20, 400_000 + 20 * tag) for tag in range(1, 8)]
    note = note_of(LITTLE, [*rows, (9, 2, 20, 0)]) + footer
    tiff = camera(LITTLE, make, note)
    tiff.set_long(tiff.data.index(pack("<HHI", 9, 2, 20)) + 8, len(tiff.data) + 6)
    if refused:
        with pytest.raises(CorruptPhotoError, match="cut off"):
            corrected(photo(tiff))
    else:
        assert tags_of(corrected(photo(tiff))) == CHANGES


@pytest.mark.parametrize("moved", [-900, 40_000, 1_000_000])
@pytest.mark.parametrize("make", ["CASIO COMPUTER CO.,LTD", "Asahi Optical Co.,Ltd"])
def test_a_preview_is_still_found_if_the_note_was_moved_without_its_offsets(make: str, moved: int) -> None:
    """Those of a note that was moved forward by more than their value are negative, and written as beyond 2 GiB."""
    rows = [(0x2000, UNDEFINED, len(PREVIEW), 0), *((tag, 2, 8, 0) for tag in range(0x3000, 0x3005))]
    note = note_of(BIG, rows, b"QVC\0\0\0") + b"A value." * 5
    tiff = camera(BIG, make, note)
    values = tiff.data.index(b"A value.")
    for number, (tag, kind, count, _) in enumerate(rows[1:]):
        at = tiff.data.index(pack(">HHI", tag, kind, count)) + 8
        tiff.set_long(at, (values + 8 * number - moved) % (1 << 32))
    at = tiff.data.index(pack(">HHI", 0x2000, UNDEFINED, len(PREVIEW))) + 8
    place = len(photo(tiff)) - HEADER
    tiff.set_long(at, (place - moved) % (1 << 32))
    before = photo(tiff, trailer=PREVIEW)
    after = corrected(before)
    start = HEADER + (int.from_bytes(block_of(after)[at : at + 4], "big") + moved) % (1 << 32)
    assert after[start : start + len(PREVIEW)] == PREVIEW


@pytest.mark.parametrize("size", [20, 90, 100_000])
def test_a_preview_is_still_found_if_the_note_has_a_wrong_length(size: int) -> None:
    rows = [(0x2000, UNDEFINED, len(PREVIEW), 0), *((tag, 2, 8, 0) for tag in range(0x3000, 0x3005))]
    note = note_of(BIG, rows, b"QVC\0\0\0") + b"A value." * 5
    tiff = camera(BIG, "CASIO COMPUTER CO.,LTD", note)
    values = tiff.data.index(b"A value.")
    for number, (tag, kind, count, _) in enumerate(rows[1:]):
        tiff.set_long(tiff.data.index(pack(">HHI", tag, kind, count)) + 8, values + 8 * number)
    tiff.set_long(tiff.data.index(pack(">HHI", MAKER_NOTE, UNDEFINED, len(note))) + 4, min(size, len(note) + 1))
    at = tiff.data.index(pack(">HHI", 0x2000, UNDEFINED, len(PREVIEW))) + 8
    before = with_preview(tiff, at, HEADER)
    assert preview_of(corrected(before), at, HEADER, BIG) == PREVIEW


def test_a_preview_whose_offset_would_be_within_the_thumbnail_is_not_followed() -> None:
    note = note_of(LITTLE, [(0x0088, 4, 1, 90_000), (0x0089, 4, 1, 500)])
    tiff = camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, note)], thumbnail=b"\xff\xd8\xff")
    tiff.data[:] = tiff.data.replace(b"Acme\0", b"SONY\0")
    thumbnail = tiff.data.index(pack("<HHI", THUMBNAIL_OFFSET, 4, 1)) + 8
    tiff.set_long(thumbnail, tiff.data.index(note))
    tiff.set_long(thumbnail + 12, len(note))
    with pytest.raises(CorruptPhotoError, match="within other data"):
        corrected(photo(tiff))


def test_a_preview_that_would_start_in_a_segment_which_changes_is_refused() -> None:
    note = note_of(LITTLE, [(0x0088, 4, 1, 0), (0x0089, 4, 1, 500)])
    tiff = camera(LITTLE, "Minolta Co., Ltd.", note)
    tiff.set_long(tiff.data.index(pack("<HHI", 0x0088, 4, 1)) + 8, len(tiff.data) + 12)
    with pytest.raises(CorruptPhotoError, match="other image data"):
        corrected(photo(tiff, exif_segment(camera_block().data)))


def test_a_preview_in_the_note_stays_where_it_is() -> None:
    note = note_of(LITTLE, [(0x0088, 4, 1, 200), (0x0089, 4, 1, len(PREVIEW))]) + PREVIEW
    assert unchanged(note, camera(LITTLE, "Minolta Co., Ltd.", note))


def test_a_preview_of_no_length_stays_as_it_is() -> None:
    note = note_of(LITTLE, [(0x0088, 4, 1, 900_000), (0x0089, 4, 1, 0)])
    assert unchanged(note, camera(LITTLE, "Minolta Co., Ltd.", note))


def test_the_same_tags_of_another_maker_stay_as_they_are() -> None:
    note = note_of(LITTLE, [(0x0088, 4, 1, 900_000), (0x0089, 4, 1, 10)])
    assert unchanged(note, camera(LITTLE, "Acme", note))


@pytest.mark.parametrize("kind", [2, 3, 7, 1])
def test_what_is_not_an_offset_by_its_type_stays_as_it_is(kind: int) -> None:
    number = {3: 2}.get(kind, 4)
    note = note_of(LITTLE, [(0x001A, kind, number, 0x4C41_5541), (0x001B, 4, 1, 100)], b"SIGMA\0\0\0\x01\0")
    assert unchanged(note, camera(LITTLE, "SIGMA", note))


def test_a_note_that_was_moved_without_its_offsets_stays_as_it_is() -> None:
    rows = [(tag, 2, 20, 400_000 + 20 * tag) for tag in range(1, 8)]
    note = note_of(LITTLE, rows)
    assert unchanged(note, camera(LITTLE, "Canon", note))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\0" * 8,
        b"KDK INFO" + bytes(90),
        b"Nikon\0\x02",
        b"FUJIFILM\xff\xff\xff\xff",
        b"STMN",
        b"OLYMPUS\0II",
        bytes(7),
    ],
)
def test_a_note_of_no_known_form_stays_as_it_is(note: bytes) -> None:
    tiff = camera_block(exif=[Field(MAKER_NOTE, UNDEFINED, note)])
    assert tags_of(corrected(photo(tiff))) == CHANGES


def test_a_sony_value_under_the_tag_of_an_olympus_ifd_is_not_an_ifd() -> None:
    # As a Sony SLT-A77 writes it: ten bytes under 0x2020 that could be read as an IFD of one entry, the next tag's
    # value behind them. What looks like an offset there changed when the block grew.
    like_an_ifd = pack("<HHHI", 1, 0, 10, 10)
    value = pack("<IBBBB", 0x0123_0000, 1, 1, 1, 0) + bytes(18)
    header = b"SONY DSC \0\0\0"
    note = note_of(LITTLE, [(0x2020, 1, 10, 0), (0x2022, 1, 26, 0)], header) + like_an_ifd + value
    tiff = camera(LITTLE, "SONY", note)
    for tag, content in ((0x2020, like_an_ifd), (0x2022, value)):
        entry = tiff.data.index(pack("<HH", tag, 1))
        tiff.set_long(entry + 8, tiff.data.index(content, entry))
    before = photo(tiff)
    assert block_of(corrected(before)).count(value) == 1


def test_the_make_of_a_camera_may_be_missing() -> None:
    tiff = Tiff()
    at = tiff.ifd([Field(0x8769, 4, bytes(4))])
    tiff.set_long(
        at + 10, tiff.ifd([Field(MAKER_NOTE, UNDEFINED, note_of(LITTLE, [(0x0207, 3, 1, 5)])), text(0x9286, "x")])
    )
    assert tags_of(corrected(photo(tiff))) == CHANGES
