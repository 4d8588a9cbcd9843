"""RAW files that begin like TIFF, distinguished by their tables.

DNG, NEF, ARW, CR2, PEF, SRW, GPR, IIQ and others are TIFF files by their first
bytes, but contain sensor data, which no browser shows.

Sources: TIFF 6.0, TIFF/EP (ISO 12234-2), DNG 1.7; ExifTool for makers' compressions and media types.
"""

from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.photos.source import RangedSource

TIFF: Final = "image/tiff"
UNKNOWN_RAW: Final = "image/x-raw"

_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _MAKE, _SUB_IFDS = 254, 259, 262, 271, 330
_CFA_PATTERN, _CFA_DIMENSIONS, _DNG_VERSION, _LEAF = 0x828E, 0x828D, 0xC612, 0x8606

#: PhotometricInterpretation of a colour filter array and of linear sensor values (TIFF/EP, DNG).
_SENSOR_VALUES: Final = frozenset({32803, 34892})
#: Compressions of makers: Sony, packed, Samsung (two), Kodak KDC, Nikon, Kodak DCR, Pentax.
_RAW_COMPRESSIONS: Final = frozenset({32767, 32769, 32770, 32772, 32867, 34713, 65000, 65535})
_VC5: Final = 9
_KODAK_KDC: Final = 32867

_GPR: Final = "image/x-gopro-gpr"
_DNG: Final = "image/x-adobe-dng"
#: A maker's name in capitals -> the media type of its RAW files.
_MAKERS: Final = {
    "NIKON": "image/x-nikon-nef",
    "SONY": "image/x-sony-arw",
    "PENTAX": "image/x-pentax-pef",
    "RICOH": "image/x-pentax-pef",
    "ASAHI": "image/x-pentax-pef",
    "SAMSUNG": "image/x-samsung-srw",
    "CANON": "image/x-canon-cr2",
    "HASSELBLAD": "image/x-hasselblad-3fr",
    "IMACON": "image/x-hasselblad-fff",
    "PHASE ONE": "image/x-phaseone-iiq",
    "LEAF": "image/x-leaf-mos",
    "EASTMAN KODAK": "image/x-kodak-dcr",
    "KODAK": "image/x-kodak-dcr",
    "SEIKO EPSON": "image/x-epson-erf",
    "MAMIYA": "image/x-mamiya-mef",
    "LEICA": "image/x-leica-rwl",
    "PANASONIC": "image/x-panasonic-rw2",
    "OLYMPUS": "image/x-olympus-orf",
    "GOPRO": _GPR,
}
_AFTER_HEADER_AT: Final = 8
#: Signatures between the TIFF header and the first table.
_AFTER_HEADER: Final = (
    (b"CR\2", "image/x-canon-cr2"),
    (b"\xba\xb0\xac\xbb", "image/x-canon-tif"),
    (b"MMMMRaw", "image/x-phaseone-iiq"),
)
_PHASE_ONE_LITTLE: Final = (b"IIII", b"waR")

# These limit the work: no camera's table has as many entries or as many tables below it.
_MAX_ENTRIES: Final = 512
_MAX_SUB_IFDS: Final = 8
_TYPE_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8, 18: 8}
_UINT_CODES: Final = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_BIG_TIFF: Final = 43


class _Entry(NamedTuple):
    """One entry of a table: its type, the number of values, and the field with the values or their offset."""

    type: int
    number: int
    field: bytes


_Table = dict[int, _Entry]


def kind_of_tiff(source: RangedSource) -> str:
    """Return the media type of a file that begins like TIFF: ``image/tiff``, or that of a RAW file.

    Parameters
    ----------
    source
        The file, or its first bytes. If it does not include the tables, the
        file counts as TIFF.
    """
    start = source.read(0, 16)
    for signature, kind in _AFTER_HEADER:
        if start.startswith(signature, _AFTER_HEADER_AT):
            return kind
    if (start[_AFTER_HEADER_AT:12], start[13:16]) == _PHASE_ONE_LITTLE:
        return "image/x-phaseone-iiq"
    reader = _Tables(source, start)
    # If the first table is out of reach, a rewritten file still has its old one after the header.
    first = reader.table(reader.first) or reader.table(_AFTER_HEADER_AT)
    compressions = set(reader.numbers(first, _COMPRESSION))
    make = reader.text(first, _MAKE).upper()
    if _DNG_VERSION in first:
        return _GPR if make.startswith("GOPRO") or _VC5 in compressions else _DNG
    if _LEAF in first:
        return "image/x-leaf-mos"
    below = [reader.table(at) for at in reader.numbers(first, _SUB_IFDS)[:_MAX_SUB_IFDS]]
    for table in below:
        compressions.update(reader.numbers(table, _COMPRESSION))
    maker = next((kind for name, kind in _MAKERS.items() if make.startswith(name)), "")
    if any(_holds_sensor_values(reader, table) for table in (first, *below)):
        return "image/x-kodak-kdc" if _KODAK_KDC in compressions else maker or UNKNOWN_RAW
    # The sensor data may be described beyond the known part of the file. A
    # maker's file whose first image is a reduced one, with others below it, was
    # not saved by an editor.
    reduced = any(kind & 1 for kind in reader.numbers(first, _SUBFILE_TYPE))
    return maker if maker and reduced and _SUB_IFDS in first else TIFF


def _holds_sensor_values(reader: "_Tables", table: _Table) -> bool:
    return (
        _CFA_PATTERN in table
        or _CFA_DIMENSIONS in table
        or not _SENSOR_VALUES.isdisjoint(reader.numbers(table, _PHOTOMETRIC))
        or not _RAW_COMPRESSIONS.isdisjoint(reader.numbers(table, _COMPRESSION))
    )


class _Tables:
    """Tables of a TIFF or BigTIFF file, read as far as possible: what is damaged or missing is empty."""

    def __init__(self, source: RangedSource, start: bytes) -> None:
        self._source = source
        self._order = "<" if start[:2] == b"II" else ">"
        self._big = _BIG_TIFF in start[2:4]
        self._count = Struct(self._order + ("Q" if self._big else "H"))
        self._entry = Struct(self._order + ("HHQ8s" if self._big else "HHI4s"))
        self._offset = Struct(self._order + ("Q" if self._big else "I"))
        self.first = self._unpack_offset(start[8:16] if self._big else start[4:8])

    def table(self, at: int) -> _Table:
        """Return the entries of the table at an offset, by tag."""
        head = self._source.read(at, self._count.size)
        if not at or len(head) < self._count.size:
            return {}
        count = min(self._count.unpack(head)[0], _MAX_ENTRIES)
        data = self._source.read(at + self._count.size, count * self._entry.size)
        whole = data[: len(data) // self._entry.size * self._entry.size]
        return {tag: _Entry(*rest) for tag, *rest in self._entry.iter_unpack(whole)}

    def numbers(self, table: _Table, tag: int) -> tuple[int, ...]:
        """Return the values of an entry of whole numbers."""
        entry = table.get(tag)
        if entry is None or entry.type not in _UINT_CODES:
            return ()
        code = Struct(f"{self._order}{_UINT_CODES[entry.type]}")
        data = self._value(entry)
        return tuple(number for (number,) in code.iter_unpack(data[: len(data) // code.size * code.size]))

    def text(self, table: _Table, tag: int) -> str:
        """Return the text of an entry, up to its first NUL."""
        entry = table.get(tag)
        return self._value(entry).partition(b"\0")[0].decode("latin-1").strip() if entry else ""

    def _value(self, entry: _Entry) -> bytes:
        size = _TYPE_SIZES.get(entry.type, 0) * min(entry.number, _MAX_ENTRIES)
        if size <= len(entry.field):
            return entry.field[:size]
        return self._source.read(self._unpack_offset(entry.field), size)

    def _unpack_offset(self, field: bytes) -> int:
        return int(self._offset.unpack(field)[0]) if len(field) == self._offset.size else 0
