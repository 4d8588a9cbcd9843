"""Whether a file of boxes holds pictures or a film: its boxes tell, since anybody can write any brand.

ISO/IEC 23008-12: pictures are items of a `meta` box, or samples of a track,
whose handler is ``pict``; a film's tracks have the handlers ``vide`` and
``soun`` (ISO/IEC 14496-12, 8.4.3). Unlike a planner, this reads whatever is
there: a box that is cut or damaged tells nothing.
"""

from collections.abc import Iterator
from typing import Final, Literal

from galleria_storage.photos.source import RangedSource

_PICTURES: Final = b"pict"
_FILM: Final = frozenset({b"vide", b"soun", b"auxv"})
#: Boxes looked at in one place; bounds the work on hostile files.
_MAX_BOXES: Final = 64
_Range = tuple[bytes, int, int]


def content_of(source: RangedSource) -> Literal["pictures", "film", "unknown"]:
    """Tell what the boxes of a file say.

    Parameters
    ----------
    source
        The file, or its first bytes.

    Returns
    -------
    str
        ``pictures`` if any box says so, even beside a film (a moving picture
        has both); ``unknown`` where no box that tells is within reach.
    """
    film = False
    for kind, start, stop in _boxes(source, 0, source.size):
        if kind == b"meta" and _PICTURES in _handlers(source, start + 4, stop):
            return "pictures"
        if kind == b"moov":
            handlers = set(_handlers(source, start, stop))
            if _PICTURES in handlers:
                return "pictures"
            film = film or not handlers.isdisjoint(_FILM)
    return "film" if film else "unknown"


def _handlers(source: RangedSource, start: int, stop: int, depth: int = 0) -> Iterator[bytes]:
    """Yield the handlers of a `meta` box, or those of all tracks of a `moov` box."""
    for kind, inner, end in _boxes(source, start, stop):
        if kind == b"hdlr":
            yield source.read(inner + 8, 4)
        elif kind in {b"trak", b"mdia"} and depth < 2:  # moov, trak, mdia
            yield from _handlers(source, inner, end, depth + 1)


def _boxes(source: RangedSource, start: int, stop: int) -> Iterator[_Range]:
    """Yield type, begin and end of the content of boxes, as far as their headers are there."""
    for _ in range(_MAX_BOXES):
        header = source.read(start, 16)
        size, body = int.from_bytes(header[:4], "big"), start + 8
        if size == 1:
            size, body = int.from_bytes(header[8:16], "big"), start + 16
        end = start + size if size else stop
        if len(header) < 8 or end < body or start >= stop:  # size and type
            return
        yield header[4:8], body, min(end, stop)
        start = end
