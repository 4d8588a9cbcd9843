"""An own reader of JPEG segments and multi-picture indexes, for comparing two files byte by byte.

It shares no code with the editor that it judges, on purpose: ITU-T T.81
annex B for segments, CIPA DC-007 5.2.3 for the multi-picture index, AXS File
Concatenation Protocol 1.0 for the trailer whose offsets count from the start
of the file.
"""

import re
from dataclasses import dataclass
from typing import Literal

_STANDALONE = {0x00, 0x01, *range(0xD0, 0xD8)}
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_AFCP_MARK = re.compile(rb"AXS[!*]")
_AFCP_HEADER = 12
_AFCP_ORDERS: dict[bytes, Literal["big", "little"]] = {b"AXS!": "big", b"AXS*": "little"}


@dataclass(frozen=True)
class Jpeg:
    """A file cut at its segment boundaries.

    Attributes
    ----------
    pieces
        Offset, marker and bytes of each segment up to SOS, stray bytes in
        front of a marker included.
    image
        Offset of SOS; from here to the end: image data and trailer.
    complete
        Whether an EOI follows SOS.
    """

    data: bytes
    pieces: tuple[tuple[int, int, bytes], ...]
    image: int
    complete: bool

    @property
    def tail(self) -> bytes:
        """Image data and everything after it; AFCP trailers with offsets from their own start."""
        data, done = bytearray(self.data), len(self.data)
        for mark in reversed(list(_AFCP_MARK.finditer(self.data, self.image))):
            end, order = mark.start(), _AFCP_ORDERS[mark[0]]
            first = int.from_bytes(self.data[end + 4 : end + 8], order)
            if not 0 < first <= end - _AFCP_HEADER <= done - 2 * _AFCP_HEADER or not self.data.startswith(
                mark[0], first
            ):
                continue  # the last record, as long as a header, of no trailer, or cut off, or in another trailer
            entries = range(first + 12, first + 12 + 12 * int.from_bytes(self.data[first + 6 : first + 8], order), 12)
            for at in (*(entry + 8 for entry in entries if entry < end), end + 4):
                offset = int.from_bytes(self.data[at : at + 4], order)
                data[at : at + 4] = (offset - first & 0xFFFF_FFFF).to_bytes(4, order)
            done = first
        return bytes(data[self.image :])

    def exif_segments(self) -> list[bytes]:
        """Return the Exif segments, markers and all."""
        return [piece for _, marker, piece in self.pieces if _is_exif(marker, piece)]

    def exif_blocks(self) -> list[bytes]:
        """Return the TIFF blocks of the Exif segments."""
        return [piece[piece.lower().index(b"exif\0") + 6 :] for piece in self.exif_segments()]

    def other_pieces(self) -> list[tuple[int, bytes]]:
        """Return all that is neither Exif nor a multi-picture index, in order."""
        return [
            (marker, piece)
            for _, marker, piece in self.pieces
            if not _is_exif(marker, piece) and not _is_index(marker, piece)
        ]

    def pictures(self) -> list[tuple[int, bytes]] | None:
        """Return size and bytes of each picture that the multi-picture index names; None without an index."""
        for start, marker, piece in self.pieces:
            if _is_index(marker, piece):
                return self._index(start + piece.index(b"MPF\0") + 4)
        return None

    def _index(self, base: int) -> list[tuple[int, bytes]]:
        order = "little" if self.data[base : base + 2] == b"II" else "big"

        def number(at: int, size: int = 4) -> int:
            return int.from_bytes(self.data[at : at + size], order)  # type: ignore[arg-type] # one of the two

        ifd = base + number(base + 4)
        for entry in range(ifd + 2, ifd + 2 + 12 * min(number(ifd, 2), 64), 12):
            if number(entry, 2) == 0xB002:
                records = range(base + number(entry + 8), base + number(entry + 8) + min(number(entry + 4), 4096), 16)
                sizes = [(number(at + 4), number(at + 8)) for at in records]
                return [(n, self.data[base + to : base + to + n] if to else b"") for n, to in sizes]
        return []


def read_jpeg(data: bytes) -> Jpeg | None:
    """Cut a file at its segments; None if it does not get to the image data in an orderly way."""
    pieces = []
    at = 2
    while data.startswith(b"\xff\xd8"):
        start = at
        at = data.find(b"\xff", at)
        while 0 <= at < len(data) - 1 and data[at + 1] == 0xFF:
            at += 1
        if at < 0 or at + 4 > len(data):
            return None
        marker = data[at + 1]
        if marker == _SOS:
            if at > start:
                pieces.append((start, 0, data[start:at]))
            return Jpeg(data, tuple(pieces), at, data.find(b"\xff\xd9", at) > 0)
        if marker in (_SOI, _EOI):
            return None
        end = at + 2 if marker in _STANDALONE else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker not in _STANDALONE and end < at + 4:
            return None
        pieces.append((start, marker, data[start:end]))
        at = end
    return None


def _is_exif(marker: int, piece: bytes) -> bool:
    """Readers take the word in capitals, too."""
    return marker == 0xE1 and b"exif\0" in piece[:16].lower()


def _is_index(marker: int, piece: bytes) -> bool:
    return marker == 0xE2 and b"MPF\0" in piece[:64]


def differences(before: Jpeg, after: Jpeg) -> set[str]:
    """Name what differs beside the Exif data."""
    found = set()
    if before.tail != after.tail:
        found.add("image data or trailer")
    if before.other_pieces() != after.other_pieces():
        found.add("other segments")
    old, new = before.exif_blocks(), after.exif_blocks()
    if len(new) != max(1, len(old)):
        found.add("number of Exif blocks")
    if old and new and old[0][:2] in (b"II", b"MM") and old[0][:2] != new[0][:2]:
        found.add("byte order")
    if not _same_pictures(before, after):
        found.add("multi-picture index")
    return found


def _same_pictures(before: Jpeg, after: Jpeg) -> bool:
    old, new = before.pictures(), after.pictures()
    if not old or not new:
        return not old and not new
    growth = len(after.data) - len(before.data)
    first_grew = new[0][0] == old[0][0] + growth or (old[0][0] == 0 and new[0][0] == 0)
    return first_grew and old[1:] == new[1:]
