"""Canon CR3: the capture tags change in CMT2; where it grows, sizes, chunks and Canon's own list of places follow."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.raw.cr3 import CANON
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import box, number, only, u
from tests.support.photos.damage import damaged, refused_or_corrected_for_good
from tests.support.photos.heifs import NEW, movie

FTYP = box(b"ftyp", b"crx \0\0\0\1crx isom")
XMP = box(b"uuid", bytes(16), b"<x:xmpmeta/>")
PICTURE = b"raw picture"
OTHER = Texts(CaptureTags("1999:12:31 23:59:59", "5", "-11:00"))
TIME, OFFSET, FRACTION, VERSION = 0x9003, 0x9011, 0x9291, 0x9000


class Field(NamedTuple):
    tag: int
    data: bytes
    kind: int = 2


def table(*fields: Field, spare: int = 0, order: str = "little", cut: bool = False) -> bytes:
    """Return a TIFF structure whose first table has these fields, and zeros at its end."""

    def w(value: int, size: int) -> bytes:
        return value.to_bytes(size, "big" if order == "big" else "little")

    at, values, entries = 8 + 2 + 12 * len(fields) + 4, b"", b""
    for tag, data, kind in fields:
        inline = len(data) <= 4
        entries += w(tag, 2) + w(kind, 2) + w(len(data), 4) + (data.ljust(4, b"\0") if inline else w(at, 4))
        values += b"" if inline else data
        at += 0 if inline else len(data)
    if cut:
        values = values[:-1]
    mark = b"MM\0*" if order == "big" else b"II*\0"
    return mark + w(8, 4) + w(len(fields), 2) + entries + w(0, 4) + values + bytes(spare)


def exif(*, offset: bool = True, fraction: bool = True, **form: object) -> bytes:
    fields = [Field(VERSION, b"0231", 7), Field(TIME, b"2020:01:02 03:04:05\0")]
    fields += [Field(OFFSET, b"-05:00\0")] if offset else []
    fields += [Field(0x927C, b"other", 7), *([Field(FRACTION, b"12\0")] if fraction else [])]
    return table(*fields, **form)  # type: ignore[arg-type]


def tags_of(data: bytes) -> dict[int, bytes]:
    """Read the first table without the library."""
    order = "big" if data[:2] == b"MM" else "little"

    def n(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "big" if order == "big" else "little")

    at, found = n(4, 4), {}
    for entry in range(at + 2, at + 2 + 12 * n(at, 2), 12):
        size = n(entry + 4, 4)
        start = entry + 8 if size <= 4 else n(entry + 8, 4)
        assert start + size <= len(data)
        found[n(entry, 2)] = data[start : start + size]
    assert list(found) == sorted(found)
    return found


def texts_of(data: bytes) -> tuple[str, str, str]:
    tags = tags_of(data)
    time, fraction, offset = (tags[tag].rstrip(b"\0").decode() for tag in (TIME, FRACTION, OFFSET))
    return time, fraction, offset


def cr3(data: bytes, *, wide: bool = True) -> bytes:
    """Build a file whose list and chunks name the boxes after `moov` and the picture."""
    places = (0, 0)
    while True:
        records = [(1, places[0], len(XMP)), (2, 0, 0), (3, places[1] - 8, len(PICTURE) + 8)]
        ctbo = box(b"CTBO", u(3, 4), b"".join(u(i, 4) + u(max(at, 0), 8) + u(n, 8) for i, at, n in records))
        inner = box(b"CNCV", b"CanonCR3") + ctbo + box(b"CMT1", b"IFD0") + box(b"CMT2", data) + box(b"CMT3", b"note")
        moov = movie(places[1], places[1] + 4, wide=wide)
        moov = box(b"moov", box(b"uuid", CANON, inner), moov[8:])
        file = FTYP + moov + XMP + box(b"mdat", PICTURE)
        now = (file.index(XMP), file.index(PICTURE))
        if now == places:
            return file
        places = now


def exif_of(file: bytes) -> bytes:
    return only(only(only(file, b"moov"), b"uuid")[16:], b"CMT2")


def check_places(file: bytes, *, wide: bool = True) -> None:
    moov = only(file, b"moov")
    ctbo = only(only(moov, b"uuid")[16:], b"CTBO")
    places = [number(ctbo, 8 + 20 * record, 8) for record in range(3)]
    assert file[places[0] :].startswith(XMP)
    assert places[1] == 0
    assert file[places[2] + 8 :].startswith(PICTURE)
    body = only(only(only(only(moov, b"trak"), b"mdia"), b"minf"), b"stbl")
    chunks, width = only(body, b"co64" if wide else b"stco"), 8 if wide else 4
    assert file[number(chunks, 8, width) :].startswith(PICTURE)
    assert file[number(chunks, 8 + width, width) :].startswith(PICTURE[4:])


@pytest.mark.parametrize("order", ["little", "big"])
def test_with_room_the_tags_change_in_place(order: str) -> None:
    file = cr3(exif(order=order))
    result = correct_bytes(file, OTHER)
    assert len(result) == len(file)
    assert texts_of(exif_of(result)) == ("1999:12:31 23:59:59", "5", "-11:00")
    assert sum(a != b for a, b in zip(file, result, strict=True)) <= 19 + 6 + 3
    check_places(result)


@pytest.mark.parametrize("order", ["little", "big"])
def test_zeros_at_the_end_of_the_structure_are_used_so_that_nothing_moves(order: str) -> None:
    file = cr3(exif(offset=False, spare=100, order=order))
    result = correct_bytes(file, OTHER)
    assert len(result) == len(file)
    assert texts_of(exif_of(result)) == ("1999:12:31 23:59:59", "5", "-11:00")
    assert tags_of(exif_of(result))[0x927C] == b"other"


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("spare", [0, 1, 20])
@pytest.mark.parametrize("order", ["little", "big"])
def test_without_room_the_structure_grows_and_all_places_follow(wide: bool, spare: int, order: str) -> None:
    file = cr3(exif(offset=False, spare=spare, order=order), wide=wide)
    result = correct_bytes(file, OTHER)
    assert len(result) > len(file)
    assert texts_of(exif_of(result)) == ("1999:12:31 23:59:59", "5", "-11:00")
    assert tags_of(exif_of(result))[0x927C] == b"other"
    check_places(result, wide=wide)


def test_a_value_that_something_else_shares_or_that_is_too_short_is_written_again() -> None:
    short = table(Field(TIME, b"2020:01:02\0"), Field(OFFSET, b"-05:00\0"), Field(FRACTION, b"\0"))
    assert texts_of(exif_of(correct_bytes(cr3(short), OTHER))) == ("1999:12:31 23:59:59", "5", "-11:00")
    shared = bytearray(exif())
    own = shared.index(TIME.to_bytes(2, "little")) + 8
    note = shared.index((0x927C).to_bytes(2, "little")) + 8
    shared[note : note + 4] = shared[own : own + 4]
    result = exif_of(correct_bytes(cr3(bytes(shared)), OTHER))
    assert texts_of(result)[0] == "1999:12:31 23:59:59"
    assert tags_of(result)[0x927C] == b"2020:"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"nothing", "TIFF header"),
        (table(Field(TIME, b"2020:01:02 03:04:05\0"), Field(TIME, b"2020:01:02 03:04:06\0")), "twice"),
        (exif(offset=False, fraction=False, cut=True), "cut off"),
        (table() + b"", None),
    ],
)
def test_a_structure_that_is_damaged_is_refused(data: bytes, reason: str | None) -> None:
    if reason is None:
        assert texts_of(exif_of(correct_bytes(cr3(data), OTHER)))[1] == "5"
        return
    with pytest.raises(CorruptPhotoError, match=reason):
        correct_bytes(cr3(data), OTHER)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (FTYP + XMP, "no list of its pictures"),
        (FTYP + movie(1), "missing"),
        (FTYP + box(b"moov", box(b"uuid", CANON, box(b"CMT2", exif()) * 2)), "there twice"),
        (cr3(exif(offset=False)).replace(u(3, 4) + u(1, 4), u(99, 4) + u(1, 4)), "list of its boxes"),
        (cr3(exif(offset=False)) + box(b"moof", b"fragment"), "moof"),
    ],
)
def test_a_file_that_is_damaged_is_refused(file: bytes, reason: str) -> None:
    with pytest.raises(CorruptPhotoError, match=reason):
        plan_photo(BytesSource(file), OTHER, "image/x-canon-cr3")


def test_a_file_that_was_cut_after_its_lists_changes_in_place_only() -> None:
    assert correct_bytes(cr3(exif())[:-3], OTHER).endswith(PICTURE[:-3])
    with pytest.raises(CorruptPhotoError, match="cut off"):
        correct_bytes(cr3(exif(offset=False))[:-3], OTHER)


@pytest.mark.parametrize("place", [10**6, (1 << 64) - 1])
@pytest.mark.parametrize("kind", [b"CTBO", b"co64"])
def test_a_place_beyond_the_end_is_refused_where_something_moves(kind: bytes, place: int) -> None:
    def stray(data: bytes) -> bytes:
        file = cr3(data)
        at = file.index(kind) + (12 if kind == b"CTBO" else 16)
        return file[:at] + place.to_bytes(8, "big") + file[at + 8 :]

    assert correct_bytes(stray(exif()), OTHER)
    with pytest.raises(CorruptPhotoError, match="beyond its end"):
        correct_bytes(stray(exif(offset=False)), OTHER)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    return cr3(
        exif(
            offset=draw(st.booleans()),
            fraction=draw(st.booleans()),
            spare=draw(st.integers(0, 120)),
            order=draw(st.sampled_from(["little", "big"])),
        ),
        wide=draw(st.booleans()),
    )


@given(files())
def test_twice_is_once_and_the_last_word_counts(file: bytes) -> None:
    once = correct_bytes(file, OTHER)
    assert correct_bytes(once, OTHER) == once
    assert texts_of(exif_of(once)) == ("1999:12:31 23:59:59", "5", "-11:00")
    again = correct_bytes(once, Texts(NEW))
    assert len(again) == len(once)
    assert correct_bytes(again, OTHER) == once
    made = plan_photo(BytesSource(file), OTHER)
    assert plan_photo(made.view(BytesSource(file)), NOTHING, "image/x-canon-cr3").before == made.after


@given(files(), st.data())
def test_a_damaged_file_is_refused_or_corrected_for_good(file: bytes, data: st.DataObject) -> None:
    refused_or_corrected_for_good(damaged(data, file, 24), OTHER)
