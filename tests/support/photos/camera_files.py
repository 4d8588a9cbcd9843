"""Builders of JPEG files and TIFF blocks whose every byte is known, to reproduce what cameras and programs write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from struct import pack, unpack

from PIL import Image

from tests.support.photos.jpegs import segment

LITTLE, BIG = "<", ">"
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
SIZES = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1}

MAKE, MODEL, ORIENTATION, MODIFY_DATE = 0x010F, 0x0110, 0x0112, 0x0132
EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825
EXPOSURE_TIME, EXIF_VERSION = 0x829A, 0x9000
DATE_TIME_ORIGINAL, DATE_TIME_DIGITIZED = 0x9003, 0x9004
OFFSET_TIME_ORIGINAL, SUB_SEC_TIME_ORIGINAL = 0x9011, 0x9291
MAKER_NOTE, USER_COMMENT = 0x927C, 0x9286
THUMBNAIL_OFFSET, THUMBNAIL_LENGTH = 0x0201, 0x0202

TAKEN = "2019:08:17 14:02:33"


@dataclass
class Field:
    """An IFD entry: its value's bytes, or (`offset`) where the entry claims that they are."""

    tag: int
    type: int
    value: bytes
    number: int | None = None
    offset: int | None = None

    @property
    def count(self) -> int:
        return len(self.value) // SIZES.get(self.type, 1) if self.number is None else self.number


def text(tag: int, value: str, **claims: int) -> Field:
    return Field(tag, ASCII, value.encode("latin-1") + b"\0", **claims)


def long(order: str, tag: int, value: int) -> Field:
    return Field(tag, LONG, pack(order + "I", value))


def short(order: str, tag: int, value: int) -> Field:
    return Field(tag, SHORT, pack(order + "H", value))


@dataclass
class Tiff:
    """A TIFF block in the making: IFDs and bytes are appended one after the other, and stay where they are."""

    order: str = LITTLE
    data: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        if not self.data:
            self.data += (b"II*\0" if self.order == LITTLE else b"MM\0*") + pack(self.order + "I", 8)

    def put(self, value: bytes, *, align: bool = True) -> int:
        """Append bytes, on a word boundary unless told otherwise; return their offset."""
        if align and len(self.data) % 2:
            self.data += b"\0"
        at = len(self.data)
        self.data += value
        return at

    def ifd(self, fields: Sequence[Field], following: int | None = 0) -> int:
        """Append an IFD and then its values; `following` None leaves out the offset of the next IFD."""
        table = 2 + 12 * len(fields) + (0 if following is None else 4)
        at = self.put(bytes(table))
        entries = b""
        for item in fields:
            if item.offset is not None:
                place = pack(self.order + "I", item.offset)
            elif len(item.value) <= 4:
                place = item.value.ljust(4, b"\0")
            else:
                place = pack(self.order + "I", self.put(item.value))
            entries += pack(self.order + "HHI", item.tag, item.type, item.count) + place
        end = b"" if following is None else pack(self.order + "I", following)
        self.data[at : at + table] = pack(self.order + "H", len(fields)) + entries + end
        return at

    def set_long(self, at: int, value: int) -> None:
        self.data[at : at + 4] = pack(self.order + "I", value)

    def long_at(self, at: int) -> int:
        return long_at(self.data, at, self.order)


def camera_block(
    order: str = LITTLE,
    exif: Sequence[Field] = (),
    *,
    main: Sequence[Field] = (),
    thumbnail: bytes = b"",
    taken: str | None = TAKEN,
) -> Tiff:
    """Return a block like a camera's: IFD0, Exif IFD, and IFD1 with a thumbnail if there is one."""
    tiff = Tiff(order)
    ifd0 = sorted([text(MAKE, "Acme"), short(order, ORIENTATION, 1), *main], key=lambda item: item.tag)
    at = tiff.ifd([*ifd0, long(order, EXIF_POINTER, 0)])
    exposure = Field(EXPOSURE_TIME, RATIONAL, pack(order + "II", 1, 250))
    fields = [Field(EXIF_VERSION, UNDEFINED, b"0231"), exposure, *exif]
    if taken is not None:
        fields.append(text(DATE_TIME_ORIGINAL, taken))
    exif_at = tiff.ifd(sorted(fields, key=lambda item: item.tag))
    tiff.set_long(at + 2 + 12 * len(ifd0) + 8, exif_at)
    if thumbnail:
        ifd1 = tiff.ifd([long(order, THUMBNAIL_OFFSET, 0), long(order, THUMBNAIL_LENGTH, len(thumbnail))])
        tiff.set_long(at + 2 + 12 * (len(ifd0) + 1), ifd1)
        tiff.set_long(ifd1 + 10, tiff.put(thumbnail))
    return tiff


def long_at(data: bytes | bytearray, at: int, order: str) -> int:
    """Return the LONG at an offset."""
    return int.from_bytes(data[at : at + 4], "little" if order == LITTLE else "big")


def note_of(order: str, rows: Sequence[tuple[int, int, int, int]], header: bytes = b"") -> bytes:
    """Return a maker note: a header, and an IFD of these entries (tag, type, number, value or offset)."""
    entries = b"".join(pack(order + "HHII", *row) for row in rows)
    return header + pack(order + "H", len(rows)) + entries + bytes(4)


@cache
def plain_jpeg(colour: str = "teal", size: int = 16) -> bytes:
    """Return a small JPEG with JFIF and nothing else."""
    buffer = BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def exif_segment(block: bytes | bytearray) -> bytes:
    return segment(0xE1, b"Exif\0\0" + block)


#: A small preview, by its markers.
THUMBNAIL = b"\xff\xd8" + bytes(range(1, 200)) + b"\xff\xd9"
#: A segment of XMP without any property.
XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")


def jpeg(*segments: bytes, jfif: bool = False, trailer: bytes = b"") -> bytes:
    """Return a JPEG with these segments after SOI (or after JFIF's APP0), and a trailer after EOI."""
    plain = plain_jpeg()
    app0 = 4 + int.from_bytes(plain[4:6], "big")
    return plain[:2] + (plain[2:app0] if jfif else b"") + b"".join(segments) + plain[app0:] + trailer


def with_afcp(data: bytes, parts: dict[bytes, bytes], order: str = BIG, behind: bytes = b"") -> bytes:
    """Return a photo with an AFCP trailer: AXS File Concatenation Protocol 1.0."""
    mark = b"AXS!" if order == BIG else b"AXS*"
    at = len(data) + 12 + 12 * len(parts)
    entries = b""
    for name, part in parts.items():
        entries += name + pack(order + "II", len(part), at)
        at += len(part)
    header = mark + pack(order + "HHI", 0x0100, len(parts), 0)
    return data + header + entries + b"".join(parts.values()) + mark + pack(order + "II", len(data), 0) + behind


def afcp_parts(data: bytes, order: str = BIG) -> dict[bytes, bytes]:
    """Return the parts of the AFCP trailer at the end of a photo, found by its offsets."""
    assert data[-12:-8] == (b"AXS!" if order == BIG else b"AXS*")
    (start,) = unpack(order + "I", data[-8:-4])
    assert data[start : start + 4] == data[-12:-8]
    (count,) = unpack(order + "H", data[start + 6 : start + 8])
    entries = [unpack(order + "4sII", data[at : at + 12]) for at in range(start + 12, start + 12 + 12 * count, 12)]
    return {name: data[at : at + size] for name, size, at in entries}


def photo(block: Tiff | bytes, *others: bytes, trailer: bytes = b"") -> bytes:
    """Return a JPEG with an Exif block, and with other segments after it."""
    data = block.data if isinstance(block, Tiff) else block
    return jpeg(exif_segment(data), *others, trailer=trailer)


def exif_of(data: bytes) -> dict[int, object]:
    """Return the Exif IFD as Pillow reads it: an independent reader."""
    with Image.open(BytesIO(data)) as image:
        return dict(image.getexif().get_ifd(EXIF_POINTER))
