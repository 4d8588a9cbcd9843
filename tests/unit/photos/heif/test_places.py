"""HEIF photos with Exif data: it changes in place, or moves to the end, and all places follow."""

import pytest

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import box, boxes_of, full_box, kinds_of, only, u
from tests.support.photos.heifs import (
    LAYOUTS,
    MASTER,
    NO_ROOM,
    READ,
    ROOM,
    TABLES,
    XMP,
    Spec,
    Table,
    block,
    corrected,
    exif_item,
    exif_of,
    heif,
    items_in,
    items_of,
    listed_in_movie,
    movie,
)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("table", TABLES)
def test_with_room_the_tags_change_in_place(layout: tuple[bytes, ...], table: Table) -> None:
    file = heif([MASTER, ROOM, XMP], layout, table=table)
    result = corrected(file)
    assert len(result) == len(file)
    assert exif_of(items_of(result)[2][1]) == READ
    assert sum(a != b for a, b in zip(file, result, strict=True)) <= 25


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("table", TABLES)
def test_without_room_exif_data_moves_to_a_new_box_at_the_end(layout: tuple[bytes, ...], table: Table) -> None:
    file = heif([MASTER, NO_ROOM, XMP], layout, table=table)
    result = corrected(file)
    assert exif_of(items_of(result)[2][1]) == READ
    assert items_of(result)[1] == items_of(file)[1]
    assert items_of(result)[3] == items_of(file)[3]
    assert kinds_of(result) == [*kinds_of(file), b"mdat"]
    assert kinds_of(only(result, b"meta")[4:]) == kinds_of(only(file, b"meta")[4:])


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_the_bytes_before_the_header_stay(prefix: bytes) -> None:
    for item in (exif_item(prefix=prefix), exif_item(prefix=prefix, data=block(offset=False))):
        result = items_of(corrected(heif([MASTER, item])))[2][1]
        assert result.startswith(item.data[: 4 + len(prefix)])
        assert exif_of(result) == READ


@pytest.mark.parametrize("start", [b"\0\0\0\x0aExif\0\0", b"\0\0\0\0Exif\0\0", b"Exif\0\0", b""])
def test_writers_who_count_the_offset_wrong_are_understood(start: bytes) -> None:
    file = heif([MASTER, Spec(2, b"Exif", start + block())])
    result = items_of(corrected(file))[2][1]
    assert result.startswith(start)
    assert exif_of(b"\0\0\0\0" + result[len(start) :]) == READ


def test_what_moved_leaves_zeros_behind() -> None:
    file = heif([MASTER, NO_ROOM])
    result = corrected(file)
    place = file.index(NO_ROOM.data)
    assert result[place : place + len(NO_ROOM.data)] == bytes(len(NO_ROOM.data))
    assert b"2020:01:02" not in result


@pytest.mark.parametrize("base", [0, 4])
def test_an_item_in_pieces_stays_in_as_many_pieces(base: int) -> None:
    table = Table(base=base, uses_base=bool(base))
    for data in (block(), block(offset=False)):
        file = heif([MASTER, exif_item(data=data, pieces=3), XMP], table=table)
        result = corrected(file)
        assert exif_of(items_of(result)[2][1]) == READ
        assert only(only(result, b"meta")[4:], b"iloc")[:8] == only(only(file, b"meta")[4:], b"iloc")[:8]


def test_exif_data_inside_meta_changes_there_and_moves_out_of_it_to_grow() -> None:
    for data, length in ((block(), 0), (block(offset=False), 1)):
        file = heif([MASTER, exif_item(data=data, method=1), Spec(3, b"grid", b"tiles!", method=1)])
        result = corrected(file)
        assert exif_of(items_of(result)[2][1]) == READ
        assert items_of(result)[3] == (b"grid", b"tiles!")
        assert (len(result) > len(file)) == bool(length)


def test_an_open_last_box_is_closed_before_something_follows_it() -> None:
    file = heif([MASTER, NO_ROOM], (b"ftyp", b"meta", b"mdat0"))
    sizes = [len(found.body) for found in boxes_of(corrected(file)) if found.kind == b"mdat"]
    assert sizes[0] == len(MASTER.data) + len(NO_ROOM.data)
    assert len(sizes) == 2


@pytest.mark.parametrize("last", [(b"mpvd",), (b"sefd",), (b"mpvd", b"sefd")])
def test_the_video_of_a_motion_photo_and_samsungs_notes_stay_last(last: tuple[bytes, ...]) -> None:
    file = heif([MASTER, NO_ROOM], (b"ftyp", b"mdat", b"meta", *[box(kind, b"\0\0\0\x08last" * 9) for kind in last]))
    result = corrected(file)
    assert kinds_of(result) == [b"ftyp", b"mdat", b"meta", b"mdat", *last]
    assert exif_of(items_of(result)[2][1]) == READ


@pytest.mark.parametrize("rest", [b"\0\0\0\0\0\0\0\0garbage", b"abc", box(b"ftyp", b"mp42") + box(b"moov", b"?" * 40)])
def test_what_follows_the_last_box_stays_after_what_is_new(rest: bytes) -> None:
    result = corrected(heif([MASTER, NO_ROOM]) + rest)
    assert result.endswith(rest)
    assert exif_of(items_of(result.removesuffix(rest))[2][1]) == READ


@pytest.mark.parametrize("wide", [False, True])
def test_the_chunks_of_tracks_follow(wide: bool) -> None:
    samples = box(b"mdat", b"samples")
    tail = box(b"sefd", b"tail")

    def build(places: tuple[int, ...]) -> bytes:
        return heif([MASTER, NO_ROOM], (b"ftyp", b"meta", movie(*places, wide=wide), b"mdat", tail, samples, tail))

    file = build((0, 0))
    file = build((file.index(b"samples"), file.index(b"tail", file.index(b"samples"))))
    result = corrected(file)
    places = _chunks(result, wide=wide)
    assert result[places[0] :].startswith(b"samples")
    assert result[places[1] :].startswith(b"tail")


@pytest.mark.parametrize(("place", "wide"), [(10**6, False), (0xFFFF_FFFF, False), ((1 << 64) - 1, True)])
def test_a_chunk_beyond_the_end_is_refused_where_something_moves(place: int, wide: bool) -> None:
    layout = (b"ftyp", b"meta", movie(place, 700, wide=wide), b"mdat")
    assert corrected(heif([MASTER, ROOM], layout))
    with pytest.raises(CorruptPhotoError, match="beyond its end"):
        corrected(heif([MASTER], layout))


def _chunks(file: bytes, *, wide: bool) -> list[int]:
    body = file
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"co64" if wide else b"stco"):
        body = only(body, kind)
    width = 8 if wide else 4
    return [int.from_bytes(body[at : at + width], "big") for at in range(8, len(body), width)]


@pytest.mark.parametrize("data", [block(), block(offset=False)])
@pytest.mark.parametrize("own", [True, False])
def test_exif_data_that_a_sequence_lists_for_its_track_too_stays_one(data: bytes, own: bool) -> None:
    """Libavif lists the same bytes for the file and for the track; others might list their own."""
    item, second = exif_item(data=data), exif_item(9, data=data)

    def build(exif: int, xmp: int) -> bytes:
        places = (2, b"Exif", exif, len(item.data)), (3, b"mime", xmp, len(XMP.data))
        track = movie(xmp, more=listed_in_movie(*places))
        return heif([MASTER, item, XMP, *([second] if own else [])], (b"ftyp", b"meta", track, b"mdat"))

    file = build(0, 0)
    start = (file.rindex(second.data) if own else file.index(item.data), file.index(XMP.data))
    file = build(*start)
    if own:  # the file's own list does not have the second one
        file = file.replace(b"\0\x09\0\0Exif", b"\0\x09\0\0free")
        with pytest.raises(CorruptPhotoError, match="shares bytes"):
            corrected(file)
        return
    result = corrected(file)
    in_movie = items_in(only(only(result, b"moov"), b"meta"), result)
    assert exif_of(in_movie[2][1]) == READ
    assert in_movie[2] == items_of(result)[2]
    assert in_movie[3] == (b"mime", XMP.data)


def test_exif_data_of_a_track_alone_gets_the_time() -> None:
    def build(exif: int) -> bytes:
        track = movie(max(exif - 16, 0), more=listed_in_movie((2, b"Exif", exif, len(NO_ROOM.data))))
        return heif([MASTER], (b"ftyp", b"meta", track, b"mdat", box(b"mdat", NO_ROOM.data)))

    file = build(0)
    file = build(file.index(NO_ROOM.data))
    result = corrected(file)
    assert exif_of(items_in(only(only(result, b"moov"), b"meta"), result)[2][1]) == READ


def test_both_views_of_a_spatial_photo_get_the_time() -> None:
    items = [MASTER, exif_item(2), Spec(3, b"hvc1", b"right"), exif_item(4, data=block(offset=False))]
    file = heif(items, references=[(b"cdsc", 2, 1), (b"cdsc", 4, 3)])
    result = items_of(corrected(file))
    assert exif_of(result[2][1]) == exif_of(result[4][1]) == READ
    assert result[3] == (b"hvc1", b"right")


def test_a_shot_of_another_time_in_one_file_is_moved_from_its_own_time() -> None:
    other = exif_item(4, data=block(taken=b"2020:01:02 04:00:00"))
    file = heif([MASTER, exif_item(2), Spec(3, b"hvc1", b"second"), other])
    result = items_of(correct_bytes(file, Correction.from_canonical("timestamp-offset-hours=+01:00:00")))
    assert exif_of(result[2][1])[0] == "2020:01:02 04:04:05"
    assert exif_of(result[4][1])[0] == "2020:01:02 05:00:00"


def test_the_tags_are_read_as_found() -> None:
    found = plan_photo(BytesSource(heif([MASTER, ROOM])), NOTHING)
    assert found.before == found.after == CaptureTags("2020:01:02 03:04:05", None, "-05:00")
    assert not found.patches


@pytest.mark.parametrize("data", [block(), block(offset=False)])
def test_references_that_are_the_file_itself_are_followed(data: bytes) -> None:
    links = full_box(b"dref", 0, 0, u(2, 4), full_box(b"url ", 0, 0, b"http://other"), full_box(b"url ", 0, 1))
    items = [MASTER._replace(reference=2), exif_item(data=data, reference=2), XMP]
    file = heif(items, extra=box(b"dinf", links))
    result = corrected(file)
    assert exif_of(items_of(result)[2][1]) == READ
    assert items_of(result)[1] == items_of(file)[1]
