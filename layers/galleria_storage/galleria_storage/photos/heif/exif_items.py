"""The items of a HEIF file that hold Exif data (ISO/IEC 23008-12 annex A.2.1)."""

from itertools import pairwise
from typing import Final, NamedTuple

from galleria_storage.photos.exif.blob import MAX_BLOB
from galleria_storage.photos.exif.offset_header import header_start
from galleria_storage.photos.heif.locations import IN_FILE, IN_META, Location
from galleria_storage.photos.heif.structure import EXIF, Heif, Item
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

MAX_EXIF_ITEMS: Final = 8
"""More items with Exif data than any photo has."""


class ExifItem(NamedTuple):
    """An item with Exif data.

    Attributes
    ----------
    location
        Where it is.
    spans
        The bytes of the file that it consists of.
    data
        The item.
    start
        Where in the item the TIFF header is.
    """

    location: Location
    spans: tuple[Span, ...]
    data: bytes
    start: int

    @property
    def block(self) -> bytes:
        """The Exif block, from the TIFF header on."""
        return self.data[self.start :]

    def in_file(self, patches: list[Patch]) -> list[Patch]:
        """Return patches of the Exif block that keep its length as patches of the file."""
        found = []
        for offset, _, data in patches:
            begin, done = self.start + offset, 0
            for span in self.spans:
                end = done + span.stop - span.start
                first, last = max(begin, done), min(begin + len(data), end)
                if first < last:
                    here = data[first - begin : last - begin]
                    found.append(Patch(span.start + first - done, len(here), here))
                done = end
        return found


def spans_of(heif: Heif, location: Location) -> tuple[Span, ...]:
    """Return which bytes of the file an item consists of; none if they are in another item or another file."""
    if location.method == IN_FILE and not location.reference:
        base = location.base
    elif location.method == IN_META and (data := heif.meta.data_box):
        base = location.base + data.body
    else:
        return ()
    return tuple([Span(base + at, base + at + length) for _, at, length in location.extents])


def exif_items(source: RangedSource, heif: Heif) -> list[ExifItem]:
    """Read all items with Exif data, those first that describe the photo itself.

    Raises
    ------
    CorruptPhotoError
        One of them cannot be read, or edited without harm to others.
    """
    items = [item for item in heif.meta.items if item.kind == EXIF]
    if len(items) > MAX_EXIF_ITEMS:
        raise damaged(f"it has {len(items):,} items with Exif data")
    return [_read(source, heif, item) for item in items]


def _read(source: RangedSource, heif: Heif, item: Item) -> ExifItem:
    locations = [entry for entry in heif.meta.locations.entries if entry.item == item.number]
    if len(locations) != 1 or sum(other.number == item.number for other in heif.meta.items) != 1:
        raise damaged("the place of its Exif data is missing, or there are two")
    location, spans = locations[0], spans_of(heif, locations[0])
    if item.protection or not spans:
        raise damaged("its Exif data is encrypted, or in another file")
    size = sum(span.stop - span.start for span in spans)
    if not 8 <= size <= MAX_BLOB:
        raise damaged(f"its Exif data has {size:,} bytes; from 8 to {MAX_BLOB:,} can be edited")
    if not all(_is_data(heif, span) for span in spans):
        raise damaged("its Exif data is not where data belongs")
    _check_not_shared(heif, location, spans)
    data = b"".join([source.read(span.start, span.stop - span.start) for span in spans])
    return ExifItem(location, spans, data, header_start(data))


def _is_data(heif: Heif, span: Span) -> bool:
    """Whether bytes lie in the data of one box."""
    boxes = [box for box in heif.boxes if box.kind == b"mdat"]
    if data := heif.meta.data_box:
        boxes.append(data)
    return any(box.body <= span.start <= span.stop <= box.stop for box in boxes)


def _check_not_shared(heif: Heif, location: Location, spans: tuple[Span, ...]) -> None:
    first, last = min(span.start for span in spans), max(span.stop for span in spans)
    if any(one.stop > other.start for one, other in pairwise(sorted(spans))):
        raise damaged("pieces of its Exif data overlap")
    for entry in heif.meta.locations.entries:
        if entry is location:
            continue
        for start, stop in spans_of(heif, entry):
            if start < last and first < stop and any(start < span.stop and span.start < stop for span in spans):
                raise damaged("its Exif data shares bytes with something else")
