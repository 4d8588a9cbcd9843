"""A file is what its first bytes say."""

import pytest

from galleria_storage.photos.sniff import SNIFF_BYTES, sniff

IMAGES = {
    b"\xff\xd8\xff\xe0\x00\x10JFIF": "image/jpeg",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR": "image/png",
    b"GIF89a\x01\0": "image/gif",
    b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0": "image/bmp",
    b"RIFF\x24\0\0\0WEBPVP8 ": "image/webp",
    b"II*\0\x08\0\0\0": "image/tiff",
    b"MM\0*\0\0\0\x08": "image/tiff",
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic": "image/heic",
    b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic": "image/heic",
    b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf": "image/avif",
    b"\0\0\0\x1cftypmif1\0\0\0\0avifmif1miaf": "image/avif",
    b"\0\0\0\x14ftypmif1\0\0\0\0mif1": "image/heif",
}
OTHERS = {
    b"\0\0\0\x18ftypmp42\0\0\0\0isommp42": "video/mp4",
    b"\0\0\0\x14ftypqt  \0\0\0\0qt  ": "video/quicktime",
    b"\0\0\0\x08wide\0\0\0\0mdat": "video/quicktime",
    b"\0\0\x0f\x08moov\0\0\0\x6cmvhd": "video/quicktime",
    b"\0\0\x0f\x08mdat\0\0\0\0": "video/quicktime",
    b"ID3\x04\0\0\0\0": "audio/mpeg",
    b"OggS\0\x02": "application/ogg",
    b"\x1aE\xdf\xa3\x01\0": "video/webm",
    b"\x1aE\xdf\xa3\xa3\x42\x82\x88matroska": "video/x-matroska",
    b"\0\0\0\x20ftypM4A \0\0\0\0": "audio/mp4",
    b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom": "image/x-canon-cr3",
    b"RIFF\x24\0\0\0AVI LIST": "video/x-msvideo",
    b"%PDF-1.7": "application/pdf",
    b"PK\x03\x04\x14\0": "application/zip",
}


@pytest.mark.parametrize(("prefix", "expected"), IMAGES.items())
def test_an_image_is_recognised_by_its_first_bytes(prefix: bytes, expected: str) -> None:
    found = sniff(prefix)
    assert found is not None
    assert (found.media_type, found.image) == (expected, True)


@pytest.mark.parametrize(("prefix", "expected"), OTHERS.items())
def test_what_is_not_a_still_image_is_named_but_is_not_an_image(prefix: bytes, expected: str) -> None:
    found = sniff(prefix)
    assert found is not None
    assert (found.media_type, found.image) == (expected, False)


@pytest.mark.parametrize(
    "prefix",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"<html><body>",
        b"<?xml version='1.0'?><svg",
        b"hello",
        b"\0" * SNIFF_BYTES,
        b"RIFF",
        b"BMW is a car",
    ],
)
def test_text_pages_and_fragments_are_not_recognised(prefix: bytes) -> None:
    assert sniff(prefix) is None


def test_a_brand_list_that_lies_about_its_length_is_harmless() -> None:
    found = sniff(b"\xff\xff\xff\xffftypmif1\0\0\0\0mif1" + b"heic" * 4)
    assert found is not None
    assert found.media_type == "image/heic"


@pytest.mark.parametrize("size", [12, 40, 52, 56, 64, 108, 124])
def test_a_bitmap_is_recognised_by_the_size_of_its_header(size: int) -> None:
    found = sniff(b"BM" + bytes(12) + size.to_bytes(4, "little"))
    assert found is not None
    assert found.media_type == "image/bmp"
    assert sniff(b"BM" + bytes(12) + (size + 1).to_bytes(4, "little")) is None
