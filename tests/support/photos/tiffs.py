"""TIFF files that tests build, and a reader that shares no code with the library."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 13: 4}
EXIF_IFD, SUB_IFDS = 0x8769, 0x014A
TIME, FRACTION, OFFSET = 0x9003, 0x9291, 0x9011


@dataclass
class TiffBuilder:
    """Puts a TIFF together front to back: values and strips first, tables where the test wants them.

    Attributes
    ----------
    mark
        Byte order in `struct`'s sign.
    magic
        Second half of the header's first four bytes.
    """

    mark: str = "<"
    magic: bytes = b""
    data: bytearray = field(default_factory=lambda: bytearray(8))

    def put(self, data: bytes) -> int:
        """Add bytes on a word boundary; return their offset."""
        self.data += bytes(len(self.data) % 2)
        at = len(self.data)
        self.data += data
        return at

    def table(self, entries: Mapping[int, tuple[int, bytes]], following: int | None = 0) -> int:
        """Add values and a table of fields (tag -> type and value); return the table's offset.

        `following` is the offset of the next table; None leaves it away.
        """
        rows = []
        for tag, (kind, value) in entries.items():
            number = len(value) // SIZES[kind]
            stored = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(f"{self.mark}I", self.put(value))
            rows.append(struct.pack(f"{self.mark}HHI", tag, kind, number) + stored)
        end = b"" if following is None else struct.pack(f"{self.mark}I", following)
        return self.put(struct.pack(f"{self.mark}H", len(rows)) + b"".join(rows) + end)

    def long(self, *values: int) -> tuple[int, bytes]:
        """Return a value of one or more LONGs."""
        return 4, struct.pack(f"{self.mark}{len(values)}I", *values)

    def file(self, main: int) -> bytes:
        """Return the file, whose header leads to this IFD0."""
        magic = self.magic or struct.pack(f"{self.mark}H", 42)
        header = (b"II" if self.mark == "<" else b"MM") + magic + struct.pack(f"{self.mark}I", main)
        return header + bytes(self.data[8:])


def text(value: str) -> tuple[int, bytes]:
    """Return an ASCII value."""
    return 2, value.encode() + b"\0"


def read_table(file: bytes, at: int) -> tuple[dict[int, bytes], int]:
    """Read one table: tag -> value, and the offset of the next."""
    mark = "<" if file[:2] == b"II" else ">"
    (count,) = struct.unpack_from(f"{mark}H", file, at)
    found = {}
    for number in range(count):
        place = at + 2 + 12 * number
        tag, kind, values, offset = struct.unpack_from(f"{mark}HHII", file, place)
        size = values * SIZES[kind]
        start = place + 8 if size <= 4 else offset
        assert start + size <= len(file)
        found[tag] = file[start : start + size]
    return found, struct.unpack_from(f"{mark}I", file, at + 2 + 12 * count)[0]


def tables(file: bytes) -> tuple[dict[int, bytes], dict[int, bytes], int]:
    """Read IFD0, the Exif IFD, and the offset of the next table after IFD0."""
    mark = "<" if file[:2] == b"II" else ">"
    main, following = read_table(file, struct.unpack_from(f"{mark}I", file, 4)[0])
    exif = read_table(file, struct.unpack(f"{mark}I", main[EXIF_IFD])[0])[0] if EXIF_IFD in main else {}
    return main, exif, following


def photo(
    exif: Mapping[int, tuple[int, bytes]] | None,
    *,
    mark: str = "<",
    magic: bytes = b"",
    main: Mapping[int, tuple[int, bytes]] | None = None,
    strips: Sequence[bytes] = (b"pixels" * 20,),
    following: int | None = 0,
) -> bytes:
    """Return a TIFF with strips, an Exif IFD (unless that is None), and IFD0 at its end."""
    builder = TiffBuilder(mark, magic)
    places = [builder.put(strip) for strip in strips]
    fields = {0x0111: builder.long(*places), 0x0117: builder.long(*map(len, strips)), **(main or {})}
    if exif is not None:
        fields[EXIF_IFD] = builder.long(builder.table(exif))
    return builder.file(builder.table(dict(sorted(fields.items())), following))
