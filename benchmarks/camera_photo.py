"""A photo as a camera writes it, made on the spot: an Exif block of 36 KB and as many megabytes of image as wanted."""

from io import BytesIO
from struct import pack

from PIL import Image

THUMBNAIL_BYTES = 21_000
MAKER_NOTE_BYTES = 12_000
BYTES_PER_PIXEL = 0.838  # what this noise takes


def camera_photo(megabytes: float) -> bytes:
    """Make a JPEG of about this size with maker note and thumbnail, with a capture time and without its offset."""
    width = int((megabytes * 1e6 * 4 / 3 / BYTES_PER_PIXEL) ** 0.5)
    image = Image.merge("RGB", [Image.effect_noise((width, width * 3 // 4), sigma) for sigma in (60, 50, 40)])
    output = BytesIO()
    image.save(output, "JPEG", quality=92)
    payload = b"Exif\0\0" + exif_block(image)
    return b"\xff\xd8\xff\xe1" + pack(">H", len(payload) + 2) + payload + output.getvalue()[2:]


def exif_block(image: Image.Image) -> bytes:
    """Make a TIFF block of about 36 KB: IFD0, Exif IFD, maker note, IFD1 and thumbnail."""
    thumbnail = BytesIO()
    image.crop((0, 0, 160, 120)).save(thumbnail, "JPEG", quality=90)
    note = b"\x01\0" + pack("<HHII", 1, 4, 1, 5) + bytes(4)
    note += bytes(i * 7 % 251 for i in range(MAKER_NOTE_BYTES - len(note)))
    ifd0 = [
        (0x010F, 2, b"Example Camera Corporation\0"),
        (0x0110, 2, b"Example 5D\0\0"),
        (0x0112, 3, pack("<H", 1)),
        (0x011A, 5, pack("<II", 72, 1)),
        (0x011B, 5, pack("<II", 72, 1)),
        (0x0128, 3, pack("<H", 2)),
        (0x0132, 2, b"2024:06:15 10:30:45\0"),
        (0x0213, 3, pack("<H", 2)),
    ]
    exif = [
        (0x829A, 5, pack("<II", 1, 250)),
        (0x829D, 5, pack("<II", 8, 1)),
        (0x8822, 3, pack("<H", 2)),
        (0x8827, 3, pack("<H", 400)),
        (0x9000, 7, b"0230"),
        (0x9003, 2, b"2024:06:15 10:30:45\0"),
        (0x9004, 2, b"2024:06:15 10:30:45\0"),
        (0x9101, 7, b"\1\2\3\0"),
        *((tag, 10, pack("<ii", 1, 3)) for tag in (0x9201, 0x9202, 0x9204)),
        (0x9207, 3, pack("<H", 5)),
        (0x9209, 3, pack("<H", 16)),
        (0x920A, 5, pack("<II", 50, 1)),
        (0x927C, 7, note),
        (0x9286, 7, bytes(264)),
        *((tag, 2, b"42\0\0") for tag in (0x9290, 0x9291, 0x9292)),
        (0xA000, 7, b"0100"),
        (0xA001, 3, pack("<H", 1)),
        (0xA002, 4, pack("<I", image.width)),
        (0xA003, 4, pack("<I", image.height)),
        *((tag, 3, pack("<H", 0)) for tag in (0xA401, 0xA402, 0xA403, 0xA406)),
        (0xA431, 2, b"012345678901\0\0"),
        (0xA434, 2, b"Example 24-70mm f/2.8\0"),
    ]
    block = bytearray(b"II*\0\x08\0\0\0")
    first = _append_ifd(block, [*ifd0, (0x8769, 4, bytes(4))])
    pointer = _value_at(block, first, 0x8769)
    block[pointer : pointer + 4] = pack("<I", _append_ifd(block, exif))
    picture = thumbnail.getvalue().ljust(THUMBNAIL_BYTES, b"\0")
    ifd1 = _append_ifd(
        block, [(0x0103, 3, pack("<H", 6)), (0x0201, 4, bytes(4)), (0x0202, 4, pack("<I", len(picture)))]
    )
    at = _value_at(block, ifd1, 0x0201)
    block[at : at + 4] = pack("<I", len(block))
    end = first + 2 + 12 * (len(ifd0) + 1)
    block[end : end + 4] = pack("<I", ifd1)
    return bytes(block) + picture


def _append_ifd(block: bytearray, entries: list[tuple[int, int, bytes]]) -> int:
    start = len(block)
    values = start + 2 + 12 * len(entries) + 4
    unit = {2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8}
    tables, data = b"", b""
    for tag, kind, value in entries:
        place = value.ljust(4, b"\0") if len(value) <= 4 else pack("<I", values + len(data))
        data += value + bytes(len(value) % 2) if len(value) > 4 else b""
        tables += pack("<HHI", tag, kind, len(value) // unit[kind]) + place
    block += pack("<H", len(entries)) + tables + bytes(4) + data
    return start


def _value_at(block: bytearray, ifd: int, tag: int) -> int:
    return block.index(pack("<H", tag), ifd + 2) + 8
