"""Checking whether the image of a JPEG file is complete, without decoding it.

ITU-T T.81 B.1.1.5: in image data 0xFF is followed by a zero or is a restart marker, and the image ends with EOI. A file
that ends with image data was cut off, by an interrupted upload or a failing memory card. No cameras were found that
omit EOI; their photos would be considered cut off, since only decoding could show whether anything else is missing.
"""

import re
from typing import Final

from galleria_storage.photos.jpeg.head import Head
from galleria_storage.photos.jpeg.trailers import TAIL_BYTES
from galleria_storage.photos.refusals import cut_off
from galleria_storage.photos.source import RangedSource

_EOI: Final = b"\xff\xd9"
# Between the scans of a progressive image are SOS and tables (B.2.1): DHT, DAC, DQT, DNL, DRI.
_OTHER_MARKER: Final = re.compile(rb"\xff[^\0\xd0-\xd7\xff\xc4\xcc\xda-\xdd]")
_STUFFED: Final = b"\xff\0"
_LIKELY: Final = 8
"""This many stuffed bytes near the end occur in image data, and hardly in anything else without a marker."""

_FARTHEST: Final = 4 * 1024 * 1024
"""How far back the end is searched for, for example in a file that was filled up with zeros."""

_BITS_PER_BLOCK: Final = {0xC0: 2, 0xC1: 2, 0xC2: 1}
"""The fewest bits for a block of 8 x 8, by SOF: F.1.2 requires two Huffman codes of at least a bit, G.1.2.1 one."""


def check_end(source: RangedSource, head: Head) -> None:
    """Refuse a file whose image data is cut off.

    A file that only consists of a head passes: it does not have an image that could be cut off.

    Raises
    ------
    CorruptPhotoError
        The file ends with image data, or there is too little of it for an image of this size.
    """
    image = len(head.data)
    start = image + 2 + int.from_bytes(source.read(image + 2, 2), "big")
    size = source.size
    if start >= size:
        return
    if 8 * (size - start) < _least_bits(head):
        raise cut_off("its image data is shorter than any image of its size")
    begin, last = _last_bytes(source, start)
    if last.endswith(_EOI) or _EOI in last:
        return
    if not _OTHER_MARKER.search(last) and (begin == start or last.count(_STUFFED) >= _LIKELY):
        raise cut_off("its image data has no end")


def _last_bytes(source: RangedSource, start: int) -> tuple[int, bytes]:
    """Return the last bytes after an offset that could contain a marker, and where they begin.

    Zeros and texts do not, and neither does the image of a white wall.
    """
    end = source.size
    begin = max(end - TAIL_BYTES, start)  # trailers are searched for in the same bytes
    last = source.read(begin, end - begin)
    while begin > start and b"\xff" not in last[:-1] and source.size - begin < _FARTHEST:
        begin, end = max(begin - len(last) * 2, start), begin
        last = source.read(begin, end - begin)
    return begin, last


def _least_bits(head: Head) -> int:
    """Return the fewest bits that the image data can have; 0 if the head does not say (B.2.2)."""
    for marker, _, payload, end in head.segments:
        if marker in _BITS_PER_BLOCK and end - payload >= 6:
            height, width = (int.from_bytes(head.data[at : at + 2], "big") for at in (payload + 1, payload + 3))
            return _BITS_PER_BLOCK[marker] * -(-height // 8) * -(-width // 8)
    return 0
