"""Where the bytes of a file are after an edit, for tables of offsets that have to follow."""

from bisect import bisect_right
from collections.abc import Sequence

from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import harmful


class Moves:
    """Where the bytes of a source are after patches are applied.

    Parameters
    ----------
    patches
        In any order; insertions at one offset count together.
    """

    def __init__(self, patches: Sequence[Patch]) -> None:
        ordered = sorted(patches, key=lambda patch: patch.offset)
        self._starts = [patch.offset for patch in ordered]
        self._patches = ordered
        self._growth = [0]
        for patch in ordered:
            self._growth.append(self._growth[-1] + len(patch.data) - patch.removed)

    def place(self, offset: int) -> int:
        """Return the new offset of a byte.

        Raises
        ------
        CorruptPhotoError
            It is among bytes that a patch replaces with a different number of bytes.
        """
        index = bisect_right(self._starts, offset)
        if index:
            start, removed, data = self._patches[index - 1]
            if removed != len(data) and start + removed > offset:
                raise harmful("something that lies within its tables")
        return offset + self._growth[index]

    def place_of_last(self, offset: int, size: int) -> int:
        """Return the new offset of the last insertion at an offset, given its size."""
        grown = sum(len(patch.data) - patch.removed for patch in self._patches if patch.offset <= offset)
        return offset + grown - size
