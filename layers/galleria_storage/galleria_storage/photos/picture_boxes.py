"""Whether a file of boxes holds pictures or a film. Its boxes decide, since anybody can write any brand.

ISO/IEC 23008-12: pictures are items of a `meta` box, or samples of a track,
whose handler is ``pict``; a film's tracks have the handlers ``vide`` and
``soun`` (ISO/IEC 14496-12, 8.4.3). Unlike a planner, this reads whatever is
there, and ignores boxes that are cut off or damaged.
"""

from collections.abc import Iterator
from typing import Final, Literal

from galleria_storage.photos.source import RangedSource

_PICTURES: Final = b"pict"
_FILM: Final = frozenset({b"vide", b"soun", b"auxv"})
#: Limit of boxes examined in one file; bounds the work on hostile files.
_MAX_BOXES: Final = 512
_TRACK_DEPTH: Final = 2
_HEADER_BYTES: Final = 8


def content_of(source: RangedSource) -> Literal["pictures", "film", "unknown"]:
    """Return what a file contains, according to its boxes.

    Parameters
    ----------
    source
        The file, or its first bytes.

    Returns
    -------
    str
        ``pictures`` if any box says so, even beside a film (a moving picture
        has both); ``unknown`` if no box that decides is within reach.
    """
    return _Walk(source).content()


class _Walk:
    """One walk over the boxes of a file."""

    def __init__(self, source: RangedSource) -> None:
        self._source = source
        self._left = _MAX_BOXES

    def content(self) -> Literal["pictures", "film", "unknown"]:
        film = False
        for kind, start, stop in self._boxes(0, self._source.size):
            if kind == b"meta" and _PICTURES in self._handlers(start + 4, stop):
                return "pictures"
            if kind == b"moov":
                handlers = set(self._handlers(start, stop))
                if _PICTURES in handlers:
                    return "pictures"
                film = film or not handlers.isdisjoint(_FILM)
        return "film" if film else "unknown"

    def _handlers(self, start: int, stop: int, depth: int = 0) -> Iterator[bytes]:
        """Yield the handlers of a `meta` box, or those of all tracks of a `moov` box."""
        for kind, inner, end in self._boxes(start, stop):
            if kind == b"hdlr":
                yield self._source.read(inner + 8, 4)
            elif kind in {b"trak", b"mdia"} and depth < _TRACK_DEPTH:
                yield from self._handlers(inner, end, depth + 1)

    def _boxes(self, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield type, start and end of the content of boxes, as long as their headers can be read."""
        while self._left and start < stop:
            self._left -= 1
            header = self._source.read(start, 2 * _HEADER_BYTES)
            size, body = int.from_bytes(header[:4], "big"), start + _HEADER_BYTES
            if size == 1:
                size, body = int.from_bytes(header[8:16], "big"), start + 2 * _HEADER_BYTES
            end = start + size if size else stop
            if len(header) < _HEADER_BYTES or end < body:
                return
            yield header[4:8], body, min(end, stop)
            start = end
