"""Photoshop's image resources, in which JPEG and TIFF files keep IPTC records.

Adobe Photoshop file formats specification, "Image resource blocks": ``8BIM``, a
number, a name (Pascal, padded to an even length), a size, the data (padded).
0404 holds IPTC-IIM records, and 0425 their MD5, with which Photoshop and others
find out whether the records changed after the XMP was written.
"""

from collections.abc import Iterator, Sequence
from hashlib import md5
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.plan import Patch, Plan, Span, within
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource, WindowSource

MAX_RESOURCES: Final = 2000
MAX_CONTINUED: Final = 64
"""Segments over which one block of resources may extend."""

MAX_BYTES: Final = 16 * 1024 * 1024
_SMALLEST: Final = 12
"""Bytes of a resource without a name or data."""

IPTC, DIGEST = 0x0404, 0x0425
_EXIF: Final = frozenset({0x0422, 0x0423})
_XMP: Final = 0x0424
_THUMBNAILS: Final = frozenset({0x0409, 0x040C})
_THUMBNAIL_HEADER: Final = 28
"""Bytes before the JPEG of a thumbnail."""

_WORDLESS: Final = frozenset({DIGEST, 0x040F})  # a digest, and an ICC profile
_SIGNATURES: Final = frozenset({b"8BIM", b"PHUT", b"AgHg", b"DCSR", b"MeSa"})


class Resource(NamedTuple):
    """One resource, and where its data is."""

    number: int
    data: Span


def resources(data: bytes) -> Iterator[Resource]:
    """Yield the resources of a block; anything after the last complete one is left alone."""
    at = 0
    for _ in range(MAX_RESOURCES + 1):
        if data[at : at + 4] not in _SIGNATURES or at + 7 > len(data):
            return
        name = at + 6
        size_at = name + (1 + data[name] + 1) // 2 * 2
        start = size_at + 4
        stop = start + int.from_bytes(data[size_at:start], "big")
        if start > len(data) or stop > len(data):
            return
        yield Resource(int.from_bytes(data[at + 4 : at + 6], "big"), Span(start, stop))
        at = stop + stop % 2
    raise damaged(f"it has more than {MAX_RESOURCES:,} Photoshop resources")


def is_continued(data: bytes) -> bool:
    """Whether a block of resources ends within one: it continues in the next segment."""
    end = 0
    for resource in resources(data):
        end = resource.data.stop + resource.data.stop % 2
    return len(data) - end >= _SMALLEST and data[end : end + 4] in _SIGNATURES


def resource_blocks(file: RangedSource, start: int, size: int) -> Iterator[Block]:
    """Yield the blocks of metadata in Photoshop's resources, given their offset in the file."""
    if size > MAX_BYTES:
        raise damaged(f"its Photoshop resources have {size:,} bytes")
    data = file.read(start, size)
    found = list(resources(data))
    digests = [resource.data for resource in found if resource.number == DIGEST]
    end = found[-1].data.stop if found else 0
    if data[end:].strip(b"\0 "):
        rest = plain_block("opaque", "what follows Photoshop's resources", file, start + end, size - end)
        yield rest._replace(drop=lambda: [Patch(start + end, size - end, bytes(size - end))])
    for number, (begin, stop) in found:
        if number == IPTC:
            yield iptc_block(file, Span(start + begin, start + stop), [_moved(span, start) for span in digests])
        elif number in _EXIF:
            yield plain_block("exif", "Exif in Photoshop's resources", file, start + begin, stop - begin)
        elif number == _XMP:
            yield plain_block("xmp", "XMP in Photoshop's resources", file, start + begin, stop - begin)
        elif number in _THUMBNAILS and data[begin + _THUMBNAIL_HEADER :][:2] == b"\xff\xd8":
            begin += _THUMBNAIL_HEADER  # noqa: PLW2901 # the JPEG
            yield plain_block("picture", "Photoshop's thumbnail", file, start + begin, stop - begin)
        elif number not in _WORDLESS and stop > begin:
            yield plain_block("words", f"Photoshop's resource {number:04X}", file, start + begin, stop - begin)


def digests_of(file: RangedSource, span: Span) -> list[Span]:
    """Return where digests of IPTC records are in a block of resources: a TIFF keeps the records elsewhere."""
    if span.stop - span.start > MAX_BYTES:
        return []
    data = file.read(span.start, span.stop - span.start)
    return [_moved(found.data, span.start) for found in resources(data) if found.number == DIGEST]


def iptc_block(file: RangedSource, span: Span, digests: Sequence[Span] = ()) -> Block:
    """Return a block of IPTC records; its digest is updated if it was right before."""

    def write(patches: Sequence[Patch]) -> list[Patch]:
        old = file.read(span.start, span.stop - span.start)
        new = Plan(len(old), patches, CaptureTags(), CaptureTags()).apply(old)
        changed = within(patches, span.start)
        for digest in digests:
            if file.read(digest.start, digest.stop - digest.start) == _md5(old) and new != old:
                changed.append(Patch(digest.start, digest.stop - digest.start, _md5(new)))
        return changed

    return Block("iptc", "IPTC", WindowSource(file, span.start, span.stop - span.start), write)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.stop + by)


def _md5(data: bytes) -> bytes:
    return md5(data, usedforsecurity=False).digest()
