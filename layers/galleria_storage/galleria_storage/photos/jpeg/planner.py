"""Planning the edit of a JPEG file: patches of its head, and of a trailer whose offsets count from the file's start."""

from collections.abc import Iterator, Sequence
from typing import Final

from galleria_storage.photos.check import Part
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.jpeg.assembly import Assembly, assemble, picture_indexes
from galleria_storage.photos.jpeg.exif_segments import EXIF_HEADER, exif_blocks, find_exif
from galleria_storage.photos.jpeg.head import APP1, Head, HeadReader
from galleria_storage.photos.jpeg.head_check import check_head
from galleria_storage.photos.jpeg.trailers import trailer_patches
from galleria_storage.photos.plan import Asked, Patch, Plan, Span
from galleria_storage.photos.source import READ_BYTES, RangedSource

_SOS: Final = 2


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to make the changes asked for; see `formats.Format`."""
    head = read_head(source)
    blocks = exif_blocks(head)
    before = capture_tags(block.tiff for block in blocks)
    changes = asked.changes(before)
    texts = tag_texts(changes)
    result = assemble(head, blocks, texts) if texts else None
    if result is None or not result.replaced:
        return Plan(source.size, (), before, before)
    check_head(head, result, texts)
    patches = list(_patches(head.data, result))
    growth = len(result.data) - result.replaced
    if growth:
        patches += trailer_patches(source, len(head.data), growth)
    return Plan(source.size, patches, before, after_changes(before, changes))


def parts(source: RangedSource) -> Sequence[Part]:
    """List the segments that no edit may change, and the start of the image; see `formats.Format`.

    The Exif segments and the multi-picture index are compared in detail while
    the edit is planned. What follows the start of the image is not read: there,
    a plan changes nothing but numbers in a trailer that it has read.
    """
    head = read_head(source)
    changed = {segment for segment, _ in find_exif(head)} | picture_indexes(head).keys()
    kept = [
        Part(f"segment {segment.marker:02X}", (Span(segment.start, segment.end),))
        for segment in head.segments
        if segment not in changed
        and not (segment.marker == APP1 and head.data.startswith(EXIF_HEADER, segment.payload, segment.end))
    ]
    image = len(head.data)
    return [*kept, Part("the image", (Span(image, min(image + _SOS, source.size)),))]


def read_head(source: RangedSource) -> Head:
    """Return the head of a JPEG file, read in ranges that get longer; see `HeadReader` for errors raised."""
    reader, at, length = HeadReader(), 0, READ_BYTES
    while data := source.read(at, length):
        if reader.feed(data):
            break
        at += len(data)
        length = at
    return reader.head()


def _patches(old: bytes, result: Assembly) -> Iterator[Patch]:
    """Yield what differs between the old head and the new one, run by run, and what was inserted."""
    done = shift = 0
    for at, size in (*sorted(result.growths), (result.replaced, 0)):
        yield from _differences(old, result.data, done, at, shift)
        if size:
            yield Patch(at, 0, result.data[at + shift : at + shift + size])
        done, shift = at, shift + size


_BLOCK: Final = 512


def _differences(old: bytes, new: bytes, start: int, stop: int, shift: int) -> Iterator[Patch]:
    """Yield the runs of bytes in which a span of the old head differs from the same bytes of the new one."""
    for begin in range(start, stop, _BLOCK):
        end = min(begin + _BLOCK, stop)
        if old[begin:end] == new[begin + shift : end + shift]:
            continue
        at = begin
        while at < end:
            if old[at] == new[at + shift]:
                at += 1
                continue
            last = at
            while last < end and old[last] != new[last + shift]:
                last += 1
            yield Patch(at, last - at, new[at + shift : last + shift])
            at = last
