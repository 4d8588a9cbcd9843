"""Serial numbers in the notes of every maker whose layout is known: they are removed, and nothing around them is."""

import pytest

from galleria_storage.corrections.correction import parse_correction
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.photo import correct_bytes
from tests.support.photos import tiffs
from tests.support.photos.jpegs import segment, smallest
from tests.support.photos.tiffs import text

SERIAL, OTHER = b"SN-3077412\0\0", b"kept by all\0"
REMOVE = parse_correction({"remove": "serial-numbers"}, {})

#: Make, header of the note, where its offsets count from (None: the TIFF header), and the tag of the serial number.
NOTES = {
    "Canon": ("Canon", b"", None, 0x0096),
    "Fujifilm": ("FUJIFILM", b"FUJIFILM\x0c\0\0\0", 0, 0x0010),
    "Leica": ("LEICA", b"LEICA\0\0\0", None, 0x0025),
    "Motorola": ("Motorola", b"MOT\0\0\0\0\0", 0, 0x5501),
    "Nikon": ("NIKON CORPORATION", b"Nikon\0\2\x10\0\0II*\0\x08\0\0\0", 10, 0x001D),
    "Olympus": ("OLYMPUS CORPORATION", b"OLYMPUS\0II\3\0", 0, 0x0404),
    "Olympus, old": ("OLYMPUS OPTICAL CO.,LTD", b"OLYMP\0\1\0", None, 0x0404),
    "OM System": ("OM Digital Solutions", b"OM SYSTEM\0\0\0II\4\0", 0, 0x0404),
    "Panasonic": ("Panasonic", b"Panasonic\0\0\0", None, 0x0025),
    "Pentax": ("PENTAX", b"AOC\0II", None, 0x0229),
    "Ricoh": ("RICOH", b"RICOH\0\0\0", None, 0x0005),
    "Samsung": ("SAMSUNG", b"", None, 0xA002),
    "Sigma": ("SIGMA", b"SIGMA\0\0\0\1\0", None, 0x0002),
    "Sony": ("SONY", b"SONY DSC \0\0\0", None, 0x2031),
}


def note(start: int, header: bytes, base: int | None, tag: int) -> bytes:
    """Return a note that is at `start` of its block: before the serial number and after it there is something else."""
    values = ((1, OTHER), (tag, SERIAL), (0xF000, OTHER))
    table, data = len(values).to_bytes(2, "little"), b""
    first = len(header) + 2 + 12 * len(values) + 4
    for number, value in values:
        offset = first + len(data) + (start if base is None else -base)
        fields = ((number, 2), (2, 2), (len(value), 4), (offset, 4))
        table += b"".join(field.to_bytes(size, "little") for field, size in fields)
        data += value
    return header + table + bytes(4) + data


@pytest.mark.parametrize("maker", NOTES)
def test_a_serial_number_goes_and_the_table_keeps_its_length(maker: str) -> None:
    make, header, base, tag = NOTES[maker]
    builder = tiffs.TiffBuilder()
    size = len(note(0, header, base, tag))
    builder.put(b"something else" * 30)
    start = builder.put(bytes(size))
    whole = note(start, header, base, tag)
    builder.data[start : start + size] = whole
    exif = builder.table({0x927C: (7, b"?" * size)})
    builder.data[exif + 10 : exif + 14] = start.to_bytes(4, "little")
    block = builder.file(builder.table({271: text(make), 0x8769: builder.long(exif)}))
    file = smallest(segment(0xE1, b"Exif\0\0" + block))
    result = correct_bytes(file, REMOVE)
    at = file.index(whole)
    entry = len(header) + 2 + 12
    expected = bytearray(whole.replace(SERIAL, bytes(len(SERIAL))))
    expected[entry : entry + 2] = b"\xff\xff"
    assert result == file[:at] + bytes(expected) + file[at + size :]
    assert correct_bytes(result, REMOVE) == result


def test_a_note_that_a_program_moved_without_its_offsets_is_not_trusted() -> None:
    make, header, base, tag = NOTES["Canon"]
    builder = tiffs.TiffBuilder()
    start = builder.put(note(5000, header, base, tag))
    exif = builder.table({0x927C: (7, b"?" * 100)})
    builder.data[exif + 10 : exif + 14] = start.to_bytes(4, "little")
    block = builder.file(builder.table({271: text(make), 0x8769: builder.long(exif)}))
    with pytest.raises(CorruptPhotoError, match="maker note"):
        correct_bytes(smallest(segment(0xE1, b"Exif\0\0" + block)), REMOVE)
