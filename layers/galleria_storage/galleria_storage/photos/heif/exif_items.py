"""The items of a HEIF file that hold Exif data (ISO/IEC 23008-12 annex A.2.1)."""

from itertools import pairwise
from typing import Final, NamedTuple

from galleria_storage.photos.exif.blob import MAX_BLOB
from galleria_storage.photos.exif.offset_header import header_start
from galleria_storage.photos.heif.locations import IN_FILE, IN_META, Location
from galleria_storage.photos.heif.structure import EXIF, Heif, Item, Meta
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

MAX_EXIF_ITEMS: Final = 8
"""More items with Exif data than any photo has."""


class ExifItem(NamedTuple):
    """An item with Exif data.

    Attributes
    ----------
    holders
        Where it is listed: in the box `meta` of the file, in that of a track, or in both.
    spans
        The bytes of the file of which it consists.
    data
        The content of the item.
    start
        Where in the item the TIFF header is.
    """

    holders: tuple[tuple[Meta, Location], ...]
    spans: tuple[Span, ...]
    data: bytes
    start: int

    @property
    def block(self) -> bytes:
        """The Exif block, from the TIFF header on."""
        return self.data[self.start :]

    def in_file(self, patches: list[Patch]) -> list[Patch]:
        """Convert patches of the Exif block that keep its length to patches of the file."""
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


def base_of(meta: Meta, location: Location) -> int | None:
    """Return the base, in the file, of an item's offsets; None if the item is inside another item.

    Readers ignore that an item may be marked as being in another file; such an item is not edited, and nothing moves.
    """
    if location.method == IN_FILE:
        return location.base
    if location.method == IN_META and meta.data_box:
        return location.base + meta.data_box.body
    return None


def spans_of(meta: Meta, location: Location) -> tuple[Span, ...]:
    """Return the bytes of the file of which an item consists; none if they are in another item."""
    base = base_of(meta, location)
    if base is None:
        return ()
    return tuple([Span(base + at, base + at + length) for _, at, length in location.extents])


def exif_items(source: RangedSource, heif: Heif) -> list[ExifItem]:
    """Read all items with Exif data, those of the file before those of tracks.

    Raises
    ------
    CorruptPhotoError
        One of them cannot be read, or cannot be edited without harming others.
    """
    listed = [(meta, item) for meta in heif.metas for item in meta.items if item.kind == EXIF]
    if len(listed) > MAX_EXIF_ITEMS:
        raise damaged(f"it has {len(listed):,} items with Exif data")
    holders: dict[tuple[Span, ...], list[tuple[Meta, Location]]] = {}
    for meta, item in listed:
        location = _location(meta, item)
        # An image sequence lists the same bytes for the file and for its track.
        holders.setdefault(spans_of(meta, location), []).append((meta, location))
    return [_read(source, heif, spans, held) for spans, held in holders.items()]


def _location(meta: Meta, item: Item) -> Location:
    locations = [entry for entry in meta.locations.entries if entry.item == item.number]
    if len(locations) != 1 or sum(other.number == item.number for other in meta.items) != 1:
        raise damaged("the place of its Exif data is missing, or there are two")
    if item.protection or locations[0].reference not in meta.locations.own:
        raise damaged("its Exif data is encrypted, or in another file")
    return locations[0]


def _read(source: RangedSource, heif: Heif, spans: tuple[Span, ...], holders: list[tuple[Meta, Location]]) -> ExifItem:
    if not spans:
        raise damaged("its Exif data is in another item")
    size = sum(span.stop - span.start for span in spans)
    if not 8 <= size <= MAX_BLOB:
        raise damaged(f"its Exif data has {size:,} bytes; from 8 to {MAX_BLOB:,} can be edited")
    if not all(_is_data(heif, span) for span in spans):
        raise damaged("its Exif data is not where data belongs")
    _check_not_shared(heif, holders, spans)
    data = b"".join([source.read(span.start, span.stop - span.start) for span in spans])
    return ExifItem(tuple(holders), spans, data, header_start(data))


def _is_data(heif: Heif, span: Span) -> bool:
    """Whether bytes lie in the data of a single box."""
    boxes = [box for box in heif.boxes if box.kind == b"mdat"]
    boxes += [meta.data_box for meta in heif.metas if meta.data_box]
    return any(box.body <= span.start <= span.stop <= box.stop for box in boxes)


def _check_not_shared(heif: Heif, holders: list[tuple[Meta, Location]], spans: tuple[Span, ...]) -> None:
    first, last = min(span.start for span in spans), max(span.stop for span in spans)
    overlapping = any(one.stop > other.start for one, other in pairwise(sorted(spans)))
    if overlapping or len({meta.box for meta, _ in holders}) < len(holders):
        raise damaged("pieces of its Exif data overlap")
    own = {id(location) for _, location in holders}
    for meta in heif.metas:
        for entry in meta.locations.entries:
            base = base_of(meta, entry)
            if base is None or id(entry) in own:
                continue
            for _, offset, length in entry.extents:
                start, stop = base + offset, base + offset + length
                if start < last and first < stop and any(start < span.stop and span.start < stop for span in spans):
                    raise damaged("its Exif data shares bytes with something else")
