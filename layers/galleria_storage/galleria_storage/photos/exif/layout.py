"""How the contents of a TIFF block are laid out: in nearly all photos, nothing overlaps.

If no two items share a byte and all of them lie in the block, a value can
change and the block can grow without checking each of the others.
"""

from collections.abc import Iterable
from operator import gt
from typing import Final

from galleria_storage.photos.exif.ifd import Ifd

_HEADER_END: Final = 8
_IMAGE_OFFSET: Final = 0x0201
#: Strips, tiles and SubIFDs, which `tiff_images` handles.
UNUSUAL: Final = frozenset({0x0111, 0x0117, 0x0144, 0x0145, 0x014A})


def end_if_apart(ifds: Iterable[Ifd], size: int) -> int:
    """Return where IFDs, their values and thumbnails end, if they lie in a block of this size and do not overlap.

    Returns
    -------
    int
        0 if they do, or if there are kinds of images or IFDs that are not handled here.
    """
    starts, ends = [0], [_HEADER_END]
    for ifd in ifds:
        if not UNUSUAL.isdisjoint(ifd.tag_set) or (_IMAGE_OFFSET in ifd.tag_set and not ifd.images):
            return 0
        # TIFF 6.0 section 2: the offset of the next IFD is part of an IFD.
        starts.append(ifd.at)
        ends.append(ifd.end + 4)
        if values := ifd.values:
            _, first, behind, _ = zip(*values, strict=True)
            starts += first
            ends += behind
        for _, start, length in ifd.images:
            starts.append(start)
            ends.append(start + length)
    # Nothing overlaps if, with both lists sorted, every end comes before the next start.
    starts.sort()
    ends.sort()
    return 0 if ends[-1] > size or any(map(gt, ends, starts[1:])) else ends[-1]
