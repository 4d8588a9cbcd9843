"""A RAW file that begins like TIFF is told apart from one, and is published only if that is allowed."""

import os
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.photos.sniff import SNIFF_BYTES, recognise, sniff
from galleria_storage.photos.source import BytesSource
from tests.support.photos.raw_files import (
    CFA,
    COMPRESSION,
    MAKE,
    PHOTOMETRIC,
    RAW,
    REDUCED,
    RGB,
    SUB_IFDS,
    Fields,
    tiff,
)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(("kind", "fields"), RAW.items())
def test_a_raw_file_has_a_type_of_its_own_and_is_not_an_image_to_publish(
    kind: str, fields: Fields, order: str, big: bool
) -> None:
    found = sniff(tiff(fields, order, big))
    assert found is not None
    assert (found.media_type, found.image) == (kind, False)


@pytest.mark.parametrize(
    ("after_header", "order", "kind"),
    [
        (b"CR\2\0\xb6\x22\0\0", "<", "image/x-canon-cr2"),
        (b"IIIICwaR", "<", "image/x-phaseone-iiq"),
        (b"IIIITwaR", "<", "image/x-phaseone-iiq"),
        (b"MMMMRawT", ">", "image/x-phaseone-iiq"),
        (b"\xba\xb0\xac\xbb\0\0\0\0", "<", "image/x-canon-tif"),
    ],
)
def test_a_mark_after_the_header_is_enough(after_header: bytes, order: str, kind: str) -> None:
    found = sniff(tiff({MAKE: "Whoever"}, order, after_header=after_header))
    assert found is not None
    assert (found.media_type, found.image) == (kind, False)


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        (b"IIU\0\x18\0\0\0", "image/x-panasonic-rw2"),
        (b"IIRO\x08\0\0\0", "image/x-olympus-orf"),
        (b"IIRS\x08\0\0\0", "image/x-olympus-orf"),
        (b"MMOR\0\0\0\x08", "image/x-olympus-orf"),
        (b"FUJIFILMCCD-RAW 0201", "image/x-fuji-raf"),
        (b"FOVb\2\0\2\0", "image/x-sigma-x3f"),
        (b"\0MRM\0\1\x3d\xf8", "image/x-minolta-mrw"),
        (b"II\x1a\0\0\0HEAPCCDR\2\0", "image/x-canon-crw"),
    ],
)
def test_a_raw_file_with_a_beginning_of_its_own_is_named(prefix: bytes, kind: str) -> None:
    found = sniff(prefix)
    assert found is not None
    assert (found.media_type, found.image) == (kind, False)


PICTURES: tuple[Fields, ...] = (
    {},
    {PHOTOMETRIC: RGB, COMPRESSION: 5},
    {PHOTOMETRIC: RGB, MAKE: "NIKON CORPORATION"},
    {PHOTOMETRIC: RGB, MAKE: "SONY", SUB_IFDS: [{**REDUCED, PHOTOMETRIC: RGB}]},
    {**REDUCED, MAKE: "A scanner", SUB_IFDS: [{PHOTOMETRIC: RGB}]},
    {PHOTOMETRIC: RGB, COMPRESSION: 32773, MAKE: "PENTAX"},
    {PHOTOMETRIC: RGB, COMPRESSION: 7, MAKE: "Canon"},
)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("fields", PICTURES)
def test_a_picture_that_a_program_saved_is_tiff_whoever_made_the_camera(fields: Fields, order: str, big: bool) -> None:
    found = sniff(tiff(fields, order, big))
    assert found is not None
    assert (found.media_type, found.image) == ("image/tiff", True)


def test_tables_beyond_the_first_bytes_are_found_where_the_whole_file_can_be_read() -> None:
    data = tiff(RAW["image/x-nikon-nef"], first=SNIFF_BYTES + 4096)
    known, found = sniff(data[:SNIFF_BYTES]), recognise(BytesSource(data))
    assert known is not None
    assert found is not None
    assert (known.media_type, found.media_type) == ("image/tiff", "image/x-nikon-nef")


def test_a_raw_file_whose_first_table_was_moved_to_the_end_is_known_by_the_old_one() -> None:
    old = tiff(RAW["image/x-nikon-nef"])
    moved = old[:4] + pack("<I", 24_000_000) + old[8:]
    found = sniff(moved)
    assert found is not None
    assert found.media_type == "image/x-nikon-nef"


def test_a_camera_file_whose_sensor_table_is_beyond_the_first_bytes_is_known_by_its_small_first_image() -> None:
    data = tiff({**REDUCED, MAKE: "SONY", SUB_IFDS: [{PHOTOMETRIC: CFA}]})
    found = sniff(data[: data.index(b"SONY") + 5])
    assert found is not None
    assert found.media_type == "image/x-sony-arw"


@given(st.sampled_from([b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]), st.binary(max_size=300))
def test_whatever_follows_a_tiff_header_has_an_answer(header: bytes, rest: bytes) -> None:
    assert sniff(header + rest) is not None


@given(st.sampled_from(sorted(RAW)), st.booleans(), st.data())
def test_a_damaged_raw_file_has_an_answer(kind: str, big: bool, data: st.DataObject) -> None:
    whole = bytearray(tiff(RAW[kind], big=big))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert sniff(bytes(whole)) is not None


CORPUS = Path(os.environ.get("PHOTO_CORPUS", "../shared/photos"))
KINDS_OF_FOLDERS = {
    "arw": "image/x-sony-arw",
    "cr2": "image/x-canon-cr2",
    "dng": "image/x-adobe-dng",
    "iiq": "image/x-phaseone-iiq",
    "pef": "image/x-pentax-pef",
    "tiff": "image/tiff",
}


@pytest.mark.parametrize(("folder", "kind"), KINDS_OF_FOLDERS.items())
def test_real_files_are_told_apart(folder: str, kind: str) -> None:
    files = [path for path in (CORPUS / folder).rglob("*") if path.is_file()]
    if not files:
        pytest.skip("set PHOTO_CORPUS to a folder of photos by kind")
    named = ("POC12", "POC13", "pocIssue283")  # their first bytes are those of other kinds
    for path in files:
        found = sniff(path.read_bytes()[:SNIFF_BYTES])
        assert found is not None, path
        assert found.media_type == kind or any(word in path.name for word in named), path
