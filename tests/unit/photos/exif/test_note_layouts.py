"""The IFDs of a maker note are found, whatever comes before them and whatever their offsets count from."""

import pytest

from galleria_storage.photos.exif.ifd import BIG as BIG_ENDIAN
from galleria_storage.photos.exif.ifd import LITTLE as LITTLE_ENDIAN
from galleria_storage.photos.exif.ifd import Entry
from galleria_storage.photos.exif.maker_note import note_ifds
from tests.support.photos.camera_files import BIG, LITTLE, MAKER_NOTE, UNDEFINED, note_of


def found_in(note: bytes, order: str = LITTLE, make: bytes = b"") -> list[tuple[int, int]]:
    """Return tag of the first entry, and base, of each IFD found in a note at offset 100."""
    block = bytes(100) + note + bytes(60)
    orders = {LITTLE: LITTLE_ENDIAN, BIG: BIG_ENDIAN}
    entry = Entry(MAKER_NOTE, UNDEFINED, len(note), 50, 100, len(note), 100)
    return [(inner.ifd.tags[0], inner.base) for inner in note_ifds(block, orders[order], entry, make)]


ROW = [(0x0207, 3, 1, 5)]


@pytest.mark.parametrize(
    ("header", "base"),
    [
        (b"", 0),
        (b"OLYMP\0\x01\0", 0),
        (b"OLYMPUS\0II\x03\0", 100),
        (b"OM SYSTEM\0\0\0II\x04\0", 100),
        (b"PENTAX \0II", 100),
        (b"Panasonic\0\0\0", 0),
        (b"SONY DSC \0\0\0", 0),
        (b"SIGMA\0\0\0\x01\0", 0),
        (b"QVC\0\0\0", 0),
        (b"SEMC MS\0" + bytes(12), 112),
        (b"Nikon\0\x01\0", 0),
        (b"Nikon\0\x02\x10\0\0II*\0\x08\0\0\0", 110),
        (b"FUJIFILM\x0c\0\0\0", 100),
        (b"Apple iOS\0\0\x01II", 100),
        (b"LEICA\0\0\0", 0),
        (b"LEICA\0\x01\0", 100),
        (b"RICOH\0II", 100),
        (b"Ricoh\0\0\0", 0),
        (b"      \0\0", 0),
        (b"RICOH\0\x01\0", 0),
        (b"MOT\0\0\0\0\0", 100),
        (b"S1\0\0\0\0\0\0\x0c\0\0\0", 100),
        (b"SONY MOBILE\0", 0),
        (b"\0\0SONY PIC\0\0", 0),
        (b"VHAB     \0\0\0", 0),
        (b"PREMI\0\x01\0", 0),
        (b"EPSON\0\x01\0", 0),
        (b"MINOL\0\x01\0", 0),
        (b"CAMER\0\x01\0", 0),
        (b"AOC\0MM", 0),
        (b"FOVEON\0\0\x01\0", 0),
        (b"SANYO\0\x01\0", 0),
        (b"KYOCERA" + bytes(15), 102),
        (b"GENERALE\x0c\0\0\0", 100),
    ],
)
def test_every_known_layout_is_found(header: bytes, base: int) -> None:
    assert found_in(note_of(LITTLE, ROW, header)) == [(0x0207, base)]


def test_a_note_may_have_another_byte_order_than_its_block() -> None:
    assert found_in(note_of(BIG, ROW, b"Panasonic\0\0\0"), LITTLE) == [(0x0207, 0)]


def test_an_ifd_below_an_olympus_note_is_found_by_pointer_and_by_value() -> None:
    inner = note_of(LITTLE, [(0x0100, 4, 1, 1)])
    header = b"OLYMPUS\0II\x03\0"
    for kind, number in ((13, 1), (UNDEFINED, len(inner))):
        place = len(header) + 2 + 12 + 4
        note = note_of(LITTLE, [(0x2020, kind, number, place)], header) + inner
        assert found_in(note) == [(0x2020, 100), (0x0100, 100)]


@pytest.mark.parametrize(("make", "tag"), [(b"NIKON", 0x0011), (b"SAMSUNG", 0x0035)])
def test_the_ifd_of_a_preview_is_found_in_a_note_without_signature_by_the_make(make: bytes, tag: int) -> None:
    note = note_of(LITTLE, [(1, 7, 4, 0x3030_3130), (tag, 4, 1, 100 + 2 + 2 * 12 + 4)]) + note_of(LITTLE, ROW)
    assert found_in(note, make=make) == [(1, 0), (0x0207, 0)]
    assert found_in(note, make=b"ACME") == [(1, 0)]


def test_a_text_that_follows_a_known_signature_is_not_an_ifd() -> None:
    assert found_in(b"Panasonic\0\0\0" + b"text " * 20) == []
