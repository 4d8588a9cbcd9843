"""IPTC records (IIM) in place: where each dataset is.

IPTC-IIM 4.2, chapter 3: a dataset is 1C, the record's number, the dataset's
number, a length of two bytes, and the data; a length with its highest bit set
gives the number of bytes of the real length.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from galleria_storage.photos.plan import Span
from galleria_storage.photos.refusals import damaged

MAX_DATASETS: Final = 10_000
_MARK: Final = 0x1C
_EXTENDED: Final = 0x8000


class Dataset(NamedTuple):
    """One dataset: record and number, and where its data is."""

    record: int
    number: int
    data: Span


def datasets(data: bytes) -> Iterator[Dataset]:
    """Yield the datasets of a block up to its padding.

    Raises
    ------
    CorruptPhotoError
        A dataset reaches beyond the end, or there are too many.
    """
    at = 0
    for _ in range(MAX_DATASETS + 1):
        if at + 5 > len(data) or data[at] != _MARK:
            return
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        start = at + 5
        if length & _EXTENDED:
            start += length & ~_EXTENDED
            length = int.from_bytes(data[at + 5 : start], "big")
        if start + length > len(data):
            raise damaged("its IPTC records are cut off")
        yield Dataset(data[at + 1], data[at + 2], Span(start, start + length))
        at = start + length
    raise damaged(f"it has more than {MAX_DATASETS:,} IPTC datasets")
