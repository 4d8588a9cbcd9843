"""RAW files and TIFF files of a few tables, as small as they can be."""

from struct import pack

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
