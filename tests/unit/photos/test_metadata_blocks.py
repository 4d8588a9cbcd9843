"""The blocks of metadata: each format finds them, and a patch of a block changes just that in the file."""

import sys

import pytest

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.formats import Format, format_of
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.plan import NOTHING, Patch, Plan
from galleria_storage.photos.source import BytesSource
from tests.support.photos import heifs, pngs, tiffs, webps
from tests.support.photos.boxes import JP2_START as JP2
from tests.support.photos.boxes import JXL_START as JXL
from tests.support.photos.boxes import box
from tests.support.photos.heifs import MASTER, Spec, exif_item
from tests.support.photos.jpegs import segment, smallest

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>some text in XMP</x:xmpmeta>"
EXIF = heifs.block()
JP2_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def packet(pieces: int, method: int) -> Spec:
    return Spec(3, b"mime", XMP, method=method, pieces=pieces, content=b"application/rdf+xml\0")


FILES = {
    "jpeg": (
        "image/jpeg",
        smallest(segment(0xE1, b"Exif\0\0" + EXIF), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
    ),
    "png": (
        "image/png",
        pngs.png(
            before=[pngs.chunk(b"eXIf", EXIF), pngs.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)],
        ),
    ),
    "webp": (
        "image/webp",
        webps.webp(
            webps.vp8x(0x0C),
            webps.chunk(b"VP8 ", webps.VP8),
            webps.chunk(b"EXIF", EXIF),
            webps.chunk(b"XMP ", XMP),
        ),
    ),
    "tiff": ("image/tiff", tiffs.photo({0x9003: tiffs.text("2020:01:02 03:04:05")}, main={0x02BC: (1, XMP)})),
    "jxl": ("image/jxl", JXL + box(b"Exif", bytes(4) + EXIF) + box(b"xml ", XMP) + box(b"jxlc", b"\xff\x0astream")),
    "jp2": (
        "image/jp2",
        JP2 + box(b"uuid", b"JpgTiffExif->JP2", EXIF) + box(b"uuid", JP2_XMP, XMP) + box(b"jp2c", b"\xff\x4fstream"),
    ),
    "heif": ("image/heic", heifs.heif([MASTER, exif_item(2), packet(1, 0)])),
    "heif, idat": ("image/heic", heifs.heif([MASTER, exif_item(2), packet(1, 1)])),
    "heif, in pieces": ("image/heic", heifs.heif([MASTER, exif_item(2), packet(4, 0)])),
}


def blocks(media_type: str, file: bytes) -> tuple[Format, list[Block]]:
    found = format_of(media_type)
    return found, list(found.metadata(BytesSource(file)))


@pytest.mark.parametrize(("media_type", "file"), FILES.values(), ids=FILES)
def test_every_format_finds_exif_and_xmp(media_type: str, file: bytes) -> None:
    _, found = blocks(media_type, file)
    assert [block.kind for block in found] == ["exif", "xmp"]
    assert found[0].source.read(0, 2) in {b"II", b"MM"}
    assert found[1].source.read(0, 10_000) == XMP


@pytest.mark.parametrize(("media_type", "file"), FILES.values(), ids=FILES)
def test_a_patch_of_a_block_changes_nothing_else(media_type: str, file: bytes) -> None:
    _, (exif, xmp) = blocks(media_type, file)
    at = XMP.index(b"some text")
    patches = xmp.write([Patch(at, 9, b"SOME TEXT"), Patch(at + 10, 2, b"IN")])
    result = Plan(len(file), patches, NOTHING.texts, NOTHING.texts).apply(file)
    assert len(result) == len(file)
    _, (new_exif, new_xmp) = blocks(media_type, result)
    assert new_xmp.source.read(0, 10_000) == XMP.replace(b"some text in", b"SOME TEXT IN")
    if media_type != "image/tiff":  # there, the file itself is the block
        assert new_exif.source.read(0, 10_000) == exif.source.read(0, 10_000)
    assert format_of(media_type).parts(BytesSource(result))


def test_metadata_that_is_compressed_beyond_reach_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    file = JXL + box(b"brob", b"xml ", b"packed") + box(b"jxlc", b"\xff\x0astream")
    with pytest.raises(UnsupportedFormatError, match="compressed"):
        blocks("image/jxl", file)
