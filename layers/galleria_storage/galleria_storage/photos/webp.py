"""WebP: the capture tags in its EXIF chunk.

RFC 9649 2.3 to 2.7: a file is a RIFF container of chunks (type, little-endian
size, data, a pad byte after an odd size). EXIF needs the extended form, whose
first chunk is VP8X with a flag for it; a simple file, which holds nothing but
VP8 or VP8L, becomes an extended one.
"""

from functools import partial
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.check import Part
from galleria_storage.photos.credentials import credentials_block
from galleria_storage.photos.exif.blob import MAX_BLOB, edit_blob, new_blob
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.exif.tiff import read_block
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, Texts, within
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

MAX_CHUNKS: Final = 10_000
"""Limit of chunks: an animation has one for each frame."""

_RIFF_HEADER: Final = 12
_LARGEST: Final = 0xFFFF_FFFE
_EXIF_FLAG, _ALPHA_FLAG = 0x08, 0x10  # 2.7.1
_IMAGES: Final = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


class RiffChunk(NamedTuple):
    """One chunk; `data` is where its data is, `stop` the offset after its pad byte."""

    type: bytes
    start: int
    data: Span
    stop: int


class _Layout(NamedTuple):
    """The chunks of a file, and where the RIFF container ends."""

    chunks: list[RiffChunk]
    end: int


class _Canvas(NamedTuple):
    """What VP8X says, or would say about a simple file."""

    flags: int
    size: bytes


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to change the capture tags; see `formats.Format`."""
    layout = _layout(source)
    holders = [chunk for chunk in layout.chunks if chunk.type == b"EXIF"]
    blocks = [_block(source, chunk) for chunk in holders]
    before = capture_tags(read_block(block) for _, block in blocks)
    changes = asked.changes(before)
    texts = tag_texts(changes)
    if not texts:
        return Plan(source.size, (), before, before)
    patches: list[Patch] = []
    for chunk, (at, block) in zip(holders, blocks, strict=True):
        patches += _edit(chunk, at, block, changes)
    if not holders:
        patches.append(_new_chunk(layout, new_blob(texts)))
    patches += _flag(source, layout, with_exif=bool(holders))
    grown = sum(len(patch.data) - patch.removed for patch in patches)
    if grown:
        if layout.end - 8 + grown > _LARGEST:
            raise CorruptPhotoError("the capture time does not fit: a WebP file holds at most 4 GiB")
        patches.append(Patch(4, 4, (layout.end - 8 + grown).to_bytes(4, "little")))
    return Plan(source.size, patches, before, after_changes(before, changes))


def parts(source: RangedSource) -> list[Part]:
    """List the canvas, every chunk other than VP8X and EXIF, and what follows the container."""
    layout = _layout(source)
    canvas = _canvas(source, layout.chunks)
    found = [Part(f"canvas {canvas.size.hex()} {canvas.flags & ~_EXIF_FLAG:02x}", ())]
    found += [
        Part(f"chunk {chunk.type.decode('ascii')}", (Span(chunk.start, chunk.data.stop),))
        for chunk in layout.chunks
        if chunk.type not in {b"VP8X", b"EXIF"}
    ]
    if layout.end < source.size:
        found.append(Part("data after the image", (Span(layout.end, source.size),)))
    return found


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    found = []
    for chunk in _layout(source).chunks:
        start, stop = chunk.data
        if chunk.type == b"EXIF":
            at, block = _block(source, chunk)
            found.append(plain_block("exif", "Exif", source, start + at, len(block)))
        elif chunk.type == b"XMP ":
            found.append(plain_block("xmp", "XMP", source, start, stop - start))
        elif chunk.type == b"C2PA":
            found.append(credentials_block(source, start, stop, partial(_junk, chunk)))
    return found


def _junk(chunk: RiffChunk) -> list[Patch]:
    start, stop = chunk.data
    return [Patch(chunk.start, 4, b"JUNK"), Patch(start, stop - start, bytes(stop - start))]


def _edit(chunk: RiffChunk, at: int, block: bytes, changes: CaptureTags) -> list[Patch]:
    """Return the patches for one EXIF chunk, whose block starts `at` bytes into its data."""
    edit = edit_blob(block, Texts(changes))
    grown = sum(len(patch.data) - patch.removed for patch in edit.patches)
    patches = within(edit.patches, chunk.data.start + at)
    if not grown:
        return patches
    size = chunk.data.stop - chunk.data.start + grown
    patches.append(Patch(chunk.start + 4, 4, size.to_bytes(4, "little")))
    # The append is the block's last patch, so it comes before the pad byte, which is added or removed with the size.
    patches.append(Patch(chunk.data.stop, chunk.stop - chunk.data.stop, bytes(size % 2)))
    return patches


def _new_chunk(layout: _Layout, block: bytes) -> Patch:
    """Return a new EXIF chunk: before XMP, or else at the end of the container (2.7: the order of the chunks)."""
    last = layout.chunks[-1]
    missing_pad = bytes((last.data.stop - last.data.start) % 2 - (last.stop - last.data.stop))
    images = [number for number, chunk in enumerate(layout.chunks) if chunk.type in _IMAGES]
    chunk = b"".join((b"EXIF", len(block).to_bytes(4, "little"), block, bytes(len(block) % 2)))
    for later in layout.chunks[images[-1] :]:
        if later.type == b"XMP ":
            return Patch(later.start, 0, chunk)
    return Patch(layout.end, 0, missing_pad + chunk)


def _flag(source: RangedSource, layout: _Layout, *, with_exif: bool) -> list[Patch]:
    """Return the patches that announce the EXIF chunk: a flag in VP8X, or a new VP8X."""
    first = layout.chunks[0]
    canvas = _canvas(source, layout.chunks)
    if first.type == b"VP8X":
        if canvas.flags & _EXIF_FLAG:
            return []
        return [Patch(first.data.start, 1, bytes([canvas.flags | _EXIF_FLAG]))]
    if with_exif:
        return []  # a simple file with an EXIF chunk: readers that look for it do not need VP8X
    body = bytes([canvas.flags | _EXIF_FLAG, 0, 0, 0]) + canvas.size
    return [Patch(first.start, 0, b"VP8X" + len(body).to_bytes(4, "little") + body)]


def _canvas(source: RangedSource, chunks: list[RiffChunk]) -> _Canvas:
    """Return flags and size of the canvas, from VP8X or else from the image itself."""
    first = chunks[0]
    data = source.read(first.data.start, 10)
    if first.type == b"VP8X" and len(data) == 10:
        return _Canvas(data[0], data[4:10])
    if first.type == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":  # RFC 6386 9.1: 14 bits each, two bits of scaling
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        flags = 0
    elif first.type == b"VP8L" and data[:1] == b"\x2f":  # RFC 9649 3.4: 14 bits each, less one; one bit of alpha
        bits = int.from_bytes(data[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise damaged("it starts with neither VP8X nor an image")
    if not width or not height:
        raise damaged("its image has no size")
    return _Canvas(flags, (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def _layout(source: RangedSource) -> _Layout:
    header = source.read(0, _RIFF_HEADER)
    if header[:4] != b"RIFF" or header[8:] != b"WEBP":
        raise UnsupportedFormatError("the file is not a WebP: its RIFF header is missing")
    end = 8 + int.from_bytes(header[4:8], "little")
    if end > source.size:
        raise cut_off(f"it has {source.size:,} of {end:,} bytes")
    chunks: list[RiffChunk] = []
    at = _RIFF_HEADER
    while at + 8 <= end:
        if len(chunks) == MAX_CHUNKS:
            raise damaged(f"it has more than {MAX_CHUNKS:,} chunks")
        head = source.read(at, 8)
        stop = at + 8 + int.from_bytes(head[4:], "little")
        if stop > end or not all(0x20 <= byte < 0x7F for byte in head[:4]):  # 2.3: a FourCC is ASCII
            raise damaged("a chunk is longer than the file" if stop > end else "a chunk has no type")
        chunks.append(RiffChunk(head[:4], at, Span(at + 8, stop), min(stop + stop % 2, end)))
        at = chunks[-1].stop
    if at < end or not any(chunk.type in _IMAGES for chunk in chunks):
        raise damaged("it has no image" if at == end else "bytes are left over after its last chunk")
    return _Layout(chunks, end)


def _block(source: RangedSource, chunk: RiffChunk) -> tuple[int, bytes]:
    """Return a chunk's Exif block, and where in its data it starts: some programs write JPEG's header before it."""
    start, stop = chunk.data
    if stop - start > MAX_BLOB:
        raise CorruptPhotoError(f"the photo's Exif data has {stop - start:,} bytes; at most {MAX_BLOB:,} are read")
    data = source.read(start, stop - start)
    at = 6 if data.startswith(b"Exif\0\0") else 0
    return at, data[at:]
