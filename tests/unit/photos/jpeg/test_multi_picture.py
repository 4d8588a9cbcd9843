"""The multi-picture index leads to the same images after an edit, or the photo is refused (CIPA DC-007)."""

from struct import pack

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes
from tests.support.corrections.language import removing
from tests.support.photos.byte_orders import ORDERS
from tests.support.photos.camera_files import (
    BIG,
    LITTLE,
    OFFSET_TIME_ORIGINAL,
    UNDEFINED,
    Field,
    Tiff,
    camera_block,
    exif_segment,
    jpeg,
    long,
    long_at,
    photo,
    plain_jpeg,
    text,
)
from tests.support.photos.corrected import ONLY_DATE, corrected, tags_of
from tests.support.photos.jpegs import segment, segments


def multi_picture(order: str, sizes: list[int], offsets: list[int]) -> bytes:
    """Return an MPF segment: DC-007 5.2."""
    tiff = Tiff(order)
    entries = b"".join(
        pack(order + "IIIHH", 0x0003_0000 * (not number), size, offset, 0, 0)
        for number, (size, offset) in enumerate(zip(sizes, offsets, strict=True))
    )
    tiff.ifd(
        [
            Field(0xB000, UNDEFINED, b"0100"),
            long(order, 0xB001, len(sizes)),
            Field(0xB002, UNDEFINED, entries),
        ]
    )
    return segment(0xE2, b"MPF\0" + tiff.data)


def with_second_image(
    order: str, *, index_first: bool = False, exif: Tiff | None = None, second: bytes = b""
) -> tuple[bytes, bytes]:
    """Return a photo with a second image after the first, as an Ultra HDR camera writes it, and that image."""
    second = second or plain_jpeg("red")
    block = [exif_segment((exif or camera_block(order)).data)] if exif is not None or order else []
    draft = multi_picture(order, [0, len(second)], [0, 1])
    parts = [draft, *block] if index_first else [*block, draft]
    first = len(jpeg(*parts))
    header = jpeg(*parts).index(b"MPF\0") + 4
    index = multi_picture(order, [first, len(second)], [0, first - header])
    parts = [index, *block] if index_first else [*block, index]
    return jpeg(*parts, trailer=second), second


def images_of(data: bytes, order: str) -> list[bytes]:
    """Return the images that a photo's multi-picture index lists."""
    header = data.index(b"MPF\0") + 4
    table = data.index(pack(order + "HHI", 0xB002, UNDEFINED, 32), header) + 8
    at = header + long_at(data, table, order)
    found = []
    for entry in (at, at + 16):
        size, offset = long_at(data, entry + 4, order), long_at(data, entry + 8, order)
        start = header + offset if offset else 0
        found.append(data[start : start + size])
    return found


@ORDERS
def test_a_name_goes_from_a_picture_of_the_index_too(order: str) -> None:
    told = camera_block(order, main=[text(0x013B, "Ada Lovelace")]).data
    file, second = with_second_image(order, second=jpeg(exif_segment(told)))
    result = correct_bytes(file, removing("names"))
    assert b"Ada Lovelace" not in result
    assert (len(result), images_of(result, order)[1][-100:]) == (len(file), second[-100:])


@ORDERS
@pytest.mark.parametrize("index_first", [False, True], ids=["index behind Exif", "index before Exif"])
def test_the_multi_picture_index_still_leads_to_both_images(order: str, index_first: bool) -> None:
    before, second = with_second_image(order, index_first=index_first)
    assert images_of(before, order)[1] == second
    after = corrected(before)
    first, found = images_of(after, order)
    assert found == second
    assert first + second == after


@ORDERS
def test_the_multi_picture_index_stays_when_nothing_grows(order: str) -> None:
    before, _ = with_second_image(order, exif=camera_block(order, [text(OFFSET_TIME_ORIGINAL, "+00:00")]))
    after = corrected(before)
    assert segments(after)[1:] == segments(before)[1:]


def test_a_multi_picture_photo_without_exif_gets_a_right_index_too() -> None:
    second = plain_jpeg("red")
    draft = jpeg(multi_picture(BIG, [0, 1], [0, 1]))
    header = draft.index(b"MPF\0") + 4
    index = multi_picture(BIG, [len(draft), len(second)], [0, len(draft) - header])
    after = corrected(jpeg(index, trailer=second))
    first, found = images_of(after, BIG)
    assert found == second
    assert first + second == after


@pytest.mark.parametrize(
    "broken", [b"MPF\0", b"MPF\0II*\0\xff\xff\0\0", b"MPF\0MM\0*\0\0\0\x08\0\x01\xb0\x02" + bytes(12)]
)
def test_a_broken_multi_picture_index_is_refused_only_where_it_matters(broken: bytes) -> None:
    index = segment(0xE2, broken)
    with pytest.raises(CorruptPhotoError, match=r"index|MP"):
        corrected(jpeg(index, exif_segment(camera_block().data)))
    after = corrected(photo(camera_block(), index))  # it comes after all that grows, so what it leads to moves with it
    assert segments(after)[1] == index
    assert tags_of(corrected(photo(camera_block(exif=[text(OFFSET_TIME_ORIGINAL, "Z")]), index), ONLY_DATE))


def test_an_unknown_size_stays_unknown() -> None:
    index = multi_picture(LITTLE, [0, 0], [0, 0])
    before = photo(camera_block(), index)
    assert segments(corrected(before))[1] == index


@pytest.mark.parametrize("zeros", [40, 65_000])
def test_an_emptied_exif_segment_that_is_filled_again_keeps_the_index_right(zeros: int) -> None:
    second = plain_jpeg("red")
    emptied = segment(0xE1, b"Exif\0\0" + bytes(zeros))
    draft = jpeg(emptied, multi_picture(BIG, [0, 1], [0, 1]))
    header = draft.index(b"MPF\0") + 4
    index = multi_picture(BIG, [len(draft), len(second)], [0, len(draft) - header])
    before = jpeg(emptied, index, trailer=second)
    after = corrected(before)
    assert images_of(after, BIG) == [after[: -len(second)], second]
    assert (len(after) > len(before)) == (zeros == 40)


def test_an_index_whose_own_header_would_change_is_refused() -> None:
    """Its list of images is said to start where the index does: the first image's size is the offset of its IFD."""
    index = Tiff()
    index.ifd([Field(0xB002, UNDEFINED, b"", number=32, offset=0)])
    index.put(bytes(8), align=False)
    with pytest.raises(CorruptPhotoError):
        corrected(photo(camera_block(), segment(0xE2, b"MPF\0" + index.data)))
