"""Files of every format but JPEG that keep an editor busy: boxes in boxes, a million chunks, sizes that wrap.

Each is a media type and a file; heads of JPEG files are in `hostile`.
"""

from collections.abc import Iterator
from struct import pack
from zlib import compress

from tests.support.photos import heifs, pngs, tiffs, webps
from tests.support.photos.boxes import JP2_START, JXL_START, box, full_box, u
from tests.support.photos.every_format import CANON

MILLION = 1_000_000
LARGEST = 0xFFFF_FFFF
WRAPS = {"0": 0, "7": 7, "largest": LARGEST, "half": 0x8000_0000}
"""Sizes that a careless reader adds to an offset."""

EMPTY = box(b"free")
HEIC = box(b"ftyp", b"heic", u(0, 4), b"heic", b"mif1")
QT = box(b"ftyp", b"qt  ", bytes(4), b"qt  ")
CRX = box(b"ftyp", b"crx \0\0\0\1crx isom")
FILE_STARTS = {
    "image/heic": HEIC,
    "image/jxl": JXL_START,
    "image/jp2": JP2_START,
    "video/quicktime": QT,
    "image/x-canon-cr3": CRX,
}


def nested(kind: bytes, depth: int, inside: bytes = b"") -> bytes:
    """Return boxes of one type in each other."""
    size = len(inside)
    heads = []
    for _ in range(depth):
        size += 8
        heads.append(u(size, 4) + kind)
    return b"".join(reversed(heads)) + inside


def of_boxes() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, media type and file of attacks on all formats made of boxes."""
    whole = heifs.heif([heifs.MASTER, heifs.exif_item()])
    for kind, start in FILE_STARTS.items():
        yield f"a million boxes in {kind}", kind, start + EMPTY * MILLION
        yield f"a million boxes of no type in {kind}", kind, start + bytes(8) * MILLION
        for parent in (b"moov", b"meta", b"trak", b"uuid"):
            yield f"{parent.decode()} in itself in {kind}", kind, start + nested(parent, 30_000)
        for name, size in WRAPS.items():
            yield f"a box of {name} bytes in {kind}", kind, start + u(size, 4) + b"moov" + bytes(40)
            long = u(1, 4) + b"moov" + u(size << 32 | size, 8)
            yield f"a long box of {name} bytes in {kind}", kind, start + long + bytes(40)
    yield "a million boxes in meta", "image/heic", HEIC + full_box(b"meta", 0, 0, EMPTY * MILLION)
    yield "a million boxes after meta", "image/heic", whole + EMPTY * MILLION


def of_heif() -> Iterator[tuple[str, str, bytes]]:
    """Yield tables of items that share whatever they can."""
    many = [heifs.Spec(number, b"hvc1", b"x") for number in range(1, 5_000)]
    yield "5,000 items", "image/heic", heifs.heif([*many, heifs.exif_item(5_001)])
    yield "3,000 items with Exif", "image/heic", heifs.heif([heifs.exif_item(number) for number in range(1, 3_000)])
    pieces = heifs.Spec(2, b"hvc1", bytes(60_000), pieces=60_000)
    exif = heifs.exif_item(1, pieces=3)
    yield "60,000 pieces", "image/heic", heifs.heif([exif, pieces])
    table = full_box(b"iloc", 1, 0, b"\0\0", u(16_000, 2), (u(1, 2) + bytes(4) + u(0xFFFF, 2)) * 16_000)
    yield "pieces without a width", "image/heic", HEIC + _meta(table)
    chunks = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", full_box(b"stco", 0, 0, u(LARGEST, 4))))))
    yield (
        "4 billion chunks",
        "image/heic",
        heifs.heif([heifs.MASTER], (b"ftyp", b"meta", box(b"moov", chunks), b"mdat")),
    )
    tracks = box(b"moov", heifs.movie(500, 510)[8:] * 500)
    yield "2,000 tracks", "image/heic", heifs.heif([heifs.MASTER], (b"ftyp", b"meta", tracks, b"mdat"))


def _meta(table: bytes) -> bytes:
    listed = full_box(b"iinf", 0, 0, u(1, 2), full_box(b"infe", 2, 0, u(1, 2), bytes(2), b"hvc1\0"))
    return full_box(b"meta", 0, 0, full_box(b"pitm", 0, 0, u(1, 2)), listed, table)


def of_films() -> Iterator[tuple[str, str, bytes]]:
    """Yield films of many tracks, keys and texts."""
    clock = full_box(b"mvhd", 0, 0, u(1, 4), u(1, 4), bytes(80))
    yield "100,000 tracks", "video/quicktime", QT + box(b"moov", clock, box(b"trak") * 100_000)
    day = box(b"udta", box(b"\xa9day", u(24, 2), u(0, 2), b"2020-01-02T03:04:05+0100") * 20_000)
    yield "20,000 texts", "video/quicktime", QT + box(b"moov", clock, day)
    keys = full_box(b"keys", 0, 0, u(LARGEST, 4), box(b"mdta", b"com.apple.quicktime.creationdate") * 6_000)
    listed = box(b"ilst", box(u(1, 4), box(b"data", u(1, 4), u(0, 4), b"2020-01-02T03:04:05+0100")) * 4_000)
    meta = box(b"meta", full_box(b"hdlr", 0, 0, bytes(4), b"mdta", bytes(13)), keys, listed)
    yield "6,000 keys", "video/quicktime", QT + box(b"moov", clock, meta)
    structure = box(b"uuid", CANON, box(b"CMT2", b"II*\0" + u(8, 1) + bytes(3) + b"\xff\xff" + bytes(900_000)))
    yield "a structure of 65,535 entries", "image/x-canon-cr3", CRX + box(b"moov", structure)


def of_chunks() -> Iterator[tuple[str, str, bytes]]:
    """Yield PNG and WebP files."""
    text = pngs.chunk(b"tEXt", b"a\0b")
    yield "a million chunks before the image", "image/png", pngs.png(before=[text * MILLION])
    yield "a million chunks after the image", "image/png", pngs.png(after=[text * MILLION])
    yield "a million pieces of image", "image/png", pngs.png(image=[pngs.chunk(b"IDAT", b"x")] * MILLION)
    exif = pngs.chunk(b"eXIf", heifs.block())
    yield "3,000 chunks with Exif", "image/png", pngs.png(before=[exif * 3_000])
    bomb = pngs.chunk(b"zTXt", b"Raw profile type exif\0\0" + compress(b"\n" * 300_000_000, 9))
    yield "a profile of 300 MB", "image/png", pngs.png(before=[bomb])
    for name, profile in {"digits": b"\nexif\n" + b"9" * 3_000_000 + b"\n", "spaces": b" " * 3_000_000}.items():
        chunk = pngs.chunk(b"tEXt", b"Raw profile type exif\0" + profile)
        yield f"a profile of {name}", "image/png", pngs.png(before=[chunk])
    for name, size in WRAPS.items():
        chunk = u(size, 4) + b"eXIf" + bytes(40)
        yield f"a chunk of {name} bytes in a PNG", "image/png", pngs.png(before=[chunk])
        chunk = b"EXIF" + size.to_bytes(4, "little") + bytes(40)
        yield f"a chunk of {name} bytes in a WebP", "image/webp", webps.webp(webps.chunk(b"VP8 ", webps.VP8), chunk)
    empty = webps.chunk(b"ABCD")
    picture = webps.chunk(b"VP8 ", webps.VP8)
    yield "a million chunks in a WebP", "image/webp", webps.webp(webps.vp8x(0), picture, empty * MILLION)
    frames = webps.chunk(b"ANMF", bytes(16)) * 500_000
    yield "half a million frames", "image/webp", webps.webp(webps.vp8x(2), webps.chunk(b"ANIM", bytes(6)), frames)


def of_tiffs() -> Iterator[tuple[str, str, bytes]]:
    """Yield TIFF files whose tables share arrays."""
    for kind in ("image/tiff", "image/x-panasonic-rw2"):
        magic = b"U\0" if kind == "image/x-panasonic-rw2" else b"*\0"
        for name, tags in (("strips", (0x0111, 0x0117)), ("tiles", (0x0144, 0x0145)), ("SubIFDs", (0x014A, 0x014A))):
            rows = sorted([(tag, 4, 262_144, 65_536) for tag in tags] * 500)
            yield f"500 shared arrays of {name} in {kind}", kind, _tiff(magic, rows)
        values = [(0xC000, 7, MILLION, 100)] * 1_000
        yield f"1,000 shared values in {kind}", kind, _tiff(magic, values)
        times = [(0x9003, 2, 20, 200_000)] * 1_000
        yield f"1,000 capture times in {kind}", kind, _tiff(magic, times)
        for at in (0, 4, 8, LARGEST):
            start = b"II" + magic + pack("<I", at) + b"\xff\xff"
            yield f"a first table at {at} in {kind}", kind, start + bytes(900_000)


def of_metadata() -> Iterator[tuple[str, str, bytes]]:
    """Yield files of much metadata, for what reads all of it."""
    texts = [pngs.chunk(b"zTXt", b"a\0\0" + compress(b" " * 15_000_000, 9))] * 200
    yield "200 texts of 15 MB", "image/png", pngs.png(before=texts)
    blocks = [(tag, 7, MILLION, 100) for tag in (0x02BC, 0x83BB, 0x8649) for _ in range(300)]
    yield "900 blocks of metadata", "image/tiff", _tiff(b"*\0", blocks)
    values = [(0xC000, 7, MILLION, 100)] * 1_000
    yield "1,000 values", "image/tiff", _tiff(b"*\0", values)


def _tiff(magic: bytes, rows: list[tuple[int, int, int, int]]) -> bytes:
    table = pack("<H", len(rows)) + b"".join(pack("<HHII", *row) for row in rows) + bytes(4)
    data = bytearray(pack("<I", 300_000) * 300_000)
    data[: 8 + len(table)] = b"II" + magic + pack("<I", 8) + table
    data[300_000 : 300_000 + 18] = pack("<HHHIII", 1, tiffs.TIME, 2, 20, 300_100, 0)
    return bytes(data)


GROUPS = {
    "boxes": of_boxes,
    "HEIF": of_heif,
    "films": of_films,
    "chunks": of_chunks,
    "TIFF": of_tiffs,
    "metadata": of_metadata,
}
"""Each makes one file after another, since a few of them have megabytes."""
