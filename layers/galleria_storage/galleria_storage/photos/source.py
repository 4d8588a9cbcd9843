"""A photo as ranges of bytes: in memory, in a file, or in a bucket.

A planner reads only what it needs to work out an edit. `MeteredSource` keeps
what was read, so that the many small reads of a box or chunk walker become a
few requests, and limits them.
"""

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, Protocol

from galleria_storage.errors import CorruptPhotoError, LocalFileError

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_READS: Final = 16
"""Requests for one plan; a photo that needs more has its metadata in too many places."""

MAX_BYTES: Final = 4 * 1024 * 1024
"""Bytes read for one plan."""

READ_BYTES: Final = 64 * 1024
"""The least that is requested at once: a request costs more than the bytes it brings."""


class RangedSource(Protocol):
    """A photo of a known size, of which any range can be read."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes from an offset on: as many as requested, fewer only at the end of the photo."""
        ...


class BytesSource:
    """A photo in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return a slice; see `RangedSource`."""
        return self._data[offset : offset + length]


class FileSource:
    """A photo in a file that is open for reading, from its current position on."""

    def __init__(self, file: "BinaryIO") -> None:
        self._file = file
        self._start = file.tell()
        self.size = file.seek(0, 2) - self._start
        file.seek(self._start)

    def read(self, offset: int, length: int) -> bytes:
        """Return a range; see `RangedSource`.

        Raises
        ------
        LocalFileError
            The file became shorter while it was read.
        """
        wanted = max(min(length, self.size - offset), 0)
        if not wanted:
            return b""  # a damaged file may contain an offset that no file can have
        self._file.seek(self._start + offset)
        data = self._file.read(wanted)
        if len(data) < wanted:
            raise LocalFileError("the photo became shorter while it was read", advice="Try again when it is complete.")
        return data


class WindowSource:
    """Part of a photo as a separate photo: a preview inside a RAW file.

    Parameters
    ----------
    source
        The whole.
    start, size
        Offset and size of the part, which must be complete.
    """

    def __init__(self, source: RangedSource, start: int, size: int) -> None:
        self._source = source
        self.start = start
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """Return a range of the part; see `RangedSource`."""
        return self._source.read(self.start + offset, max(min(length, self.size - offset), 0))


class MeteredSource:
    """A source that keeps what was read, reads at least `READ_BYTES` at once, and limits reads and bytes.

    Parameters
    ----------
    source
        Where the bytes come from.
    head
        First bytes of the photo, if already known; they do not need a read.
    max_bytes
        How much may be read beyond the head.

    Attributes
    ----------
    max_bytes
        As above; the limit changes once the format of the photo is known.
    size
        Bytes in all.
    reads, bytes_read
        Reads and bytes requested from the source so far.
    """

    def __init__(self, source: RangedSource, head: bytes = b"", max_bytes: int = MAX_BYTES) -> None:
        self._source = source
        self.max_bytes = max_bytes
        self._starts: list[int] = [0]
        self._kept: list[bytes] = [head]
        self.size = source.size
        self.reads = 0
        self.bytes_read = 0

    def has_read(self, *marks: bytes) -> bool:
        """Whether one of these marks occurs in what was read so far."""
        return any(mark in piece for piece in self._kept for mark in marks)

    def read(self, offset: int, length: int) -> bytes:
        """Return a range; see `RangedSource`.

        Raises
        ------
        CorruptPhotoError
            The photo would need more reads, or more bytes, than a plan may take.
        """
        length = max(min(length, self.size - offset), 0)
        if not length:
            return b""
        index = bisect_right(self._starts, offset) - 1
        start, data = self._starts[index], self._kept[index]
        if offset + length <= start + len(data):
            return data[offset - start : offset - start + length]
        return self._fetch(offset, length, index)

    def _fetch(self, offset: int, length: int, index: int) -> bytes:
        """Read the missing part of a range, after the piece in which it begins or that it follows."""
        start, data = self._starts[index], self._kept[index]
        known = data[offset - start :] if offset <= start + len(data) else b""
        begin = offset + len(known)
        following = self._starts[index + 1] if index + 1 < len(self._starts) else self.size
        wanted = max(length - len(known), min(READ_BYTES, max(following - begin, 0)))
        wanted = min(wanted, self.size - begin)
        self.reads += 1
        self.bytes_read += wanted
        if self.reads > MAX_READS or self.bytes_read > self.max_bytes:
            raise CorruptPhotoError(
                f"the photo's metadata is spread over too many places: more than {MAX_READS} reads or "
                f"{self.max_bytes:,} bytes would be needed",
                advice="Save the photo again with a photo program, or publish it without a correction.",
            )
        fresh = self._source.read(begin, wanted)
        if begin == start + len(data):
            self._kept[index] = data + fresh
        else:
            self._starts.insert(index + 1, begin)
            self._kept.insert(index + 1, fresh)
        return (known + fresh)[:length]
