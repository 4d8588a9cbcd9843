"""The boxes of a movie, and its tracks, whose chunks are found by file offsets (ISO/IEC 14496-12 8.7.5)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from struct import pack, unpack
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.boxes import LARGEST, MAX_BOXES, Box, children, name_of
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

CHUNK_TABLES: Final = {b"stco": 4, b"co64": 8}
"""Boxes with the offsets of chunks, by the width of an offset."""

MAX_CHUNKS: Final = 65_536
"""More chunks than any image sequence has; limits the work on hostile input."""

_CONTAINERS: Final = {0: (b"moov",), 1: (b"trak",), 2: (b"mdia",), 3: (b"minf",), 4: (b"stbl", b"dinf")}
"""Boxes around those that matter here, by their depth in a movie."""

_FRAGMENTS: Final = frozenset({b"moof", b"sidx", b"ssix", b"mfra", b"saio", b"meta", b"mvex"})
"""Boxes, on the top level or in a movie, with file offsets that an edit cannot adjust."""


def leaves(source: RangedSource, movie: Box) -> Iterator[tuple[str, Box]]:
    """Yield the innermost boxes of a movie that matter here, each with its path.

    Raises
    ------
    CorruptPhotoError
        There are more than `MAX_BOXES`, or they do not fill the boxes around them.
    """
    queue = [("moov", movie)]
    for path, box in queue:  # grows while it is read
        if box.kind not in _CONTAINERS.get(path.count("/"), ()):
            yield path, box
            continue
        found = children(source, box)
        if len(queue) + len(found) > MAX_BOXES:
            raise damaged(f"a movie in it has more than {MAX_BOXES:,} boxes")
        queue += [(f"{path}/{name_of(child.kind)}", child) for child in found]


def chunks(source: RangedSource, table: Box) -> tuple[int, ...]:
    """Return the offsets of a track's chunks.

    Raises
    ------
    CorruptPhotoError
        The table is cut off, or has more than `MAX_CHUNKS`.
    """
    width = CHUNK_TABLES[table.kind]
    count = int.from_bytes(source.read(table.body + 4, 4), "big")
    if table.stop - table.body != 8 + width * count:
        raise damaged("the list of a track's chunks is cut off")
    if count > MAX_CHUNKS:
        raise damaged(f"a track has {count:,} chunks")
    return unpack(f">{count}{'I' if width == 4 else 'Q'}", source.read(table.body + 8, width * count))


def follow_chunks(
    source: RangedSource, boxes: Sequence[Box], moved: Callable[[int], int], followed: Collection[Box] = ()
) -> list[Patch]:
    """Return patches that adjust the offsets of all chunks.

    Parameters
    ----------
    source
        The file.
    boxes
        The boxes of its top level.
    moved
        Returns the offset in the result of a byte of the source.
    followed
        Boxes with offsets that the caller adjusts itself.

    Raises
    ------
    CorruptPhotoError
        The file has offsets that cannot be adjusted.
    """
    for box in boxes:
        if box.kind in _FRAGMENTS - {b"meta"}:
            raise _stuck(box)
    patches = []
    for movie in boxes:
        if movie.kind != b"moov":
            continue
        for path, box in leaves(source, movie):
            if (box.kind in _FRAGMENTS and box not in followed) or (box.kind == b"dref" and _is_elsewhere(source, box)):
                raise _stuck(box)
            if path.endswith(("/stbl/stco", "/stbl/co64")):
                patches += _follow(source, box, moved)
    return patches


def _follow(source: RangedSource, table: Box, moved: Callable[[int], int]) -> list[Patch]:
    old = chunks(source, table)
    new = [moved(place) for place in old]
    if new == list(old):
        return []
    if max(old) > source.size:
        raise cut_off("some of a track's chunks lie beyond its end")
    if table.kind == b"stco" and max(new) > LARGEST:
        raise damaged("a track's chunks would lie beyond 4 GiB")
    data = pack(f">{len(new)}{'I' if table.kind == b'stco' else 'Q'}", *new)
    return [Patch(table.body + 8, len(data), data)]


def _is_elsewhere(source: RangedSource, box: Box) -> bool:
    """Whether a track's data is in another file (8.7.2: flag 1 means that it is in this one)."""
    return any(not source.read(entry.body + 3, 1)[0] & 1 for entry in children(source, box, skip=8))


def _stuck(box: Box) -> CorruptPhotoError:
    return CorruptPhotoError(
        f"the capture time cannot be added: the photo's file has a {name_of(box.kind)} box, whose offsets of other "
        "data cannot be adjusted",
        advice="Publish the photo without a correction, or save it again with a photo program.",
    )
