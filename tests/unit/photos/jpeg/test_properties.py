"""What holds for every TIFF structure: the tags read back, and all else keeps its meaning, place and bytes."""

from collections import Counter
from struct import pack, unpack_from

from hypothesis import given, settings
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from tests.support.photos.camera_files import (
    ASCII,
    BIG,
    DATE_TIME_DIGITIZED,
    DATE_TIME_ORIGINAL,
    EXIF_POINTER,
    GPS_POINTER,
    LITTLE,
    LONG,
    MAKER_NOTE,
    OFFSET_TIME_ORIGINAL,
    SHORT,
    SIZES,
    SUB_SEC_TIME_ORIGINAL,
    THUMBNAIL_LENGTH,
    THUMBNAIL_OFFSET,
    UNDEFINED,
    XMP,
    Field,
    Tiff,
    exif_segment,
    jpeg,
    long,
    text,
)
from tests.support.photos.corrected import block_of, corrected, tags_of
from tests.support.photos.jpegs import image_data, segments

CAPTURE_TAGS = (DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL, SUB_SEC_TIME_ORIGINAL)
POINTERS = (EXIF_POINTER, GPS_POINTER)

two_digits = st.integers(0, 59).map("{:02}".format)
dates = st.builds("20{}:{}:{} {}:{}:{}".format, *[two_digits] * 6)
offsets = st.builds("{}{}:{}".format, st.sampled_from("+-"), two_digits, two_digits)
pairs = st.builds(CaptureTags, dates, st.none(), offsets)
changes = st.builds(
    CaptureTags,
    dates | st.none(),
    st.text("0123456789", min_size=1, max_size=9) | st.none(),
    offsets | st.none(),
)

fields = st.builds(
    lambda tag, kind, value: Field(tag, kind, value[: len(value) // SIZES[kind] * SIZES[kind]]),
    st.integers(0xC000, 0xCFFF),
    st.sampled_from([ASCII, SHORT, LONG, UNDEFINED]),
    st.binary(max_size=40),
)
found_dates = st.sampled_from(
    [
        [],
        [text(DATE_TIME_ORIGINAL, "2019:08:17 14:02:33")],
        [text(DATE_TIME_ORIGINAL, "    :  :     :  :  ")],
        [Field(DATE_TIME_ORIGINAL, ASCII, b"2019:08:17 14:02:33")],
        [Field(DATE_TIME_ORIGINAL, UNDEFINED, b"2019:08:17 14:02:33\0\0\0")],
        [text(DATE_TIME_ORIGINAL, "2019")],
        [text(DATE_TIME_ORIGINAL, "2019:08:17 14:02:33"), text(OFFSET_TIME_ORIGINAL, "+02:00")],
        [text(DATE_TIME_ORIGINAL, "2019:08:17 14:02:33"), text(SUB_SEC_TIME_ORIGINAL, "42")],
    ]
)


@st.composite
def blocks(draw: st.DrawFn) -> Tiff:
    """Draw a block with IFDs in any order, values shared or not, a maker note, a thumbnail, padding and loose bytes."""
    order = draw(st.sampled_from([LITTLE, BIG]))
    tiff = Tiff(order)
    exif = [*draw(st.lists(fields, max_size=6)), *draw(found_dates)]
    if draw(st.booleans()):
        exif.append(Field(MAKER_NOTE, UNDEFINED, draw(notes(order))))
    shared = draw(st.sampled_from([None, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL]))
    if draw(st.booleans()):
        exif.sort(key=lambda item: item.tag)
    main = [*draw(st.lists(fields, max_size=4)), long(order, EXIF_POINTER, 0)]
    if draw(st.booleans()):
        main.append(long(order, GPS_POINTER, 0))
    ifd0 = tiff.ifd(main)
    tiff.put(draw(st.binary(max_size=30)))
    exif_at = tiff.ifd(exif, following=draw(st.sampled_from([0, None])))
    if shared in [item.tag for item in exif]:
        entry = exif_at + 2 + 12 * [item.tag for item in exif].index(shared)
        copy = bytes(tiff.data[entry + 2 : entry + 12])
        exif_at = tiff.ifd([*_entries_at(tiff, exif_at), Field(DATE_TIME_DIGITIZED, 0, copy)])
        _set_entry(tiff, exif_at + 2 + 12 * len(exif), DATE_TIME_DIGITIZED, copy)
    _point(tiff, ifd0, EXIF_POINTER, exif_at)
    _point(tiff, ifd0, GPS_POINTER, tiff.ifd(draw(st.lists(fields, max_size=3))))
    if draw(st.booleans()):
        thumbnail = b"\xff\xd8" + draw(st.binary(max_size=60)) + b"\xff\xd9"
        ifd1 = tiff.ifd([long(order, THUMBNAIL_OFFSET, 0), long(order, THUMBNAIL_LENGTH, len(thumbnail))])
        tiff.set_long(ifd1 + 10, tiff.put(thumbnail))
        tiff.set_long(ifd0 + 2 + 12 * len(main), ifd1)
    tiff.put(draw(st.binary(max_size=20)), align=False)
    tiff.put(bytes(draw(st.sampled_from([0, 1, 40, 3000]))), align=False)
    return tiff


@st.composite
def notes(draw: st.DrawFn, order: str) -> bytes:
    header = draw(st.sampled_from([b"", b"Acme\0\0", b"OLYMP\0\x01\0", b"Panasonic\0\0\0", b"KDK INFO"]))
    rows = draw(st.lists(st.tuples(st.integers(1, 0x3000), st.sampled_from([2, 3, 4]), st.just(1)), max_size=4))
    entries = b"".join(pack(order + "HHII", *row, 7) for row in rows)
    return header + pack(order + "H", len(rows)) + entries + draw(st.binary(min_size=4, max_size=50))


def _entries_at(tiff: Tiff, at: int) -> list[Field]:
    """Return the entries of an IFD as fields that keep pointing where they point."""
    found = []
    for entry in range(at + 2, at + 2 + 12 * unpack_from(tiff.order + "H", tiff.data, at)[0], 12):
        tag, kind, number, value = unpack_from(tiff.order + "HHII", tiff.data, entry)
        inline = number * SIZES.get(kind, 1) <= 4
        place = {"value": bytes(tiff.data[entry + 8 : entry + 12])} if inline else {"value": b"", "offset": value}
        found.append(Field(tag, kind, number=number, **place))
    return found


def _set_entry(tiff: Tiff, at: int, tag: int, rest: bytes) -> None:
    tiff.data[at : at + 12] = pack(tiff.order + "H", tag) + rest


def _point(tiff: Tiff, ifd: int, tag: int, target: int) -> None:
    for entry in range(ifd + 2, ifd + 2 + 12 * unpack_from(tiff.order + "H", tiff.data, ifd)[0], 12):
        if unpack_from(tiff.order + "H", tiff.data, entry)[0] == tag:
            tiff.set_long(entry + 8, target)


def meaning(block: bytes) -> Counter[tuple[str, int, int, int, bytes]]:
    """Return all that a block says except the capture tags: a simple, independent reader."""
    order = LITTLE if block[:2] == b"II" else BIG
    found: Counter[tuple[str, int, int, int, bytes]] = Counter()

    def visit(name: str, at: int) -> None:
        count = unpack_from(order + "H", block, at)[0]
        tags = {}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number, value = unpack_from(order + "HHII", block, entry)
            size = number * SIZES.get(kind, 1)
            tags[tag] = value
            if tag in POINTERS:
                visit(f"{name}/{tag:04X}", value)
            elif tag not in CAPTURE_TAGS:
                place = entry + 8 if size <= 4 else value
                found[name, tag, kind, number, bytes(block[place : place + size])] += 1
        if THUMBNAIL_OFFSET in tags:
            start = tags[THUMBNAIL_OFFSET]
            found[name, 0, 0, start, bytes(block[start : start + tags[THUMBNAIL_LENGTH]])] += 1
        if name.startswith("IFD"):
            following = unpack_from(order + "I", block, at + 2 + 12 * count)[0]
            if following and name == "IFD0":
                visit("IFD1", following)

    visit("IFD0", unpack_from(order + "I", block, 4)[0])
    return found


def photo_of(tiff: Tiff) -> bytes:
    return jpeg(exif_segment(tiff.data), XMP, trailer=b"a trailer")


@settings(max_examples=150)
@given(blocks(), changes)
def test_the_tags_read_back_and_all_else_keeps_its_meaning(tiff: Tiff, wanted: CaptureTags) -> None:
    before = photo_of(tiff)
    after = corrected(before, wanted)
    found = tags_of(after)
    for new, old, asked in zip(found, tags_of(before), wanted, strict=True):
        assert new == (old if asked is None else asked)
    assert meaning(block_of(after)) == meaning(block_of(before))
    assert image_data(after) == image_data(before)
    assert segments(after)[1:] == segments(before)[1:]


@settings(max_examples=60)
@given(blocks(), changes)
def test_the_maker_note_keeps_its_place(tiff: Tiff, wanted: CaptureTags) -> None:
    note = [row for row in meaning(tiff.data) if row[1] == MAKER_NOTE and len(row[4]) > 4]
    after = block_of(corrected(photo_of(tiff), wanted))
    for row in note:
        at = tiff.data.index(row[4])
        assert after[at : at + len(row[4])] == row[4]


@settings(max_examples=60)
@given(blocks(), changes)
def test_applying_twice_is_applying_once(tiff: Tiff, wanted: CaptureTags) -> None:
    once = corrected(photo_of(tiff), wanted)
    assert corrected(once, wanted) == once


@settings(max_examples=60)
@given(blocks(), pairs, pairs)
def test_a_correction_leaves_no_trace_of_the_one_before(tiff: Tiff, first: CaptureTags, second: CaptureTags) -> None:
    assert corrected(corrected(photo_of(tiff), first), second) == corrected(photo_of(tiff), second)


@settings(max_examples=100)
@given(blocks(), changes, st.integers(1, 300))
def test_a_block_cut_short_is_refused_or_keeps_what_is_left(tiff: Tiff, wanted: CaptureTags, cut: int) -> None:
    del tiff.data[max(len(tiff.data) - cut, 20) :]
    before = photo_of(tiff)
    try:
        after = corrected(before, wanted)
    except CorruptPhotoError:
        return
    for new, asked in zip(tags_of(after), wanted, strict=True):
        assert asked is None or new == asked
    assert image_data(after) == image_data(before)
