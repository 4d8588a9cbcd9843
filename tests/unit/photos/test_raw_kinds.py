"""A RAW file that begins like TIFF is told apart from one, and needs leave to be published."""

import os
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.photos.sniff import SNIFF_BYTES, recognise, sniff
from galleria_storage.photos.source import BytesSource

SUBFILE, COMPRESSION, PHOTOMETRIC, MAKE, SUB_IFDS = 254, 259, 262, 271, 330
DNG_VERSION, CFA_PATTERN, LEAF = 0xC612, 0x828E, 0x8606
REDUCED = {SUBFILE: 1}
CFA, RGB = 32803, 2

Fields = dict[int, int | str | list["Fields"]]


def tiff(fields: Fields, order: str = "<", big: bool = False, after_header: bytes = b"", first: int = 0) -> bytes:
    """Build a file of one table, with the tables of SubIFDs after it; `first` moves all of it there."""
    offset, header = ("Q", 16) if big else ("I", 8)
    mark = b"II" if order == "<" else b"MM"
    start = first or header + len(after_header)
    head = mark + (pack(order + "HHHQ", 43, 8, 0, start) if big else pack(order + "HI", 42, start)) + after_header
    return head.ljust(start, b"\0") + _table(fields, start, order, offset)


def _table(fields: Fields, at: int, order: str, offset: str) -> bytes:
    width = 8 if offset == "Q" else 4
    count = pack(order + ("Q" if offset == "Q" else "H"), len(fields))
    end = at + len(count) + len(fields) * (4 + 2 * width) + width
    rows, data = b"", b""
    for tag, value in sorted(fields.items()):
        if isinstance(value, list):
            tables, places = b"", []
            room = len(value) * width if len(value) > 1 else 0
            for below in value:
                places.append(end + len(data) + room + len(tables))
                tables += _table(below, places[-1], order, offset)
            kind, number = (16 if offset == "Q" else 4), len(places)
            content = b"".join(pack(order + offset, place) for place in places)
            field = content if number == 1 else pack(order + offset, end + len(data))
            data += (content if number > 1 else b"") + tables
        elif isinstance(value, str):
            content, kind = value.encode() + b"\0", 2
            number = len(content)
            field = content.ljust(width, b"\0") if number <= width else pack(order + offset, end + len(data))
            data += content if number > width else b""
        else:
            kind, number = (4 if value > 65535 or tag == SUBFILE else 3), 1
            field = pack(order + ("I" if kind == 4 else "H"), value).ljust(width, b"\0")
        rows += pack(order + "HH" + offset, tag, kind, number) + field
    return count + rows + bytes(width) + data


RAW = {
    "image/x-adobe-dng": {DNG_VERSION: 1, MAKE: "Leica Camera AG"},
    "image/x-gopro-gpr": {DNG_VERSION: 1, MAKE: "GoPro"},
    "image/x-nikon-nef": {**REDUCED, MAKE: "NIKON CORPORATION", SUB_IFDS: [{COMPRESSION: 6}, {COMPRESSION: 34713}]},
    "image/x-sony-arw": {**REDUCED, MAKE: "SONY ", SUB_IFDS: [{PHOTOMETRIC: CFA}]},
    "image/x-pentax-pef": {COMPRESSION: 65535, MAKE: "RICOH IMAGING COMPANY, LTD.  "},
    "image/x-samsung-srw": {**REDUCED, MAKE: "SAMSUNG", SUB_IFDS: [{COMPRESSION: 32772}]},
    "image/x-hasselblad-3fr": {**REDUCED, MAKE: "Hasselblad", SUB_IFDS: [{PHOTOMETRIC: CFA}]},
    "image/x-epson-erf": {**REDUCED, MAKE: "SEIKO EPSON CORP.", SUB_IFDS: [{CFA_PATTERN: 1}]},
    "image/x-kodak-dcr": {**REDUCED, MAKE: "Kodak", SUB_IFDS: [{COMPRESSION: 65000}]},
    "image/x-kodak-kdc": {MAKE: "EASTMAN KODAK COMPANY", COMPRESSION: 32867},
    "image/x-leaf-mos": {LEAF: 1, MAKE: "Leaf"},
    "image/x-raw": {PHOTOMETRIC: CFA, MAKE: "Nobody knows"},
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(("kind", "fields"), RAW.items())
def test_a_raw_file_has_a_type_of_its_own_and_is_no_image_to_publish(
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
