"""Small HEIF files, built in every layout that cameras write, and read by other code than the library's."""

from collections.abc import Sequence
from typing import NamedTuple

import piexif

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.photo import correct_bytes
from galleria_storage.photos.plan import Texts
from tests.support.photos.boxes import box, boxes_of, full_box, number, only, u

PICTURE = bytes(range(64)) * 3
TAKEN = b"2020:01:02 03:04:05"


class Spec(NamedTuple):
    """An item to build.

    Attributes
    ----------
    number, kind, data
        What it is.
    method
        Construction method: 0 puts it into `mdat`, 1 into `idat`, 2 says that it is in another item.
    pieces
        How many extents it is cut into.
    content
        Content type of an item of type ``mime``, with its NUL.
    """

    number: int
    kind: bytes
    data: bytes
    method: int = 0
    pieces: int = 1
    protection: int = 0
    reference: int = 0
    hidden: bool = False
    content: bytes = b""


class Table(NamedTuple):
    """How `iloc` is written: its version, the widths of its fields, and whether it uses bases."""

    version: int = 1
    offset: int = 4
    length: int = 4
    base: int = 0
    index: int = 0
    uses_base: bool = False


MASTER = Spec(1, b"hvc1", PICTURE)


def block(*, offset: bool = True, taken: bytes | None = TAKEN, extra: bytes = b"") -> bytes:
    """Return an Exif block from the TIFF header on."""
    exif: dict[int, bytes] = {} if taken is None else {36867: taken}
    exif |= {36881: b"-05:00"} if offset and taken is not None else {}
    data: bytes = piexif.dump({"Exif": exif, "0th": {271: b"Maker", 272: extra or b"Model"}})
    return data[6:]


def plain_table(*, offset: bool = True) -> bytes:
    """Return a TIFF structure whose first table has the capture tags, as Canon's CR3 has it."""
    fields = [(36867, TAKEN + b"\0"), *([(36881, b"-05:00\0")] if offset else []), (37521, b"12\0")]
    at, entries, values = 8 + 2 + 12 * len(fields) + 4, b"", b""
    for tag, text in fields:
        inline = len(text) <= 4
        entries += tag.to_bytes(2, "little") + b"\2\0" + len(text).to_bytes(4, "little")
        entries += text.ljust(4, b"\0") if inline else (at + len(values)).to_bytes(4, "little")
        values += b"" if inline else text
    return b"II*\0\x08\0\0\0" + len(fields).to_bytes(2, "little") + entries + bytes(4) + values


def exif_item(number: int = 2, data: bytes | None = None, prefix: bytes = b"Exif\0\0", **fields: int) -> Spec:
    body = u(len(prefix), 4) + prefix + (block() if data is None else data)
    return Spec(number, b"Exif", body, **fields)


def heif(
    items: Sequence[Spec],
    layout: Sequence[bytes] = (b"ftyp", b"meta", b"mdat"),
    *,
    brand: bytes = b"heic",
    table: Table | None = None,
    references: Sequence[tuple[bytes, int, int]] = (),
    reference_version: int | None = 0,
    wide: bool = False,
    extra: bytes = b"",
    order: str = "iloc iinf iref",
) -> bytes:
    """Build a file.

    Parameters
    ----------
    items
        Its items; the first is the primary one.
    layout
        Its boxes in order: types that it knows (``mdat`` large or open as ``mdatL`` and ``mdat0``), or whole boxes.
    table, references, reference_version
        How `iloc` and `iref` are written; version None leaves `iref` out.
    wide
        Whether `iinf` and `infe` use 32 bits.
    extra
        More boxes in `meta`.
    order
        Of three of its boxes.
    """
    table = table or Table()
    place = 0
    while True:  # where the data is depends on how long the tables are
        meta = _meta(items, table, place, references, reference_version, wide, extra, order)
        file, found = b"", 0
        for name in layout:
            if name.startswith(b"mdat"):
                data = b"".join(spec.data for spec in items if spec.method == 0)
                part = box(b"mdat", data, large=name == b"mdatL", is_open=name == b"mdat0")
                found = len(file) + len(part) - len(data)
            else:
                part = {b"ftyp": box(b"ftyp", brand, u(0, 4), brand, b"mif1"), b"meta": meta}.get(name, name)
            file += part
        if found == place:
            return file
        place = found


def _meta(  # noqa: PLR0917 # as `heif` got them
    items: Sequence[Spec],
    table: Table,
    place: int,
    references: Sequence[tuple[bytes, int, int]],
    reference_version: int | None,
    wide: bool,
    extra: bytes,
    order: str,
) -> bytes:
    width = 4 if wide else 2
    entries = b"".join(
        full_box(
            b"infe", 3 if wide else 2, int(s.hidden), u(s.number, width), u(s.protection, 2), s.kind, b"\0", s.content
        )
        for s in items
    )
    listed = full_box(b"iinf", int(wide), 0, u(len(items), width), entries)
    idat = b"".join(spec.data for spec in items if spec.method == 1)
    wide_ids = 4 if reference_version else 2
    iref = b"".join(box(kind, u(a, wide_ids), u(1, 2), u(b, wide_ids)) for kind, a, b in references)
    tables = {
        "iloc": _iloc(items, table, place),
        "iinf": listed,
        "iref": full_box(b"iref", reference_version, 0, iref) if reference_version is not None else b"",
    }
    return full_box(
        b"meta",
        0,
        0,
        full_box(b"hdlr", 0, 0, u(0, 4), b"pict", bytes(13)),
        full_box(b"pitm", 0, 0, u(items[0].number, 2)),
        *[tables[name] for name in order.split()],
        box(b"iprp", box(b"ipco", box(b"ispe", bytes(12)))),
        box(b"idat", idat) if idat else b"",
        extra,
    )


def _iloc(items: Sequence[Spec], table: Table, place: int) -> bytes:
    out = u(table.offset << 4 | table.length, 1) + u(table.base << 4 | table.index, 1)
    wide = 4 if table.version == 2 else 2
    out += u(len(items), wide)
    places = {0: place, 1: 0, 2: 0, 3: 0}
    for spec in items:
        start = places[spec.method]
        places[spec.method] += len(spec.data)
        base = start if table.uses_base else 0
        out += u(spec.number, wide) + (u(spec.method, 2) if table.version else b"") + u(spec.reference, 2)
        out += u(base, table.base) + u(spec.pieces, 2)
        step = -(-len(spec.data) // spec.pieces)
        for piece in range(spec.pieces):
            length = min(step, len(spec.data) - piece * step)
            out += u(0, table.index) + u(start - base + piece * step, table.offset) + u(length, table.length)
    return full_box(b"iloc", table.version, 0, out)


def listed_in_movie(*items: tuple[int, bytes, int, int]) -> bytes:
    """Return a `meta` box as tracks have it, without a primary item, of numbers, types, places and sizes."""
    entries = b"".join(full_box(b"infe", 2, 0, u(n, 2), u(0, 2), kind, b"\0") for n, kind, _, _ in items)
    places = b"".join(u(n, 2) + u(0, 2) + u(1, 2) + u(at, 4) + u(size, 4) for n, _, at, size in items)
    table = full_box(b"iloc", 0, 0, b"\x44\0", u(len(items), 2), places)
    handler = full_box(b"hdlr", 0, 0, u(0, 4), b"pict", bytes(13))
    return full_box(b"meta", 0, 0, handler, table, full_box(b"iinf", 0, 0, u(len(items), 2), entries))


def items_of(file: bytes) -> dict[int, tuple[bytes, bytes]]:
    """Read type and bytes of all items."""
    return items_in(only(file, b"meta"), file)


def items_in(body: bytes, file: bytes) -> dict[int, tuple[bytes, bytes]]:
    """Read type and bytes of all items that a `meta` box lists."""
    meta = body[4:]
    infos, table = only(meta, b"iinf"), only(meta, b"iloc")
    entries = list(boxes_of(infos, 6 if infos[0] == 0 else 8))
    assert number(infos, 4, 2 if infos[0] == 0 else 4) == len(entries)
    kinds = {}
    for entry in entries:
        width = 4 if entry.body[0] == 3 else 2
        kinds[number(entry.body, 4, width)] = entry.body[6 + width : 10 + width]
    idat = next((found.body for found in boxes_of(meta) if found.kind == b"idat"), b"")
    return {
        item: (kinds[item], b"".join((idat if method else file)[a : a + n] for a, n in pieces))
        for item, method, pieces in _places(table)
    }


def _places(table: bytes) -> list[tuple[int, int, list[tuple[int, int]]]]:
    version = table[0]
    offset, length, base = table[4] >> 4, table[4] & 15, table[5] >> 4
    index = table[5] & 15 if version else 0
    wide = 4 if version == 2 else 2
    at, found = 6 + wide, []
    for _ in range(number(table, 6, wide)):
        item = number(table, at, wide)
        at += wide
        method = number(table, at, 2) & 15 if version else 0
        at += 4 if version else 2
        start = number(table, at, base)
        at += base
        count = number(table, at, 2)
        at += 2
        pieces = []
        for _ in range(count):
            at += index
            pieces.append((start + number(table, at, offset), number(table, at + offset, length)))
            at += offset + length
        found.append((item, method, pieces))
    assert at == len(table)
    return found


def references_of(file: bytes) -> list[tuple[bytes, int, int]]:
    meta = only(file, b"meta")[4:]
    body = only(meta, b"iref")
    width = 4 if body[0] else 2
    return [(f.kind, number(f.body, 0, width), number(f.body, width + 2, width)) for f in boxes_of(body, 4)]


def exif_of(data: bytes) -> tuple[str | None, str | None]:
    """Read capture time and offset of an item with Exif data."""
    start = 4 + number(data, 0, 4)
    exif = piexif.load(b"Exif\0\0" + data[start:])["Exif"]
    time, offset = exif.get(36867), exif.get(36881)
    return time and time.decode(), offset and offset.decode()


def movie(*places: int, wide: bool = False, more: bytes = b"", elsewhere: bool = False) -> bytes:
    """Return a box `moov` with one track whose chunks are at these places."""
    table = full_box(
        b"co64" if wide else b"stco", 0, 0, u(len(places), 4), b"".join(u(p, 8 if wide else 4) for p in places)
    )
    links = full_box(b"dref", 0, 0, u(1, 4), full_box(b"url ", 0, int(not elsewhere)))
    minf = box(b"minf", box(b"dinf", links), box(b"stbl", full_box(b"stsz", 0, 0, bytes(8)), table))
    return box(b"moov", full_box(b"mvhd", 0, 0, bytes(96)), box(b"trak", box(b"mdia", minf)), more)


NEW = CaptureTags("2024:06:15 10:30:45", None, "+02:00")
READ = ("2024:06:15 10:30:45", "+02:00")
ROOM = exif_item()
NO_ROOM = exif_item(data=block(offset=False))
XMP = Spec(3, b"mime", b"<x:xmpmeta/>")
LAYOUTS = [
    (b"ftyp", b"meta", b"mdat"),
    (b"ftyp", b"mdat", b"meta"),
    (b"ftyp", b"meta", b"mdatL"),
    (b"ftyp", b"meta", b"mdat0"),
    (b"ftyp", b"meta", box(b"free", bytes(9)), b"mdat", box(b"uuid", bytes(20))),
]
TABLES = [
    Table(),
    Table(version=0),
    Table(version=2),
    Table(offset=8, length=8),
    Table(base=4, uses_base=True),
    Table(version=0, offset=0, base=4, uses_base=True),
    Table(offset=0, base=8, uses_base=True),
    Table(base=4),
    Table(index=4),
]


def corrected(file: bytes, texts: CaptureTags = NEW) -> bytes:
    return correct_bytes(file, Texts(texts))
