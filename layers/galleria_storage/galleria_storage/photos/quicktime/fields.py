"""Where films keep their times.

ISO/IEC 14496-12 8.2.2, 8.3.2 and 8.4.2: `mvhd`, `tkhd` and `mdhd` have the
creation and modification times, in seconds since 1904 in UTC. Apple's QuickTime
File Format has the metadata key ``com.apple.quicktime.creationdate`` (`meta`
with `keys` and `ilst`) and the user data ``©day``, as text; phones write ``date``
beside it (ExifTool, "QuickTime UserData Tags").
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.boxes import Box, name_of, walk
from galleria_storage.photos.quicktime.spelling import SpelledDate
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

EPOCH_1970: Final = 2_082_844_800
"""Seconds from 1904 to 1970. A smaller number is not an early date: its writer counted from 1970, as readers know."""

MAX_TRACKS: Final = 256
"""More tracks than any camera writes; limits the work on hostile input."""

MAX_WORDS: Final = 64
"""The same for times as text."""

MAX_TABLE: Final = 256 * 1024
"""Bytes of the longest list of metadata that is read."""

_AHEAD: Final = 1024 * 1024
"""Bytes of a movie box that are read at once: most are shorter."""

_NEAR: Final = 64 * 1024
_CREATION_DATE: Final = b"com.apple.quicktime.creationdate"
_DAY, _DATE = b"\xa9day", b"date"
_TEXTS: Final = frozenset({0, 1})
"""Types of values that are text: unspecified, and UTF-8 (QuickTime File Format, well-known types)."""


class MovieClock(NamedTuple):
    """The times in a header of the movie, of a track or of its media.

    Attributes
    ----------
    at
        Where the creation time is; the modification time follows.
    width
        Bytes of each.
    created, modified
        In seconds; 0 is not set.
    """

    at: int
    width: int
    created: int
    modified: int


class TextField(NamedTuple):
    """A time as text.

    Attributes
    ----------
    at
        Its offset.
    size
        Its length in bytes.
    spelled
        The time that it names.
    """

    at: int
    size: int
    spelled: SpelledDate


class Fields(NamedTuple):
    """All times of a film; in `words` the most important come first."""

    clocks: list[MovieClock]
    words: list[TextField]


def find_fields(source: RangedSource) -> Fields:
    """Find the times of a film; nothing else is read.

    Raises
    ------
    CorruptPhotoError
        The movie box is missing, cut off or damaged.
    UnsupportedFormatError
        It is compressed.
    """
    movie = movie_of(source)
    source.read(movie.start, min(movie.stop - movie.start, _AHEAD))
    clocks: list[MovieClock] = []
    words: list[TextField] = []
    boxes = _inside(source, movie)
    tracks = [box for box in boxes if box.kind == b"trak"]
    if len(tracks) > MAX_TRACKS:
        raise damaged(f"it has {len(tracks):,} tracks")
    if any(box.kind == b"cmov" for box in boxes):
        raise UnsupportedFormatError("the capture time cannot be changed: the film's tables are compressed")
    for container in (boxes, *[_inside(source, track) for track in tracks]):
        for box in container:
            if box.kind in (b"mvhd", b"tkhd"):
                clocks.append(_clock(source, box))
            elif box.kind == b"mdia":
                clocks += [_clock(source, inner) for inner in _inside(source, box) if inner.kind == b"mdhd"]
        for found in _words(source, container):
            words.append(found)
            if len(words) > MAX_WORDS:
                raise damaged(f"it records its time in more than {MAX_WORDS} texts")
    return Fields(clocks, words)


def _inside(source: RangedSource, box: Box) -> list[Box]:
    """Return the boxes in a box; zeros may follow, which end a list in old QuickTime files.

    Raises
    ------
    CorruptPhotoError
        They do not fill it: what follows may be a time that readers find anyway.
    """
    found = list(walk(source, box.body, box.stop))
    end = found[-1].stop if found else box.body
    if box.stop - end > _NEAR or any(source.read(end, box.stop - end)):
        raise damaged(f"its {name_of(box.kind)} box holds something that is not a box")
    return found


def movie_of(source: RangedSource) -> Box:
    """Return the box with a film's tables.

    Raises
    ------
    CorruptPhotoError
        It is missing.
    """
    for box in walk(source, 0, source.size):
        if box.kind == b"moov":
            return box
        if box.stop - box.start > _NEAR and not box.is_open:
            source.read(box.stop, min(source.size - box.stop, _AHEAD))
    raise cut_off("the film's tables are missing")


def _clock(source: RangedSource, box: Box) -> MovieClock:
    version = source.read(box.body, 1)
    width = 8 if version == b"\1" else 4
    if version not in (b"\0", b"\1") or box.stop - box.body < 4 + 2 * width:
        raise damaged("a header of the film is cut off, or of an unknown version")
    data = source.read(box.body + 4, 2 * width)
    return MovieClock(box.body + 4, width, int.from_bytes(data[:width], "big"), int.from_bytes(data[width:], "big"))


def _words(source: RangedSource, container: list[Box]) -> Iterator[TextField]:
    """Yield the times as text of the movie or of a track: Apple's key, then the user data."""
    for box in container:
        if box.kind == b"meta":
            yield from _listed(source, box)
    for box in container:
        if box.kind != b"udta":
            continue
        inner = list(walk(source, box.body, box.stop))
        for item in inner:
            if item.kind == _DAY:
                yield from _user_texts(source, item)
            elif item.kind == _DATE:
                yield from _spelled(_content(source, item), item.body)
        for item in inner:
            if item.kind == b"meta":
                yield from _listed(source, item)


def _listed(source: RangedSource, meta: Box) -> Iterator[TextField]:
    """Yield the times in the lists of a `meta` box, which has a version in MP4, but not in QuickTime."""
    is_plain = source.read(meta.body + 4, 4) == b"hdlr"
    boxes = {box.kind: box for box in walk(source, meta.body + (0 if is_plain else 4), meta.stop)}
    if b"ilst" not in boxes:
        return
    keys = _keys(_content(source, boxes[b"keys"])) if b"keys" in boxes else []
    table, start = _content(source, boxes[b"ilst"]), boxes[b"ilst"].body
    at = 0
    while at + 8 <= len(table):
        size, kind = int.from_bytes(table[at : at + 4], "big"), table[at + 4 : at + 8]
        if not 8 <= size <= len(table) - at:
            return
        index = int.from_bytes(kind, "big")
        is_date = keys[index - 1] == _CREATION_DATE if 0 < index <= len(keys) else kind == _DAY
        # One value: its size, `data`, its type, its country and language.
        value = table[at + 8 : at + size]
        length = int.from_bytes(value[:4], "big")
        if is_date and value[4:8] == b"data" and 16 <= length <= len(value):
            is_text = int.from_bytes(value[8:12], "big") in _TEXTS
            yield from _spelled(value[16:length], start + at + 24) if is_text else ()
        at += size


def _keys(table: bytes) -> list[bytes]:
    keys, at = [], 8
    while at + 8 <= len(table):
        size = int.from_bytes(table[at : at + 4], "big")
        if not 8 <= size <= len(table) - at:
            break
        keys.append(table[at + 8 : at + size])
        at += size
    return keys


def _user_texts(source: RangedSource, box: Box) -> Iterator[TextField]:
    """Yield the texts of an item of user data, each with its length and language."""
    data, at = _content(source, box), 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        yield from _spelled(data[at + 4 : at + 4 + length], box.body + at + 4)
        at += 4 + length


def _spelled(data: bytes, at: int) -> Iterator[TextField]:
    text = data.rstrip(b"\0 ")
    spelled = SpelledDate.read(text.decode("latin-1"))
    if spelled:
        yield TextField(at, len(text), spelled)


def _content(source: RangedSource, box: Box) -> bytes:
    if box.stop - box.body > MAX_TABLE:
        raise damaged("a list of the film's metadata is too long")
    return source.read(box.body, box.stop - box.body)
