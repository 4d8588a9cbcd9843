"""The blocks of metadata in a HEIF file: items with Exif data, and items with XMP (ISO/IEC 23008-12 annex A)."""

from typing import Final

from galleria_storage.photos.credentials import credentials_in_boxes
from galleria_storage.photos.films_inside import film_blocks
from galleria_storage.photos.heif.exif_items import exif_items, spans_of
from galleria_storage.photos.heif.structure import Item, Meta, read_heif
from galleria_storage.photos.metadata_blocks import Block, scattered_block, shifted
from galleria_storage.photos.motion import samsung_blocks
from galleria_storage.photos.plan import Span
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource, WindowSource
from galleria_storage.photos.xmp import MAX_PACKET

_XMP_TYPE: Final = b"application/rdf+xml\0"
_MIME: Final = b"mime"


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    heif = read_heif(source)
    found = []
    for number, item in enumerate(exif_items(source, heif), 1):
        name = "Exif" if number == 1 else f"Exif of picture {number}"
        found.append(scattered_block("exif", name, source, _after(item.spans, item.start)))
    # An image sequence lists the same bytes for the file and for its track.
    packets = [_spans(source, meta, item) for meta in heif.metas for item in meta.items if _is_xmp(item)]
    for number, spans in enumerate(dict.fromkeys(packets), 1):
        name = "XMP" if number == 1 else f"XMP of picture {number}"
        found.append(scattered_block("xmp", name, source, list(spans)))
    films = [Span(box.body, box.stop) for box in heif.boxes if box.kind == b"mpvd"]
    end = heif.boxes[-1].stop
    if source.read(end + 4, 4) == b"ftyp":  # another file after the photo
        films.append(Span(end, source.size))
    for box in heif.boxes:
        if box.kind == b"sefd":  # Samsung's trailer, which JPEG files have at their end
            trailer = WindowSource(source, box.body, box.stop - box.body)
            found += [shifted(block, box.body) for block in samsung_blocks(trailer)]
    return [*found, *credentials_in_boxes(source, heif.boxes), *film_blocks(source, films)]


def _is_xmp(item: Item) -> bool:
    return item.kind == _MIME and _XMP_TYPE in item.entry


def _spans(source: RangedSource, meta: Meta, item: Item) -> tuple[Span, ...]:
    locations = [location for location in meta.locations.entries if location.item == item.number]
    spans = tuple([span for location in locations for span in spans_of(meta, location)])
    size = sum(span.stop - span.start for span in spans)
    if item.protection or not spans or size > MAX_PACKET or max(span.stop for span in spans) > source.size:
        raise damaged("its XMP is encrypted, in another file, or cut off")
    return spans


def _after(spans: tuple[Span, ...], skipped: int) -> list[Span]:
    """Return spans without their first bytes."""
    left = []
    for span in spans:
        count = min(skipped, span.stop - span.start)
        skipped -= count
        if span.start + count < span.stop:
            left.append(Span(span.start + count, span.stop))
    return left
