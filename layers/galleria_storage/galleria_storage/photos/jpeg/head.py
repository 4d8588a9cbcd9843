"""The head of a JPEG file: its segments up to the first scan.

ITU-T T.81 (JPEG) annex B: a file is SOI, then marker segments (a marker, a
two-byte length that counts itself, a payload), then the first SOS and the
image data. Exif 2.32 (CIPA DC-008) 4.5.4 puts the attribute information in
APP1 of that head, so the head is all that an edit needs.
"""

import re
from struct import Struct
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import READ_BYTES, RangedSource

DEFAULT_LIMIT: Final = 16 * 1024 * 1024
"""Bytes; a longer head is refused. Extended XMP and ICC take 5 MB in extreme photos."""

MAX_FILL: Final = 65_535
"""Fill bytes (0xFF) accepted before one marker; the standard sets no limit, real files have a few."""

MAX_STRAY: Final = 65_535
"""Bytes accepted between two segments; some cameras and programs write a length that is too small."""

MAX_SEGMENTS: Final = 4096
"""More segments than any camera or program writes (65,533 bytes each fill 256 MB)."""

APP0: Final = 0xE0
APP1: Final = 0xE1
APP2: Final = 0xE2

_MARKER: Final = Struct(">HH")
_FILL: Final = re.compile(rb"\xff+")
_SOI: Final = 0xD8
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_OUT_OF_PLACE: Final = frozenset({_SOI, _EOI})
# TEM and RSTn have no length (T.81 table B.1). FF 00 is not a marker; readers skip it between segments.
_STANDALONE: Final = frozenset({0x00, 0x01, *range(0xD0, 0xD8)})
_WITH_LENGTH: Final = frozenset(
    0xFF00 | marker for marker in set(range(0x02, 0xFF)) - _STANDALONE - _OUT_OF_PLACE - {_SOS}
)


_new: Final = tuple.__new__


class Segment(NamedTuple):
    """One marker segment; offsets count from the start of the file.

    Attributes
    ----------
    marker
        Second byte of the marker, 0xE1 for APP1.
    start
        Offset of the marker's 0xFF (fill and stray bytes before it belong to the segment).
    payload
        Offset of the first byte after the length.
    end
        Offset after the segment.
    """

    marker: int
    start: int
    payload: int
    end: int


class Head(NamedTuple):
    """The head of a JPEG file.

    Attributes
    ----------
    data
        The bytes up to, not including, the first SOS marker.
    segments
        All segments in `data`, in order and without gaps, from offset 2 (after SOI) on.
    """

    data: bytes
    segments: tuple[Segment, ...]


class HeadReader:
    r"""Collects the head of a JPEG file from pieces of any size.

    Parameters
    ----------
    limit
        The longest head accepted, in bytes.

    Examples
    --------
    >>> reader = HeadReader()
    >>> reader.feed(b"\xff\xd8\xff\xe0\x00\x02\xff")
    False
    >>> reader.feed(b"\xda")
    True
    >>> len(reader.head().segments)
    1
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._data: bytes | bytearray = b""
        self._segments: list[Segment] = []
        self._next = 2
        self._complete = False

    def feed(self, data: bytes | bytearray | memoryview) -> bool:
        """Take the next bytes of the file.

        Returns
        -------
        bool
            True once the head is complete; further bytes are ignored.

        Raises
        ------
        UnsupportedFormatError
            The file does not start as a JPEG.
        CorruptPhotoError
            The segments are broken, or the head is longer than the limit.
        """
        if self._complete:
            return True
        if not self._data:
            self._data = data if isinstance(data, bytes) else bytes(data)
        else:
            if isinstance(self._data, bytes):
                self._data = bytearray(self._data)
            self._data += data
        self._scan()
        if self._next > self._limit or (len(self._data) > self._limit and not self._complete):
            raise CorruptPhotoError(
                f"the photo's head (all that comes before the image) is longer than {self._limit:,} bytes",
                advice="Save the photo again with a program that writes less metadata.",
            )
        return self._complete

    def head(self) -> Head:
        """Return the complete head.

        Raises
        ------
        CorruptPhotoError
            The file ended within its head.
        """
        if not self._complete:
            if not self._data:
                raise UnsupportedFormatError("the file is empty")
            raise cut_off(f"it ends after {len(self._data):,} bytes, before the image begins")
        return Head(bytes(self._data[: self._next]), tuple(self._segments))

    def _scan(self) -> None:
        data, at, segments = self._data, self._next, self._segments
        if not data.startswith(b"\xff\xd8"[: len(data)]):
            raise UnsupportedFormatError("the file is not a JPEG: it does not start with FF D8")
        while True:
            at = _add_plain_segments(data, at, segments)
            segment = _segment_at(data, at)
            if segment is None:
                break
            if segment.marker == _SOS:
                self._complete = True
                break
            segments.append(segment)
            at = segment.end
        self._next = at


def _add_plain_segments(data: bytes | bytearray, at: int, segments: list[Segment]) -> int:
    """Add the segments from an offset on that look like nearly all: a marker with nothing before it, and a length.

    Returns
    -------
    int
        Offset after them, where something else follows.
    """
    size, unpack, add = len(data), _MARKER.unpack_from, segments.append
    for _ in range(MAX_SEGMENTS + 1 - len(segments)):
        if at + 4 > size:
            return at
        code, length = unpack(data, at)
        end = at + 2 + length
        if code not in _WITH_LENGTH or length < 2 or end > size:
            return at
        add(_new(Segment, (code & 0xFF, at, at + 4, end)))  # like Segment(…), in a third of the time
        at = end
    raise _corrupt(at, f"more than {MAX_SEGMENTS:,} segments")


def _segment_at(data: bytes | bytearray, at: int) -> Segment | None:
    """Return the segment at an offset, or None if the data ends within it (for SOS the marker is enough)."""
    size = len(data)
    if at + 2 > size:
        return None
    code = (at if data[at] == 0xFF else _after_stray(data, at)) + 1
    if code >= size:
        return None
    if data[code] == 0xFF:  # T.81 B.1.1.2: fill bytes may come before a marker
        first, code = code - 1, _FILL.match(data, code).end()  # type: ignore[union-attr]  # it matches: one is there
        if code - first - 1 > MAX_FILL:  # the last 0xFF is the marker's own
            raise _corrupt(at, f"more than {MAX_FILL:,} fill bytes")
        if code == size:
            return None
    marker, payload = data[code], code + 1
    if marker in _STANDALONE or marker == _SOS:
        return Segment(marker, at, payload, payload)
    if marker in _OUT_OF_PLACE:
        raise _corrupt(at, f"marker FF {marker:02X} before the image")
    if payload + 2 > size:
        return None
    length = data[payload] << 8 | data[payload + 1]
    if length < 2:
        raise _corrupt(at, f"a segment length of {length}")
    end = payload + length
    return Segment(marker, at, payload + 2, end) if end <= size else None


def _after_stray(data: bytes | bytearray, at: int) -> int:
    """Return the offset of the next 0xFF, or the data's end: all decoders skip other bytes between segments."""
    found = data.find(b"\xff", at, at + MAX_STRAY + 1)
    if found < 0 and len(data) - at > MAX_STRAY:
        raise _corrupt(at, "no marker where a segment should start")
    return found if found >= 0 else len(data)


def read_head(source: RangedSource, limit: int = DEFAULT_LIMIT) -> Head:
    """Return the head of a JPEG file, read in ranges of growing length; see `HeadReader` for errors raised."""
    reader, at, length = HeadReader(limit), 0, READ_BYTES
    while (data := source.read(at, length)) and not reader.feed(data):
        at += len(data)
        length = at
    return reader.head()


def _corrupt(at: int, what: str) -> CorruptPhotoError:
    return damaged(f"{what}, at byte {at:,}")
