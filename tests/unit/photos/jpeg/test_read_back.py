"""What the editor wrote is read back: a byte that came out wrong is noticed, wherever a reader would."""

import random
import struct
from io import BytesIO
from struct import pack
from typing import NamedTuple

import pytest
from PIL import Image

from galleria_storage.errors import CorruptPhotoError, GalleriaError
from galleria_storage.photos.jpeg.head import Head
from galleria_storage.photos.jpeg.head_check import check_head
from galleria_storage.photos.jpeg.head_edit import HeadEdit, edit_head, exif_blocks
from galleria_storage.photos.plan import patched
from tests.support.photos.camera_files import (
    BIG,
    DATE_TIME_ORIGINAL,
    EXIF_POINTER,
    GPS_POINTER,
    LITTLE,
    LONG,
    OFFSET_TIME_ORIGINAL,
    TAKEN,
    Field,
    Tiff,
    camera_block,
    exif_segment,
    jpeg,
    long,
    photo,
    text,
)
from tests.support.photos.corpus import NEEDS_CORPUS, camera_jpegs
from tests.support.photos.corrected import head_of
from tests.support.photos.jpegs import segment

TEXTS = {DATE_TIME_ORIGINAL: b"2021:03:04 05:06:07", OFFSET_TIME_ORIGINAL: b"-05:00"}
COMMENT = segment(0xFE, b"a comment")
THUMBNAIL = b"\xff\xd8" + bytes(range(1, 40)) + b"\xff\xd9"
EMPTIED = segment(0xE1, b"Exif\0\0" + bytes(200))
OFFSET = text(OFFSET_TIME_ORIGINAL, "+00:00")


def padded(tiff: Tiff) -> Tiff:
    tiff.put(bytes(400))
    return tiff


def main_ifd_alone() -> Tiff:
    tiff = Tiff()
    tiff.ifd([text(0x010F, "Acme"), text(0x0110, "Camera One")])
    return tiff


def located() -> Tiff:
    """A block with GPS and Interoperability IFDs."""
    tiff = camera_block(main=[long(LITTLE, GPS_POINTER, 0)], exif=[long(LITTLE, 0xA005, 0)])
    for pointer, fields in ((GPS_POINTER, [Field(0x0000, 1, b"\2\3\0\0")]), (0xA005, [text(0x0001, "R98")])):
        at = tiff.data.index(pack("<HHI", pointer, LONG, 1)) + 8
        tiff.set_long(at, tiff.ifd(fields))
    return tiff


def indexed() -> bytes:
    """Return a photo with a multi-picture index of two images, the second of which would come after the first."""
    images = pack("<IIIHH", 0x30000, 900, 0, 0, 0) + pack("<IIIHH", 0, 50, 5000, 0, 0)
    index = Tiff()
    index.ifd([Field(0xB002, 7, images)])
    return photo(camera_block(), segment(0xE2, b"MPF\0" + bytes(index.data)))


PHOTOS = {
    "grows": photo(camera_block(), COMMENT),
    "grows, big-endian": photo(camera_block(BIG), COMMENT),
    "grows, with a thumbnail": photo(camera_block(thumbnail=THUMBNAIL)),
    "in place": photo(camera_block(exif=[OFFSET]), COMMENT),
    "in place, big-endian": photo(camera_block(BIG, exif=[OFFSET])),
    "in its padding": photo(padded(camera_block())),
    "without a capture time": photo(camera_block(taken=None)),
    "without an Exif IFD": photo(main_ifd_alone()),
    "two blocks": jpeg(exif_segment(camera_block().data), COMMENT, exif_segment(camera_block(BIG).data)),
    "a capture time in the main IFD, too": photo(camera_block(main=[text(DATE_TIME_ORIGINAL, TAKEN)])),
    "a capture time in the main IFD alone": photo(
        camera_block(main=[text(DATE_TIME_ORIGINAL, TAKEN)], taken=None), COMMENT
    ),
    "with GPS and Interoperability IFDs": photo(located()),
    "a value that two tags share": photo(camera_block(exif=[Field(0x9286, 7, b"", number=5, offset=50)])),
    "a capture time that shares its value": photo(
        camera_block(main=[text(0x0132, TAKEN)], exif=[text(DATE_TIME_ORIGINAL, "", number=20, offset=68)], taken=None)
    ),
    "no Exif": jpeg(COMMENT, jfif=True),
    "an emptied segment": jpeg(COMMENT, EMPTIED),
    "a multi-picture index": indexed(),
}


# A check that notices nothing would pass all other tests of the editor, which is right; so its errors are made here.


class Edited(NamedTuple):
    """A photo whose head was edited."""

    head: Head
    edit: HeadEdit
    new: bytes
    rest: bytes


def edited(data: bytes) -> Edited:
    head = head_of(data)
    edit = edit_head(head, exif_blocks(head), TEXTS)
    return Edited(head, edit, patched(head.data, edit.patches), data[len(head.data) :])


def tags_of(data: bytes) -> list[dict[int, object]]:
    """Return the IFDs as Pillow reads them: an independent reader."""
    with Image.open(BytesIO(data)) as image:
        tags = image.getexif()
        return [dict(tags), *(dict(tags.get_ifd(pointer)) for pointer in (EXIF_POINTER, GPS_POINTER, 0xA005))]


def is_noticed(case: Edited, new: bytes) -> bool:
    try:
        check_head(case.head, case.edit, TEXTS, new)
    except CorruptPhotoError:
        return True
    return False


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")  # it has no second image
@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("change", [0x01, 0xFF])
def test_each_byte_that_comes_out_wrong_is_noticed_unless_nobody_reads_it(name: str, change: int) -> None:
    case = edited(PHOTOS[name])
    new, rest = case.new, case.rest
    assert not is_noticed(case, new)
    right = tags_of(new + rest)
    blocks = [block.segment for block in exif_blocks(head_of(new + rest))]
    for at in range(len(new)):
        wrong = bytearray(new)
        wrong[at] ^= change
        if not is_noticed(case, bytes(wrong)):
            # Left over where an IFD was before, or put in to keep words even: no IFD that is in use leads there.
            assert any(segment.payload < at < segment.end for segment in blocks), at
            assert tags_of(bytes(wrong) + rest) == right, (at, new[at - 8 : at + 8])


@pytest.mark.parametrize("name", PHOTOS)
def test_bytes_too_many_or_too_few_are_noticed(name: str) -> None:
    case = edited(PHOTOS[name])
    new = case.new
    for at in range(0, len(new), 3):
        assert is_noticed(case, new[:at] + b"\0" + new[at:]), at
        assert is_noticed(case, new[:at] + new[at + 1 :]), at
    assert is_noticed(case, new + COMMENT)
    assert is_noticed(case, b"")


@NEEDS_CORPUS
@pytest.mark.filterwarnings("ignore")  # what Pillow thinks of odd photos
def test_the_same_holds_in_photos_of_real_cameras() -> None:
    checked = 0
    for path in camera_jpegs():
        data, dice = path.read_bytes(), random.Random(path.name)
        try:
            case = edited(data)
            check_head(case.head, case.edit, TEXTS, case.new)
            right = repr(tags_of(case.new + case.rest))  # 0/0 is not equal even to itself
        except (GalleriaError, *PILLOW_ERRORS):
            continue
        for at in positions(case, dice):
            wrong = bytearray(case.new)
            wrong[at] ^= dice.choice((0x01, 0x10, 0xFF))
            checked += 1
            if not is_noticed(case, bytes(wrong)):
                assert repr(tags_of(bytes(wrong) + case.rest)) == right, (path, at)
    assert checked > 0


#: What Pillow raises for photos that it cannot read.
PILLOW_ERRORS = (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error)


def positions(case: Edited, dice: random.Random) -> set[int]:
    """Choose bytes of a new head: its start, where something was added, and some others."""
    size = len(case.new)
    added = [block.place.segment.end for block in case.edit.blocks]
    spans = [(0, 300), (size - 300, size), *((at - 20, at + 600) for at in added)]
    near = {at for start, end in spans for at in range(max(start, 0), min(end, size), 2)}
    return near | {dice.randrange(size) for _ in range(50)}
