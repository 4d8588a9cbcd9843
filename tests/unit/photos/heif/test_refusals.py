"""HEIF files that are damaged, contradictory or without room for Exif data: refused with a reason, never harmed."""

import pytest

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.heif import plan
from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import Texts
from galleria_storage.photos.source import BytesSource, MeteredSource
from tests.support.photos.boxes import box, full_box, u
from tests.support.photos.heifs import (
    MASTER,
    NEW,
    NO_ROOM,
    ROOM,
    XMP,
    Spec,
    Table,
    block,
    corrected,
    exif_item,
    exif_of,
    heif,
    items_of,
    movie,
)

FTYP = box(b"ftyp", b"heic", bytes(4), b"mif1")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Spec(2, b"Exif", b"\0\0\0\0II*"), "7 bytes"),
        (Spec(2, b"Exif", b"\0\0\0\0nothing of the kind"), "does not start with a TIFF header"),
        (exif_item(protection=1), "encrypted"),
        (exif_item(reference=1), "another file"),
        (exif_item(method=2), "another item"),
        (exif_item(method=3), "another item"),
    ],
)
def test_exif_data_that_cannot_be_edited_is_refused(item: Spec, reason: str) -> None:
    with pytest.raises(CorruptPhotoError, match=reason):
        corrected(heif([MASTER, item]))


def test_exif_data_that_something_else_shares_is_refused() -> None:
    file = heif([MASTER, ROOM, Spec(3, b"mime", ROOM.data[:8])])
    old = (file.index(ROOM.data) + len(ROOM.data)).to_bytes(4, "big")
    shared = file.replace(old, (file.index(ROOM.data) + 4).to_bytes(4, "big"))
    with pytest.raises(CorruptPhotoError, match="shares bytes"):
        corrected(shared)


def test_exif_data_within_the_tables_is_refused() -> None:
    file = heif([MASTER, ROOM], extra=box(b"uuid", ROOM.data))
    place = file.index(ROOM.data, file.index(b"mdat")).to_bytes(4, "big")
    with pytest.raises(CorruptPhotoError, match="not where data belongs"):
        corrected(file.replace(place, file.index(ROOM.data).to_bytes(4, "big")))


def test_an_item_that_is_listed_twice_or_nowhere_is_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="missing, or there are two"):
        corrected(heif([MASTER, ROOM, exif_item(2)]))


@pytest.mark.parametrize("kind", [b"iinf", b"iloc", b"pitm"])
def test_without_the_tables_the_photo_stays_as_it_is(kind: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match=kind.decode()):
        corrected(heif([MASTER, ROOM]).replace(kind, b"skip"))


@pytest.mark.parametrize("rest", [b"", box(b"mini", bytes(20)), movie(1)])
def test_a_file_without_items_has_no_place_for_exif_data(rest: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match="none of the tables"):
        corrected(FTYP + rest)


@pytest.mark.parametrize("kind", [b"iinf", b"iloc", b"pitm", b"iref", b"idat"])
def test_tables_that_are_there_twice_are_refused(kind: bytes) -> None:
    spare = full_box(kind, 0, 0, bytes(8))
    with pytest.raises(CorruptPhotoError, match="twice"):
        corrected(heif([MASTER, exif_item(method=1)], extra=spare))


def test_two_lists_of_contents_are_refused() -> None:
    with pytest.raises(CorruptPhotoError, match="two tables of contents"):
        corrected(heif([MASTER, ROOM]) + full_box(b"meta", 0, 0))


def test_tables_that_reach_to_the_end_of_the_file_are_left_alone() -> None:
    file = heif([MASTER, ROOM], (b"ftyp", b"mdat", b"meta"))
    size = (len(file) - file.index(b"meta") + 4).to_bytes(4, "big")
    with pytest.raises(UnsupportedFormatError, match="reaches to the end"):
        corrected(file.replace(size + b"meta", bytes(4) + b"meta"))


@pytest.mark.parametrize("cut", [1, 40, len(ROOM.data) + len(MASTER.data)])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(heif([MASTER, ROOM])[:-cut])


@pytest.mark.parametrize("kind", [b"moof", b"sidx", b"mfra"])
def test_offsets_that_cannot_be_adjusted_are_refused_only_where_something_moves(kind: bytes) -> None:
    layout = (b"ftyp", b"meta", b"mdat", box(kind, bytes(8)))
    with pytest.raises(CorruptPhotoError, match=kind.decode()):
        corrected(heif([MASTER, NO_ROOM], layout))
    with pytest.raises(CorruptPhotoError, match=kind.decode()):
        corrected(heif([MASTER], layout))
    assert corrected(heif([MASTER, ROOM], layout))


@pytest.mark.parametrize(
    "movie_box",
    [movie(99, more=box(b"mvex", bytes(8))), movie(99, more=full_box(b"meta", 0, 0)), movie(99, elsewhere=True)],
)
def test_movies_with_offsets_that_cannot_be_adjusted_are_refused(movie_box: bytes) -> None:
    with pytest.raises(CorruptPhotoError, match="offsets of other data cannot be adjusted"):
        corrected(heif([MASTER], (b"ftyp", b"meta", movie_box, b"mdat")))


@pytest.mark.parametrize(
    ("items", "table"),
    [
        ([MASTER, Spec(0xFFFF, b"mime", b"text")], Table()),
        ([MASTER, Spec(0xFFFF, b"mime", b"text")], Table(version=2)),
        ([Spec(1, b"hvc1", b"")], Table(length=0)),
        ([Spec(1, b"hvc1", b"x", method=1)], Table(offset=0)),
    ],
)
def test_numbers_that_do_not_fit_are_refused(items: list[Spec], table: Table) -> None:
    with pytest.raises(CorruptPhotoError, match="no room"):
        corrected(heif(items, table=table))


def test_a_photo_that_is_not_in_its_own_list_is_refused() -> None:
    file = heif([MASTER, XMP])
    primary = file.index(b"pitm") + 8
    with pytest.raises(CorruptPhotoError, match="the photo itself"):
        corrected(file[:primary] + b"\0\x09" + file[primary + 2 :])


def test_an_item_that_reaches_over_the_end_must_not_reach_into_what_is_new() -> None:
    file = heif([MASTER, NO_ROOM, XMP])
    length = (len(XMP.data)).to_bytes(4, "big")
    at = file.rindex(length, 0, file.index(b"iinf"))
    with pytest.raises(CorruptPhotoError, match="shares bytes"):  # found when the result is read back
        corrected(file[:at] + u(5000, 4) + file[at + 4 :])


def test_a_count_that_the_list_does_not_keep_is_refused() -> None:
    file = heif([MASTER, ROOM])
    at = file.index(b"iinf") + 8
    with pytest.raises(CorruptPhotoError, match="lists 2"):
        corrected(file[:at] + b"\0\7" + file[at + 2 :])


class Counting:
    """A source that counts how often it is read."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self._data, self.size, self.reads = data, size or len(data), 0

    def read(self, offset: int, length: int) -> bytes:
        self.reads += 1
        return self._data[offset : offset + length].ljust(min(length, self.size - offset), b"\0")


@pytest.mark.parametrize(
    "file",
    [
        FTYP + box(b"free") * 1_000_000,
        FTYP + full_box(b"meta", 0, 0, box(b"free") * 1_000_000),
        heif([MASTER], (b"ftyp", b"meta", box(b"moov", box(b"trak") * 1_000_000), b"mdat")),
        FTYP + u(1, 4) + b"mdat" + b"\xff" * 8,
        FTYP + u(1, 4) + b"mdat" + u(15, 8),
        FTYP + b"\xff\xff\xff\xffmeta" + bytes(8),
    ],
)
def test_hostile_files_are_refused_after_little_work(file: bytes) -> None:
    source = Counting(file)
    with pytest.raises(CorruptPhotoError):
        plan_photo(source, Texts(NEW), "image/heic")
    assert source.reads < 5_000


def test_boxes_in_boxes_are_followed_only_where_they_belong() -> None:
    nested = b""
    for _ in range(5_000):
        nested = box(b"trak", nested)
    file = heif([MASTER], (b"ftyp", b"meta", box(b"moov", nested), b"mdat"))
    assert nested in corrected(file)


@pytest.mark.parametrize("claim", [0xFFFF, 0x10])
def test_tables_that_claim_more_than_they_hold_are_refused(claim: int) -> None:
    file = heif([MASTER, ROOM])
    at = file.index(b"iloc") + 10
    with pytest.raises(CorruptPhotoError):
        corrected(file[:at] + u(claim, 2) + file[at + 2 :])


@pytest.mark.parametrize("between", [0, 64 * 1024 - 200])
def test_a_large_photo_costs_few_reads(between: int) -> None:
    """Samsung's phones put the tables after the image, the Exif data shortly before them, and a video after them."""
    picture, video = Spec(1, b"hvc1", bytes(3_000_000)), box(b"mpvd", bytes(4_000_000))
    for item in (ROOM, NO_ROOM):
        items = [picture, item, Spec(3, b"mime", bytes(between))]
        file = heif(items, (b"ftyp", b"mdat", b"meta", video, box(b"sefd", bytes(500))))
        source = MeteredSource(BytesSource(file), file[: 256 * 1024])
        result = plan_photo(source, Texts(NEW), "image/heic")
        assert source.reads <= 2
        assert source.bytes_read <= 256 * 1024
        assert exif_of(items_of(result.apply(file))[2][1])[1] == "+02:00"


def test_nothing_can_follow_an_open_box_that_is_longer_than_32_bits_can_say() -> None:
    file = heif([MASTER, NO_ROOM], (b"ftyp", b"meta", b"mdat0"), table=Table(offset=8))
    with pytest.raises(CorruptPhotoError, match="more than its size can say"):
        plan(Counting(file, 5 << 30), Texts(NEW))


def test_exif_data_that_is_too_long_is_refused() -> None:
    long = exif_item(data=block() + bytes(1024 * 1024))
    with pytest.raises(CorruptPhotoError, match="can be edited"):
        correct_bytes(heif([MASTER, long]), Texts(NEW))


def test_items_without_any_piece_are_read() -> None:
    file = heif([Spec(1, b"hvc1", b"", method=1, pieces=1)], table=Table(offset=0, length=0))
    table = file.index(b"iloc")
    empty = file[: table + 18] + b"\0\0" + file[table + 20 :]  # found by fuzzing: no pieces, and fields of no width
    with pytest.raises(CorruptPhotoError, match="no room"):
        corrected(empty)


@pytest.mark.parametrize("items", [[MASTER], [MASTER, NO_ROOM]])
def test_data_that_may_be_in_another_file_is_refused_only_where_something_moves(items: list[Spec]) -> None:
    """Readers ignore the number of the file, and look for the data in this one."""
    elsewhere = Spec(3, b"av01", b"alpha", reference=1)
    with pytest.raises(CorruptPhotoError, match="another file"):
        corrected(heif([*items, elsewhere]))
    assert corrected(heif([MASTER, ROOM, elsewhere]))


def test_data_after_the_last_box_is_refused_where_something_moves() -> None:
    """The header of the box with the data is damaged, so that its bytes look like rubbish after the photo."""
    file = heif([MASTER, XMP], (b"ftyp", b"meta", b"mdat"))
    with pytest.raises(CorruptPhotoError, match="after its last box"):
        corrected(file.replace(b"mdat", b"\xbamda"))
