"""Images and IFDs that TIFF allows and Exif does not ask for stay whole, or the photo is refused."""

from struct import pack

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif import tiff_images
from galleria_storage.photos.exif.ifd import BIG as BIG_ENDIAN
from galleria_storage.photos.exif.ifd import LITTLE as LITTLE_ENDIAN
from galleria_storage.photos.exif.ifd import read_ifd
from galleria_storage.photos.exif.tiff import TiffBlock
from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    ASCII,
    BYTE,
    DATE_TIME_ORIGINAL,
    GPS_POINTER,
    LITTLE,
    LONG,
    OFFSET_TIME_ORIGINAL,
    SHORT,
    TAKEN,
    THUMBNAIL_LENGTH,
    THUMBNAIL_OFFSET,
    UNDEFINED,
    Field,
    Tiff,
    camera_block,
    long,
    photo,
    short,
    text,
)
from tests.support.photos.corrected import CHANGES, ONLY_DATE, block_of, corrected, edit, tags_of

STRIP_OFFSETS, STRIP_LENGTHS, SUB_IFDS = 0x0111, 0x0117, 0x014A
DARK = b"\x80" * 300 + bytes(4500)


def with_ifd1(order: str, fields: list[Field], *, exif: list[Field] | None = None) -> Tiff:
    """Return a camera's block with another IFD1 at its end."""
    tiff = camera_block(order, exif or [])
    pointer = tiff.data.index(pack(order + "HHI", 0x8769, LONG, 1)) + 12
    tiff.set_long(pointer, tiff.ifd(fields))
    return tiff


def numbers(order: str, kind: int, *values: int) -> bytes:
    return b"".join(pack(order + {BYTE: "B", SHORT: "H", LONG: "I"}[kind], value) for value in values)


@ORDERS
@pytest.mark.parametrize("kind", [SHORT, LONG])
@pytest.mark.parametrize("strips", [1, 2, 5])
def test_the_black_end_of_an_uncompressed_thumbnail_is_not_padding(order: str, kind: int, strips: int) -> None:
    def block(first: int) -> Tiff:
        size = len(DARK) // strips
        starts = [first + number * size for number in range(strips)]
        return with_ifd1(
            order,
            [
                Field(STRIP_OFFSETS, LONG, numbers(order, LONG, *starts)),
                Field(STRIP_LENGTHS, kind, numbers(order, kind, *[size] * strips)),
            ],
        )

    tiff = block(len(block(0).data))
    tiff.put(DARK, align=False)
    assert edit(photo(tiff)).growth > 0
    assert block_of(corrected(photo(tiff)))[len(tiff.data) - len(DARK) : len(tiff.data)] == DARK


@ORDERS
@pytest.mark.parametrize("kind", [BYTE, SHORT, UNDEFINED])
def test_a_thumbnail_whose_offset_has_a_type_of_its_own_is_not_changed(order: str, kind: int) -> None:
    value = pack(order + ("H" if kind == SHORT else "B"), 30)
    fields = [Field(THUMBNAIL_OFFSET, kind, value), long(order, THUMBNAIL_LENGTH, 300)]
    in_place = [text(OFFSET_TIME_ORIGINAL, "+00:00")]
    for exif in ([], in_place):
        with pytest.raises(CorruptPhotoError, match="thumbnail"):
            corrected(photo(with_ifd1(order, fields, exif=exif)))


@ORDERS
@pytest.mark.parametrize("tag", [STRIP_OFFSETS, THUMBNAIL_OFFSET])
def test_an_image_after_the_block_that_could_not_follow_is_refused(order: str, tag: int) -> None:
    lengths = {STRIP_OFFSETS: STRIP_LENGTHS, THUMBNAIL_OFFSET: THUMBNAIL_LENGTH}
    tiff = with_ifd1(order, [short(order, tag, 20_000), long(order, lengths[tag], 40)])
    with pytest.raises(CorruptPhotoError, match="would be lost"):
        corrected(photo(tiff))
    nothing = with_ifd1(order, [short(order, tag, 20_000), long(order, lengths[tag], 0)])
    assert tags_of(corrected(photo(nothing))) == CHANGES


@ORDERS
def test_strips_that_the_main_image_had_before_it_became_a_jpeg_are_not_an_obstacle(order: str) -> None:
    strips = [Field(tag, LONG, numbers(order, LONG, *[90_000] * 3)) for tag in (STRIP_OFFSETS, STRIP_LENGTHS)]
    assert tags_of(corrected(photo(camera_block(order, main=strips)))) == CHANGES


def with_sub_ifd(order: str, fields: list[Field], at: int | None = None) -> Tiff:
    tiff = camera_block(order, main=[long(order, SUB_IFDS, 0)])
    pointer = tiff.data.index(pack(order + "HHI", SUB_IFDS, LONG, 1)) + 8
    tiff.set_long(pointer, tiff.ifd(fields) if at is None else at)
    return tiff


@ORDERS
def test_a_sub_ifd_within_the_block_is_not_an_obstacle(order: str) -> None:
    image = b"\xff\xd8 image"
    fields = [long(order, THUMBNAIL_OFFSET, 8), long(order, THUMBNAIL_LENGTH, len(image)), text(0x010E, "an image")]
    tiff = with_sub_ifd(order, fields)
    block = block_of(corrected(photo(tiff)))
    assert len(block) > len(tiff.data)
    assert tags_of(corrected(photo(with_sub_ifd(order, [], at=0)))) == CHANGES


@ORDERS
@pytest.mark.parametrize("beyond", [-1, 0, 2, 30, 50_000])
def test_a_sub_ifd_that_is_not_within_the_block_stops_it_from_growing(order: str, beyond: int) -> None:
    size = len(with_sub_ifd(order, [], at=0).data)
    with pytest.raises(CorruptPhotoError):
        corrected(photo(with_sub_ifd(order, [], at=size + beyond)))


@ORDERS
def test_a_sub_ifd_whose_image_is_after_the_block_stops_it_from_growing(order: str) -> None:
    fields = [long(order, THUMBNAIL_OFFSET, 30_000), long(order, THUMBNAIL_LENGTH, 300)]
    with pytest.raises(CorruptPhotoError, match="would be lost"):
        corrected(photo(with_sub_ifd(order, fields)))


def test_a_sub_ifd_that_is_the_exif_ifd_too_stops_that_from_moving() -> None:
    tiff = camera_block(main=[long(LITTLE, SUB_IFDS, 0)])
    at = int.from_bytes(tiff.data[(entry := tiff.data.index(pack("<HHI", 0x8769, LONG, 1)) + 8) : entry + 4], "little")
    tiff.set_long(tiff.data.index(pack("<HHI", SUB_IFDS, LONG, 1)) + 8, at)
    with pytest.raises(CorruptPhotoError, match="would be lost"):
        corrected(photo(tiff))


@ORDERS
@pytest.mark.parametrize("behind", [1, 3])
def test_an_ifd_with_an_odd_number_of_bytes_after_it_may_not_come_to_life(order: str, behind: int) -> None:
    """Some readers take an IFD for damaged that ends one or three bytes before the block, and read it if it grows."""
    tiff = with_ifd1(order, [short(order, 0x0112, 1)])
    del tiff.data[-4:]
    tiff.put(bytes(behind), align=False)
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(tiff))


@ORDERS
def test_an_ifd_of_whose_count_one_byte_is_left_may_not_get_another(order: str) -> None:
    tiff = camera_block(order, main=[long(order, GPS_POINTER, 0)])
    tiff.set_long(tiff.data.index(pack(order + "HHI", GPS_POINTER, LONG, 1)) + 8, len(tiff.data))
    tiff.put(b"\1", align=False)
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(tiff))


@ORDERS
@pytest.mark.parametrize("left", range(2, 14))
def test_an_ifd_with_a_count_and_not_all_of_its_entries_may_not_get_the_rest(order: str, left: int) -> None:
    tiff = camera_block(order, main=[long(order, GPS_POINTER, 0)])
    tiff.set_long(tiff.data.index(pack(order + "HHI", GPS_POINTER, LONG, 1)) + 8, len(tiff.data))
    tiff.put((pack(order + "H", 1) + bytes(12))[:left], align=False)
    with pytest.raises(CorruptPhotoError, match="cut off"):
        corrected(photo(tiff))


@ORDERS
def test_the_tags_of_a_gps_ifd_are_numbered_for_themselves(order: str) -> None:
    fields = [long(order, 0x8769, 70_000), text(DATE_TIME_ORIGINAL, TAKEN), text(OFFSET_TIME_ORIGINAL, "+00:00")]
    gps = Tiff(order)
    gps.ifd(fields)
    tiff = camera_block(order, main=[long(order, GPS_POINTER, 0)])
    at = tiff.ifd(fields)
    tiff.set_long(tiff.data.index(pack(order + "HHI", GPS_POINTER, LONG, 1)) + 8, at)
    block = block_of(corrected(photo(tiff)))
    assert block[at : len(tiff.data)] == tiff.data[at:]
    assert tags_of(corrected(photo(tiff))) == CHANGES


@ORDERS
def test_tags_of_the_gps_ifd_follow_neither_the_exif_ifd_nor_an_image(order: str) -> None:
    tiff = camera_block(order, main=[long(order, GPS_POINTER, 0)])
    exif_at = tiff.long_at(tiff.data.index(pack(order + "HHI", 0x8769, LONG, 1)) + 8)
    at = tiff.ifd([long(order, 0x0201, 70_000), long(order, 0x0202, 50), long(order, 0x8769, exif_at)])
    tiff.set_long(tiff.data.index(pack(order + "HHI", GPS_POINTER, LONG, 1)) + 8, at)
    assert block_of(corrected(photo(tiff)))[at : len(tiff.data)] == tiff.data[at:]


@ORDERS
@pytest.mark.parametrize("kind", [ASCII, UNDEFINED])
def test_a_pointer_of_a_type_that_nobody_follows_is_not_an_obstacle(order: str, kind: int) -> None:
    tiff = camera_block(order, main=[Field(GPS_POINTER, kind, b"no pointer at all\0")])
    assert tags_of(corrected(photo(tiff))) == CHANGES


@pytest.mark.parametrize("kind", [1, 7, 129])
def test_a_capture_time_of_another_type_becomes_ascii(kind: int) -> None:
    tiff = camera_block(taken=None, exif=[Field(DATE_TIME_ORIGINAL, kind, TAKEN.encode() + b"\0", number=20)])
    block = block_of(corrected(photo(tiff), ONLY_DATE))
    assert pack("<HHI", DATE_TIME_ORIGINAL, ASCII, 20) in block


@pytest.mark.parametrize("tag", [0x0111, 0x0117, 0x0144, 0x0145])
def test_offsets_or_lengths_of_an_image_alone_say_nothing(tag: int) -> None:
    after = corrected(photo(camera_block(exif=[long(LITTLE, tag, 500)])))
    assert tags_of(after) == CHANGES


@ORDERS
@pytest.mark.parametrize(("count", "cut", "found"), [(3, 0, 3), (3, 1, 0), (4096, 0, 4096), (4097, 0, 0)])
def test_numbers_are_read_if_all_of_them_are_there_and_not_too_many(
    order: str, count: int, cut: int, found: int
) -> None:
    tiff = Tiff(order)
    at = tiff.ifd([Field(STRIP_OFFSETS, LONG, numbers(order, LONG, *range(count)))])
    data = bytes(tiff.data)
    block = TiffBlock(data, LITTLE_ENDIAN if order == LITTLE else BIG_ENDIAN)
    (entry,) = read_ifd(data, at, block.order, "IFD1").find({STRIP_OFFSETS})
    block.data = data[: entry.stop - cut]
    assert tiff_images.numbers(block, entry) == list(range(found))
