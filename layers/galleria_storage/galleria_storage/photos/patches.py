"""Patches and spans, and the pieces of a result made from them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from galleria_storage.photos.source import RangedSource


class Patch(NamedTuple):
    """Bytes that replace others.

    Attributes
    ----------
    offset
        Where in the source.
    removed
        How many bytes of the source are removed; 0 for an insertion.
    data
        The bytes that replace them.
    """

    offset: int
    removed: int
    data: bytes


class Span(NamedTuple):
    """Bytes of the source from `start` up to, not including, `stop`."""

    start: int
    stop: int


def within(patches: Iterable[Patch], offset: int) -> list[Patch]:
    """Return patches of something that starts at an offset of the file, as patches of the file."""
    return [Patch(offset + patch.offset, patch.removed, patch.data) for patch in patches]


class Cutter:
    """Hands out pieces up to one place after another, cutting them where it has to."""

    def __init__(self, pieces: Iterable[bytes | Span]) -> None:
        self._pieces = iter(pieces)
        self._left: bytes | Span = b""
        self._at = 0

    def up_to(self, offset: int) -> Iterator[bytes | Span]:
        """Yield what comes next, up to an offset."""
        while self._at < offset:
            size = size_of(self._left)
            if not size:
                self._left = next(self._pieces)
                continue
            count = min(size, offset - self._at)
            piece = self._left
            if isinstance(piece, Span):
                first: bytes | Span = Span(piece.start, piece.start + count)
                self._left = Span(piece.start + count, piece.stop)
            else:
                first, self._left = piece[:count], piece[count:]
            self._at += count
            yield first


def size_of(piece: bytes | Span) -> int:
    """Return the number of bytes in a piece."""
    return piece.stop - piece.start if isinstance(piece, Span) else len(piece)


class PiecesView:
    """The result of pieces as a `RangedSource`."""

    def __init__(self, pieces: Iterable[bytes | Span], source: RangedSource) -> None:
        self._source = source
        self._pieces = list(pieces)
        self._starts: list[int] = []
        self.size = 0
        for piece in self._pieces:
            self._starts.append(self.size)
            self.size += size_of(piece)

    def read(self, offset: int, length: int) -> bytes:
        """Return a range; see `RangedSource`."""
        stop = min(offset + length, self.size)
        if offset >= stop:
            return b""
        found: list[bytes] = []
        index = bisect_right(self._starts, offset) - 1
        while offset < stop:
            piece, at = self._pieces[index], offset - self._starts[index]
            if isinstance(piece, Span):
                count = min(stop - offset, piece.stop - piece.start - at)
                found.append(self._source.read(piece.start + at, count))
            else:
                count = min(stop - offset, len(piece) - at)
                found.append(piece[at : at + count])
            offset, index = offset + count, index + 1
        return found[0] if len(found) == 1 else b"".join(found)
