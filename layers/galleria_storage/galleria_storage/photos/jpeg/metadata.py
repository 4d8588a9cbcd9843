"""The blocks of metadata in a JPEG: Exif, XMP and its extension, IPTC; and those of further pictures.

XMP specification part 3 (2020) 1.1.3: XMP is in APP1 after its own header. What
does not fit follows as extended XMP, cut into segments that each give the MD5
of the whole, as does the main packet.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import md5
from typing import TYPE_CHECKING, Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.credentials import MARK, credentials_block
from galleria_storage.photos.exif.growth import value_of
from galleria_storage.photos.films_inside import film_blocks
from galleria_storage.photos.jpeg.foreign_trailers import trailer_blocks
from galleria_storage.photos.jpeg.head import APP0, APP1, APP2, Head, Segment, read_head
from galleria_storage.photos.jpeg.head_edit import EXIF_HEADER, find_exif
from galleria_storage.photos.jpeg.multi_picture import MPF_HEADER, read_index
from galleria_storage.photos.metadata_blocks import Block, Kind, inside, plain_block, scattered_block, shifted
from galleria_storage.photos.photoshop import MAX_CONTINUED, is_continued, resource_blocks
from galleria_storage.photos.plan import Patch, Plan, Span
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import BytesSource, RangedSource, WindowSource

if TYPE_CHECKING:
    from galleria_storage.photos.motion import Appendix

XMP_HEADER: Final = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION_HEADER: Final = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP_HEADER: Final = b"Photoshop 3.0\0"
MAX_EXTENDED: Final = 16 * 1024 * 1024
MAX_PICTURES: Final = 8
"""Limit of further pictures whose metadata is read."""

_APP11, _APP12, _APP13 = 0xEB, 0xEC, 0xED
_DUCKY: Final = b"Ducky"
_DUCKY_COMMENT: Final = 2
_JUMBF: Final = b"JP"
"""ISO/IEC 19566-5 annex D: the start of an APP11 with a piece of a JUMBF box."""

_COM, _UNUSED = 0xFE, 0xEF
"""Marker of a comment, and of an application segment (APP15) that no program uses."""

_GUID: Final = 32
_APPLICATIONS: Final = frozenset(range(0xE0, 0xEF))
_HARMLESS: Final = (
    *(b"JFIF\0", b"JFXX\0", b"ICC_PROFILE\0", b"MPF\0", b"Adobe\0", b"Adobe_CM\0", b"AVI1", b"FPXR\0"),
    *(b"SPIFF\0", b"NITF\0", b"HDR_RI ", b"AROT\0"),
    *(EXIF_HEADER, EXTENSION_HEADER),
)
#: Starts of segments with known content (ExifTool, "APP12 Tags") -> a name for it.
_TELLING: Final = {b"OLYMPUS ": "serial number", b"[picture info]": "serial number"}
_LONGEST_NAME: Final = 16


class _Piece(NamedTuple):
    """A piece of extended XMP: where its GUID is, its position in the whole, and where its bytes are."""

    guid_at: int
    offset: int
    start: int
    stop: int


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    head = read_head(source)
    found = list(_blocks_of_head(source, head))
    xmp = next((block.source.read(0, block.source.size) for block in found if block.kind == "xmp"), b"")
    more = following(source, xmp)
    places = dict(_pictures(source, head))
    places |= {span.start: span.stop - span.start for span, is_film in more if not is_film}
    for number, (start, size) in enumerate(sorted(places.items()), 2):
        picture = WindowSource(source, start, size)
        blocks = _blocks_of_head(picture, read_head(picture))
        found += [shifted(block, start, f" of picture {number}") for block in blocks]
    return [*found, *trailer_blocks(source), *film_blocks(source, [span for span, is_film in more if is_film])]


def following(source: RangedSource, xmp: bytes) -> "list[Appendix]":
    """Return what follows the picture; see `motion.appendices`."""
    from galleria_storage.photos.motion import appendices  # noqa: PLC0415 # lazy: few edits look at metadata

    return appendices(source, xmp)


def _blocks_of_head(source: RangedSource, head: Head) -> Iterator[Block]:
    exif = dict(find_exif(head))
    for segment, start in exif.items():
        yield plain_block("exif", "Exif", source, start, segment.end - start)
    found: dict[str, list[Segment]] = {"xmp": [], "photoshop": [], "signed": []}
    for segment in head.segments:
        kind = _kind_of(head, segment)
        if kind in found:
            found[kind].append(segment)
        elif kind == "comment":
            yield _comment(source, segment)
        elif kind == "ducky":
            yield from _ducky(source, segment)
        elif kind == "other" and segment not in exif:
            yield _by_name(source, segment)
    for segment in found["xmp"]:
        start = segment.payload + len(XMP_HEADER)
        yield plain_block("xmp", "XMP", source, start, segment.end - start)
    yield from _photoshop_blocks(source, found["photoshop"])
    if (signed := found["signed"]) and MARK in head.data:
        yield credentials_block(source, signed[0].payload, signed[-1].end, partial(_unused, signed))
    yield from _extended(head, found["xmp"])


def _kind_of(head: Head, segment: Segment) -> str:
    """Return the kind of metadata in a segment; empty for none, or none with private data."""
    starts = {
        "xmp": (APP1, XMP_HEADER),
        "photoshop": (_APP13, PHOTOSHOP_HEADER),
        "signed": (_APP11, _JUMBF),
        "comment": (_COM, b""),
        "ducky": (_APP12, _DUCKY),
    }
    for kind, (marker, start) in starts.items():
        if segment.marker == marker and head.data.startswith(start, segment.payload, segment.end):
            return kind
    is_harmless = head.data.startswith(_HARMLESS, segment.payload, segment.end)
    return "other" if segment.marker in _APPLICATIONS and not is_harmless else ""


def _unused(segments: Sequence[Segment]) -> list[Patch]:
    """Return the patches that replace these segments with unused ones full of zeros."""
    patches = []
    for segment in segments:
        size = segment.end - segment.payload
        patches += [Patch(segment.payload - 3, 1, bytes([_UNUSED])), Patch(segment.payload, size, bytes(size))]
    return patches


def _photoshop_blocks(source: RangedSource, segments: Sequence[Segment]) -> Iterator[Block]:
    """Yield what is in Photoshop's resources; one that does not fit into a segment continues in the next."""
    parts: list[Span] = []
    for number, segment in enumerate(segments, 1):
        parts.append(Span(segment.payload + len(PHOTOSHOP_HEADER), segment.end))
        whole = scattered_block("opaque", "Photoshop's resources", source, parts)
        if len(parts) > MAX_CONTINUED:
            raise damaged(f"its Photoshop resources extend over more than {MAX_CONTINUED} segments")
        if number == len(segments) or not is_continued(whole.source.read(0, whole.source.size)):
            yield from (inside(whole, block) for block in resource_blocks(whole.source, 0, whole.source.size))
            parts = []


def _by_name(source: RangedSource, segment: Segment) -> Block:
    """Return an application segment that some programs write; only its maker knows what most of them contain."""
    kind: Kind = "opaque"
    name = f"the segment APP{segment.marker - APP0}"
    for start, meaning in _TELLING.items():
        if source.read(segment.payload, _LONGEST_NAME).startswith(start):
            kind, name = "text", meaning
    block = plain_block(kind, name, source, segment.payload, segment.end - segment.payload)
    return block._replace(drop=partial(_unused, [segment]))


def _ducky(source: RangedSource, segment: Segment) -> Iterator[Block]:
    """Yield the comment of Photoshop's "Save for Web" (ExifTool, "APP12 Ducky"): a number, a length, UTF-16."""
    at = segment.payload + len(_DUCKY)
    while at + 4 <= segment.end:
        kind, size = (int.from_bytes(source.read(at + n, 2), "big") for n in (0, 2))
        if not kind or at + 4 + size > segment.end:
            return
        if kind == _DUCKY_COMMENT:
            whole = plain_block("text", "Comment", source, at + 4, size)
            yield whole._replace(drop=partial(_without_comment, source, at, size, segment.end))
        at += 4 + size


def _without_comment(source: RangedSource, at: int, size: int, end: int) -> list[Patch]:
    """Return the patch that closes the gap; what remains at the end is a number of 0, which ends the list."""
    rest = source.read(at + 4 + size, end - at - 4 - size)
    return [Patch(at, end - at, rest.ljust(end - at, b"\0"))]


def _comment(source: RangedSource, segment: Segment) -> Block:
    """Return a comment (T.81 B.2.4.5); if dropped, it becomes an unused segment full of zeros."""
    start, size = segment.payload, segment.end - segment.payload
    return plain_block("text", "Comment", source, start, size)._replace(drop=partial(_unused, [segment]))


def _extended(head: Head, main: Sequence[Segment]) -> Iterator[Block]:
    """Yield each extended packet, assembled from its pieces."""
    packets: dict[bytes, list[_Piece]] = {}
    for segment in head.segments:
        if segment.marker == APP1 and head.data.startswith(EXTENSION_HEADER, segment.payload, segment.end):
            guid_at = segment.payload + len(EXTENSION_HEADER)
            start = guid_at + _GUID + 8
            if start > segment.end:
                raise damaged("a piece of its extended XMP is cut off")
            offset = int.from_bytes(head.data[guid_at + _GUID + 4 : start], "big")
            guid = head.data[guid_at : guid_at + _GUID]
            packets.setdefault(guid, []).append(_Piece(guid_at, offset, start, segment.end))
    for guid, pieces in packets.items():
        pieces.sort(key=lambda piece: piece.offset)
        data = b"".join(head.data[piece.start : piece.stop] for piece in pieces)
        if [piece.offset for piece in pieces] != _offsets(pieces) or len(data) > MAX_EXTENDED:
            raise damaged("the pieces of its extended XMP do not fit together")
        yield Block("xmp", "extended XMP", BytesSource(data), _Extension(head, main, guid, pieces, data).write)


def _offsets(pieces: Sequence[_Piece]) -> list[int]:
    offsets, done = [], 0
    for piece in pieces:
        offsets.append(done)
        done += piece.stop - piece.start
    return offsets


class _Extension(NamedTuple):
    """An extended packet, and all places with its MD5."""

    head: Head
    main: Sequence[Segment]
    guid: bytes
    pieces: Sequence[_Piece]
    data: bytes

    def write(self, patches: Sequence[Patch]) -> list[Patch]:
        """Write patches of the packet into its pieces, and update its MD5 if it was right."""
        new = Plan(len(self.data), patches, CaptureTags(), CaptureTags()).apply(self.data)
        if new == self.data:
            return []
        changed = []
        for piece in self.pieces:
            data = new[piece.offset : piece.offset + piece.stop - piece.start]
            if data != self.head.data[piece.start : piece.stop]:
                changed.append(Patch(piece.start, len(data), data))
        digest = md5(new, usedforsecurity=False).hexdigest().upper().encode()
        if md5(self.data, usedforsecurity=False).hexdigest().upper().encode() == self.guid.upper():
            changed += [Patch(piece.guid_at, _GUID, digest) for piece in self.pieces]
            for segment in self.main:
                at = self.head.data.find(self.guid, segment.payload, segment.end)
                if at >= 0:
                    changed.append(Patch(at, _GUID, digest))
        return changed


def _pictures(source: RangedSource, head: Head) -> Iterator[tuple[int, int]]:
    """Yield offset and size of each further picture in the multi-picture index (CIPA DC-007 5.2.3.3)."""
    for segment in head.segments:
        if segment.marker != APP2 or not head.data.startswith(MPF_HEADER, segment.payload, segment.end):
            continue
        base = segment.payload + len(MPF_HEADER)
        index = head.data[base : segment.end]
        found = read_index(index)
        if found and len(found.others) > MAX_PICTURES:
            raise damaged(f"it has {len(found.others):,} pictures; at most {MAX_PICTURES} are looked into")
        for reference in found.others if found else ():
            start = base + value_of(index, reference)
            size = value_of(index, reference._replace(at=reference.at - 4))
            if start + size <= source.size and source.read(start, 2) == b"\xff\xd8":
                yield start, size
        return
