"""JPEG XL photos with compressed boxes: they are unpacked, changed and compressed again."""

import pytest

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos import jxl
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.plan import Patch, Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import JXL_START as START
from tests.support.photos.boxes import box, kinds_of, only
from tests.support.photos.exif_blocks import OTHER
from tests.support.photos.heifs import NEW, READ, block, corrected, exif_of

brotli = pytest.importorskip("brotli", reason="an optional package")

PICTURE = box(b"jxlc", b"\xff\x0apicture")
XML = box(b"xml ", b"<x:xmpmeta/>")


def packed(content: bytes, kind: bytes = b"Exif") -> bytes:
    return box(b"brob", kind, brotli.compress(content))


def unpacked(file: bytes) -> bytes:
    body = only(file, b"brob")
    assert body[:4] == b"Exif"
    return bytes(brotli.decompress(body[4:]))


@pytest.mark.parametrize("data", [block(), block(offset=False)])
def test_compressed_exif_data_changes_and_stays_compressed(data: bytes) -> None:
    file = START + packed(bytes(4) + data) + XML + PICTURE
    result = corrected(file)
    assert kinds_of(result) == kinds_of(file)
    assert exif_of(unpacked(result)) == READ
    assert correct_bytes(file, Texts()) == file
    assert correct_bytes(correct_bytes(result, OTHER), Texts(NEW)) == result


@pytest.mark.parametrize("content", [b"no Brotli", brotli.compress(bytes(4) + block())[:-3]])
def test_compressed_exif_data_that_is_damaged_is_refused(content: bytes) -> None:
    with pytest.raises(CorruptPhotoError, match="compressed"):
        corrected(START + box(b"brob", b"Exif", content) + PICTURE)


def test_compressed_exif_data_of_a_jpeg_keeps_its_length_or_is_refused() -> None:
    jpeg = box(b"jbrd", b"how")
    assert exif_of(unpacked(corrected(START + jpeg + packed(bytes(4) + block()) + PICTURE))) == READ
    with pytest.raises(CorruptPhotoError, match="made from a JPEG"):
        corrected(START + jpeg + packed(bytes(4) + block(offset=False)) + PICTURE)


@pytest.mark.parametrize("kind", [b"Exif", b"xml "])
def test_compressed_metadata_can_be_read_and_written(kind: bytes) -> None:
    content = bytes(4) + block(extra=b"Model" * 20) if kind == b"Exif" else b"<x:xmpmeta>time</x:xmpmeta>"
    (found,) = jxl.metadata(BytesSource(START + packed(content, kind) + PICTURE))
    data = found.source.read(0, found.source.size)
    assert content.endswith(data)
    assert found.write([]) == []
    (patch,) = found.write([Patch(5, 1, b"!")])
    written = brotli.decompress(patch.data[12:])
    assert written == content[: len(content) - len(data)] + data[:5] + b"!" + data[6:]


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    with pytest.raises(CorruptPhotoError, match="too long"):
        corrected(START + box(b"brob", b"Exif", brotli.compress(bytes(50_000_000), quality=1)) + PICTURE)
