"""Heads of JPEG files made to keep an editor busy: whatever can share bytes does."""

from struct import pack

from tests.support.photos.camera_files import (
    EXIF_POINTER,
    LITTLE,
    MAKER_NOTE,
    TAKEN,
    UNDEFINED,
    Field,
    Tiff,
    exif_segment,
    jpeg,
    long,
    plain_jpeg,
    text,
)
from tests.support.photos.jpegs import segment

BLOCK = 65_000
IMAGE = plain_jpeg()


def table(rows: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    return pack("<H", len(rows)) + b"".join(pack("<HHII", *row) for row in rows) + pack("<I", following)


def block(main: list[tuple[int, int, int, int]], exif: list[tuple[int, int, int, int]] = []) -> bytes:  # noqa: B006
    """Return a block of full size with a capture time, whose main and Exif IFDs have more entries."""
    exif_at = 8 + 2 + 12 * (len(main) + 1) + 4
    time_at = exif_at + 2 + 12 * (len(exif) + 1) + 4
    data = b"II*\0" + pack("<I", 8)
    data += table(sorted([*main, (EXIF_POINTER, 4, 1, exif_at)]))
    data += table(sorted([*exif, (0x9003, 2, 20, time_at)])) + TAKEN.encode() + b"\0"
    return data.ljust(BLOCK, b"\1")


def shared_sub_ifds() -> bytes:
    """900 SubIFD entries that share one array of 4,096 pointers to a table of 255 entries."""
    data = bytearray(block([(0x014A, 4, 4096, 20_000)] * 900))
    data[20_000 : 20_000 + 4 * 4096] = pack("<I", 40_000) * 4096
    inner = table([(0xC000, 7, 60_000, 100)] * 255)
    data[40_000 : 40_000 + len(inner)] = inner
    return bytes(data)


def shared_strips() -> bytes:
    """IFDs in a chain whose strips share arrays of 4,096 offsets."""
    data = bytearray(block([]))
    places = range(2000, 2000 + 15 * 100, 100)
    data[8 + 2 + 12 : 8 + 2 + 16] = pack("<I", places[0])
    for at in places:
        strips = [(0x0111, 4, 4096, 20_000), (0x0117, 4, 4096, 20_000), (0x0144, 4, 4096, 20_000)]
        ifd = table([*strips, (0x0145, 4, 4096, 20_000)], 0 if at == places[-1] else at + 100)
        data[at : at + len(ifd)] = ifd
    return bytes(data)


def shared_values(first: int = 100) -> bytes:
    """1,000 values, each of nearly the whole block."""
    return block([(0xC000, 7, BLOCK - first - 4, first)] * 500, [(0xC001, 7, BLOCK - first - 4, first)] * 500)


def many_pointers() -> bytes:
    """1,000 pointers to one Exif IFD."""
    data = block([(EXIF_POINTER, 4, 1, 0)] * 1000)
    exif_at = data.index(pack("<HHI", 0x9003, 2, 20)) - 2
    return data.replace(pack("<HHII", EXIF_POINTER, 4, 1, 0), pack("<HHII", EXIF_POINTER, 4, 1, exif_at))


def many_notes(beyond: int = 70_000) -> bytes:
    """Six maker notes of 255 entries, each of which leads to other bytes after the block."""
    note = table([(number, 7, 100, beyond + 4 * number) for number in range(255)])
    data = bytearray(
        block([(0x010F, 2, 6, 64_900)], [(MAKER_NOTE, 7, len(note), 4000 * count) for count in range(1, 7)])
    )
    for count in range(1, 7):
        data[4000 * count : 4000 * count + len(note)] = note
    data[64_900:64_906] = b"CANON\0"
    return bytes(data)


def many_copies() -> bytes:
    """Fifteen more capture times, all with values that share bytes with 900 others."""
    times = [(0x9003, 2, 20 + count, 30_000) for count in range(15)]
    return block([(0xC000, 7, 40_000, 20_000)] * 450, [*times, *[(0xC001, 7, 40_000, 20_000)] * 450])


def index(entries: int) -> bytes:
    tiff = Tiff()
    tiff.ifd([Field(0xB002, UNDEFINED, pack("<IIIHH", 0, 9, 70_000, 0, 0) * 1000), *[long(LITTLE, 1, 1)] * entries])
    return segment(0xE2, b"MPF\0" + tiff.data)


def useless_index() -> bytes:
    tiff = Tiff()
    tiff.ifd([long(LITTLE, number, 1) for number in range(1000)])
    return segment(0xE2, b"MPF\0" + tiff.data)


def four(data: bytes) -> bytes:
    return jpeg(*[exif_segment(data)] * 4)


def small_block(*fields: Field) -> bytes:
    tiff = Tiff()
    main = tiff.ifd([text(0x010F, "Acme"), long(LITTLE, EXIF_POINTER, 0)])
    tiff.set_long(main + 2 + 12 + 8, tiff.ifd([text(0x9003, TAKEN), *fields]))
    return bytes(tiff.data)


EXIF = exif_segment(small_block())

HOSTILE = {
    "shared SubIFDs": four(shared_sub_ifds()),
    "shared strips": four(shared_strips()),
    "shared values": four(shared_values()),
    "shared values at the end": four(shared_values(BLOCK - 9000)),
    "many pointers": four(many_pointers()),
    "many maker notes": four(many_notes()),
    "many maker notes, near": four(many_notes(BLOCK + 20)),
    "many copies": four(many_copies()),
    "many pictures": jpeg(EXIF, *[index(0)] * 15),
    "many indexes of nothing": jpeg(EXIF, *[useless_index()] * 15, index(50)),
    "too many indexes": jpeg(EXIF, *[segment(0xE2, b"MPF\0")] * 4000),
    "short segments": jpeg(EXIF, *[segment(0xE1, b"Exif")] * 4000),
    "markers without a length": jpeg(EXIF, b"\xff\x00\xff\x01" * 250_000),
    "fill bytes": jpeg(EXIF, *[b"\xff" * 60_000 + segment(0xFE, b"")] * 17),
    "stray bytes": jpeg(EXIF, *[bytes(60_000) + segment(0xFE, b"")] * 17),
    "no marker": jpeg(EXIF, bytes(1_000_000)),
    "emptied segments": jpeg(*[segment(0xE1, b"Exif\0\0" + bytes(60_000))] * 17),
    "marks of trailers": jpeg(EXIF, trailer=b"AXS!" * 5000),
    "trailers in trailers": jpeg(EXIF, trailer=(b"AXS!\0\1\0\xff" + pack(">I", 700)) * 1400),
}
