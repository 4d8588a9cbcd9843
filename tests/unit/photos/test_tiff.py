"""TIFF files: the capture tags change, nothing moves, and what was cut off is never given a new meaning."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.check import check_plan
from galleria_storage.photos.plan import NOTHING, Patch, Plan, Texts
from galleria_storage.photos.source import BytesSource, MeteredSource
from galleria_storage.photos.tiff import planner
from tests.support.photos import tiffs
from tests.support.photos.exif_blocks import NEW
from tests.support.photos.tiffs import EXIF_IFD, FRACTION, OFFSET, SUB_IFDS, TIME, TiffBuilder, tables, text

VALUES = {TIME: b"2024:06:15 10:30:45\0", FRACTION: b"25\0", OFFSET: b"+02:00\0"}
FULL = {TIME: text("2020:01:02 03:04:05"), OFFSET: text("-05:00"), FRACTION: text("11")}
TIME_ONLY = {TIME: text("2020:01:02 03:04:05"), 0x927C: (7, b"maker note, with offsets")}


def plan_of(file: bytes, texts: CaptureTags = NEW) -> Plan:
    source = MeteredSource(BytesSource(file))
    plan = planner.plan(source, Texts(texts))
    check_plan(source, plan, planner.plan, planner.parts)
    return plan


def corrected(file: bytes, texts: CaptureTags = NEW) -> bytes:
    return plan_of(file, texts).apply(file)


def pictures(file: bytes) -> list[bytes]:
    main, _, _ = tables(file)
    mark = "little" if file[:2] == b"II" else "big"
    starts, lengths = (
        [int.from_bytes(main[tag][at : at + 4], mark) for at in range(0, len(main[tag]), 4)] for tag in (0x0111, 0x0117)
    )
    return [file[start : start + length] for start, length in zip(starts, lengths, strict=True)]


@pytest.mark.parametrize("mark", "<>")
def test_tags_with_room_are_changed_in_place(mark: str) -> None:
    file = tiffs.photo(FULL, mark=mark)
    result = corrected(file)
    assert len(result) == len(file)
    assert tables(result)[1] == VALUES


@pytest.mark.parametrize("mark", "<>")
@pytest.mark.parametrize("strips", [[b"pixels"], [b"a" * 30, b"b" * 31, b"c" * 7]])
def test_a_plan_that_also_changes_a_note_or_the_picture_is_found_out(mark: str, strips: list[bytes]) -> None:
    file = tiffs.photo(FULL | {0x927C: (7, b"maker note, with offsets")}, mark=mark, strips=strips)
    source = BytesSource(file)
    right = planner.plan(source, Texts(NEW))
    for place in (file.index(b"maker note"), file.index(strips[0])):
        harmful = Plan(source.size, [*right.patches, Patch(place, 1, b"!")], right.before, right.after)
        with pytest.raises(CorruptPhotoError):
            check_plan(source, harmful, planner.plan, planner.parts)


@pytest.mark.parametrize("mark", "<>")
@pytest.mark.parametrize("strips", [[b"pixels"], [b"a" * 30, b"b" * 31, b"c" * 7]])
def test_a_missing_tag_goes_into_a_copy_of_the_exif_ifd(mark: str, strips: list[bytes]) -> None:
    file = tiffs.photo(TIME_ONLY, mark=mark, strips=strips)
    result = corrected(file)
    assert tables(result)[1] == {**VALUES, 0x927C: b"maker note, with offsets"}
    assert pictures(result) == pictures(file)
    assert result.index(b"maker note") == file.index(b"maker note")  # it did not move


@pytest.mark.parametrize("mark", "<>")
def test_a_file_without_exif_gets_an_exif_ifd_and_a_new_ifd0(mark: str) -> None:
    file = tiffs.photo(None, mark=mark, main={0x010F: text("Maker of cameras")})
    main, exif, _ = tables(corrected(file))
    assert exif == VALUES
    assert list(main) == sorted(main)
    assert {tag: value for tag, value in main.items() if tag != EXIF_IFD} == tables(file)[0]
    assert corrected(file).startswith(file[:4])


def test_the_next_page_stays_where_it_is() -> None:
    builder = TiffBuilder()
    page = builder.table({0x010F: text("second page")})
    main = builder.table({0x010F: text("first page")}, following=page)
    result = corrected(builder.file(main))
    assert tables(result)[2] == page
    assert tiffs.read_table(result, page)[0] == {0x010F: b"second page\0"}


def test_the_copy_that_cameras_keep_in_ifd0_follows() -> None:
    file = tiffs.photo(FULL, main={TIME: text("2020:01:02 03:04:05")})
    main, exif, _ = tables(corrected(file))
    assert main[TIME] == exif[TIME] == VALUES[TIME]


def test_a_capture_time_in_ifd0_alone_is_read() -> None:
    file = tiffs.photo(None, main={TIME: text("2020:01:02 03:04:05")})
    assert planner.plan(BytesSource(file), NOTHING).before == CaptureTags("2020:01:02 03:04:05")
    main, exif, _ = tables(corrected(file))
    assert (main[TIME], exif) == (VALUES[TIME], VALUES)


def test_a_value_that_another_tag_shares_is_not_overwritten() -> None:
    builder = TiffBuilder()
    shared = builder.put(b"2020:01:02 03:04:05\0")
    exif = builder.table({TIME: (2, b""), 0x9004: (2, b"")})
    for row in (0, 1):
        place = exif + 2 + 12 * row
        builder.data[place + 4 : place + 12] = (20).to_bytes(4, "little") + shared.to_bytes(4, "little")
    file = builder.file(builder.table({EXIF_IFD: builder.long(exif)}))
    result = tables(corrected(file, CaptureTags(NEW.date_time_original)))[1]
    assert result == {TIME: VALUES[TIME], 0x9004: b"2020:01:02 03:04:05\0"}


def test_a_shared_value_that_says_so_already_stays() -> None:
    builder = TiffBuilder()
    shared = builder.put(VALUES[TIME])
    exif = builder.table({TIME: (2, b""), 0x9004: (2, b"")})
    for row in (0, 1):
        place = exif + 2 + 12 * row
        builder.data[place + 4 : place + 12] = (20).to_bytes(4, "little") + shared.to_bytes(4, "little")
    file = builder.file(builder.table({EXIF_IFD: builder.long(exif)}))
    assert corrected(file, CaptureTags(NEW.date_time_original)) == file


def test_a_shared_value_gets_a_place_of_its_own_once_anything_changes() -> None:
    builder = TiffBuilder()
    builder.put(VALUES[TIME] + VALUES[OFFSET])
    main = builder.table({TIME: (2, b""), OFFSET: (2, b""), 0x4D00: (2, b"")})
    for row, (size, place) in enumerate([(20, 8), (7, 28), (27, 8)]):
        at = main + 2 + 12 * row
        builder.data[at + 4 : at + 12] = size.to_bytes(4, "little") + place.to_bytes(4, "little")
    once = corrected(builder.file(main))
    other = corrected(once, CaptureTags("1999:12:31 23:59:59", "2", "+05:45"))
    assert len(other) == len(once)
    assert corrected(other) == once


def test_the_end_of_the_last_table_is_completed_before_anything_is_added() -> None:
    builder = TiffBuilder()
    file = builder.file(builder.table({0x010F: text("Maker of cameras")}, following=None))
    _, exif, following = tables(corrected(file))
    assert (exif, following) == (VALUES, 0)
    at = int.from_bytes(file[4:8], "little")
    assert tiffs.read_table(corrected(file), at)[1] == 0  # the old copy leads nowhere either


def test_pictures_of_sub_ifds_are_looked_after() -> None:
    builder = TiffBuilder()
    strip = builder.put(b"raw data")
    sub = builder.table({0x0111: builder.long(strip), 0x0117: builder.long(8)})
    main = builder.table({SUB_IFDS: builder.long(sub)})
    assert b"raw data" in corrected(builder.file(main))
    builder.data[sub + 2 + 12 + 8 : sub + 2 + 12 + 12] = (10**6).to_bytes(4, "little")
    with pytest.raises(CorruptPhotoError, match="SubIFD0 lists lies beyond its end"):
        corrected(builder.file(main))


def test_a_picture_that_is_cut_off_may_be_corrected_in_place_only() -> None:
    def cut(exif: Mapping[int, tuple[int, bytes]]) -> bytes:
        builder = TiffBuilder()
        exif_ifd = builder.table(exif)
        fields = {0x0111: builder.long(5000), 0x0117: builder.long(10**6), EXIF_IFD: builder.long(exif_ifd)}
        return builder.file(builder.table(fields))

    assert tables(corrected(cut(FULL)))[1] == VALUES
    with pytest.raises(CorruptPhotoError, match="beyond its end"):
        corrected(cut(TIME_ONLY))


@pytest.mark.parametrize("place", ["IFD1", "Exif IFD"])
def test_a_time_that_is_cut_off_and_stays_would_get_a_new_meaning(place: str) -> None:
    builder = TiffBuilder()
    exif = builder.table(TIME_ONLY if place == "IFD1" else TIME_ONLY | {FRACTION: text("1234567890")})
    page = builder.table({TIME: text("2020:01:02 03:04:05")})
    main = builder.table({EXIF_IFD: builder.long(exif)}, following=page)
    at = page + 2 if place == "IFD1" else exif + 2 + 12 * 2
    builder.data[at + 4 : at + 8] = (5000).to_bytes(4, "little")
    with pytest.raises(CorruptPhotoError, match=f"what its {place} lists lies beyond its end|lies within the {place}"):
        corrected(builder.file(main), CaptureTags("2024:06:15 10:30:45", None, "+02:00"))


@pytest.mark.parametrize("table", ["IFD0", "Exif IFD"])
def test_a_value_that_is_cut_off_hides_the_time_from_readers(table: str) -> None:
    def file(number: int) -> bytes:
        builder = TiffBuilder()
        exif = builder.table(FULL | {0x9286: (7, b"a comment")})
        main = builder.table({0x010F: text("Maker of cameras"), EXIF_IFD: builder.long(exif)})
        at = main + 2 if table == "IFD0" else exif + 2 + 12 * len(FULL)
        builder.data[at + 4 : at + 8] = number.to_bytes(4, "little")
        return builder.file(main)

    assert corrected(file(9))
    with pytest.raises(CorruptPhotoError, match=f"what its {table} lists lies beyond its end"):
        corrected(file(9000))


def test_an_offset_that_is_unset_is_not_a_picture() -> None:
    builder = TiffBuilder(magic=b"U\0")
    file = builder.file(builder.table({0x0111: builder.long(0xFFFF_FFFF), 0x0117: builder.long(0)}))
    assert tables(corrected(file))[1] == VALUES


@pytest.mark.parametrize("magic", [b"U\0", b"RO", b"RS"])
def test_raw_files_with_another_number_in_their_header_are_read_the_same(magic: bytes) -> None:
    assert tables(corrected(tiffs.photo(TIME_ONLY, magic=magic)))[1][TIME] == VALUES[TIME]


@pytest.mark.parametrize("start", [b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0"])
def test_a_bigtiff_is_named(start: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match="BigTIFF"):
        corrected(start + bytes(40))


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0....", b"II*\0"])
def test_another_file_is_refused(start: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        corrected(start)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"II*\0\xff\0\0\0", "would be at byte 255"),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "has 0 entries"),
        (b"II*\0\x08\0\0\0\xff\xff", "65,535 entries"),
        (b"II*\0\x08\0\0\0\x05\0" + bytes(30), "ends within its IFD0"),
    ],
)
def test_a_damaged_table_is_refused_in_words(file: bytes, words: str) -> None:
    with pytest.raises(CorruptPhotoError, match=words):
        corrected(file)


def test_a_pointer_that_is_not_an_offset_is_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="8769 should be the offset of a table"):
        corrected(tiffs.photo(None, main={EXIF_IFD: text("abc")}))


@pytest.mark.parametrize("shift", [0, 10])
@pytest.mark.parametrize("tag", [EXIF_IFD, 0x8825, SUB_IFDS, None])
def test_a_table_within_the_first_one_is_refused(tag: int | None, shift: int) -> None:
    fields = {TIME: text("2020:01:02 03:04:05"), OFFSET: text("-05:00")}
    builder = TiffBuilder()
    start = len(builder.data) + 20 + 8  # the values come first
    led = start + shift  # 10: its count is the value of the first field
    main = builder.table({0x0100: (3, b"\1\0")} | fields | {tag or 0x0101: builder.long(led)}, following=led)
    assert main == start
    with pytest.raises(CorruptPhotoError, match="lies within"):
        corrected(builder.file(main))


@pytest.mark.parametrize("kinds", [[4000], [2, *[4000] * 11]], ids=["the first", "many"])
def test_a_table_in_which_readers_give_up_is_refused(kinds: list[int]) -> None:
    builder = TiffBuilder()
    main = builder.table({0x0100 + number: (3, b"\1\0") for number in range(len(kinds))} | FULL)
    for number, kind in enumerate(kinds):
        builder.data[main + 4 + 12 * number : main + 6 + 12 * number] = kind.to_bytes(2, "little")
    with pytest.raises(CorruptPhotoError, match="types that do not exist"):
        corrected(builder.file(main))


@pytest.mark.parametrize("exif", [None, TIME_ONLY], ids=["IFD0", "Exif IFD"])
def test_a_value_within_its_own_table_would_come_to_light_when_the_table_moves(
    exif: Mapping[int, tuple[int, bytes]] | None,
) -> None:
    builder = TiffBuilder()
    stray = {0x0101: (4, bytes(40))}
    table = builder.table(stray | (exif or {}))
    builder.data[table + 10 : table + 14] = (table - 2).to_bytes(4, "little")
    main = table if exif is None else builder.table({EXIF_IFD: builder.long(table)})
    with pytest.raises(CorruptPhotoError, match="tag 0101 lies within the"):
        corrected(builder.file(main) + bytes(60))


def test_strips_without_lengths_are_refused() -> None:
    builder = TiffBuilder()
    file = builder.file(builder.table({0x0111: builder.long(8, 8), 0x0117: builder.long(1), TIME: text("2020:01:01")}))
    with pytest.raises(CorruptPhotoError, match="2 pieces of a picture and 1 lengths"):
        corrected(file)


class Huge:
    """A TIFF of 100 MB whose tables are at its end, as far as anybody looks."""

    def __init__(self) -> None:
        builder = TiffBuilder()
        self.size = 100_000_000
        builder.data = bytearray(self.size - 4096)
        fields = {0x0111: builder.long(8), 0x0117: builder.long(self.size - 5000)}
        fields[EXIF_IFD] = builder.long(builder.table(TIME_ONLY))
        main = builder.table(fields)
        self.data = builder.file(main).ljust(self.size, b"\0")

    def read(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


def test_a_large_file_whose_tables_are_at_its_end_takes_few_reads() -> None:
    huge = Huge()
    source = MeteredSource(huge, huge.data[: 256 * 1024])
    plan = planner.plan(source, Texts(NEW))
    check_plan(source, plan, planner.plan, planner.parts)
    assert source.reads <= 3


fields_of = st.dictionaries(
    st.integers(0x0100, 0xFFFF).filter(
        lambda tag: tag not in {0x0111, 0x0117, 0x0144, 0x0145, 0x0201, 0x0202, 0x8825, 0x014A, EXIF_IFD, *VALUES}
    ),
    st.tuples(st.just(7), st.binary(min_size=1, max_size=12)),
    max_size=5,
)


@given(fields_of, st.none() | fields_of, st.sets(st.sampled_from([TIME, FRACTION, OFFSET])), st.sampled_from("<>"))
def test_every_other_field_keeps_its_value_and_the_last_correction_wins(
    main: dict[int, tuple[int, bytes]], exif: dict[int, tuple[int, bytes]] | None, held: set[int], mark: str
) -> None:
    if exif is not None:
        exif = {**exif, **{tag: FULL[tag] for tag in held}}
        exif = dict(sorted(exif.items())) or FULL
    file = tiffs.photo(exif, main=main, mark=mark)
    once = corrected(file)
    assert corrected(once) == once
    twice = corrected(corrected(file, CaptureTags("2001:01:01 00:00:00", "987654", "-11:00")))
    for result in (once, twice):
        new_main, new_exif, _ = tables(result)
        assert {tag: new_exif[tag].rstrip(b"\0") for tag in VALUES} == {
            tag: v.rstrip(b"\0") for tag, v in VALUES.items()
        }
        assert {t: v for t, v in new_exif.items() if t not in VALUES} == {
            t: v for t, (_, v) in (exif or {}).items() if t not in VALUES
        }
        assert {t: v for t, v in new_main.items() if t != EXIF_IFD} == {
            t: v for t, v in tables(file)[0].items() if t != EXIF_IFD
        }
        assert pictures(result) == pictures(file)
