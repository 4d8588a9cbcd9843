"""The chunks of a PNG file, and those among them with Exif.

PNG third edition (W3C) 5.3: a file is a signature, then chunks (length, type,
data, CRC of type and data), IEND last. 11.3.4.5: eXIf holds one TIFF block;
11.3.3: text chunks hold a keyword and a text.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple
from zlib import crc32

from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.plan import Span
from galleria_storage.photos.png.profile import RAW_PROFILES, RawProfile, read_profile
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS: Final = 10_000
"""Limit of chunks examined in one file, not counting those of the image in the middle of a large file."""

MAX_EXIF: Final = 1024 * 1024
MAX_HOLDERS: Final = 16
"""More chunks with Exif than any program writes."""

TAIL_BYTES: Final = 64 * 1024
"""Last bytes of a large file, which are searched for the chunks after the image."""

_KEYWORD: Final = 80
"""11.3.3.1: a keyword has 1 to 79 bytes, and ends with NUL."""

_FIRST: Final = frozenset({b"IHDR", b"CgBI"})
"""5.6: IHDR comes first; Apple's own variant of PNG puts CgBI before it."""


class Chunk(NamedTuple):
    """One chunk; `start` is the offset of its length, `stop` the offset after its CRC."""

    type: bytes
    start: int
    stop: int

    @property
    def data(self) -> Span:
        """Where its data is."""
        return Span(self.start + 8, self.stop - 4)


class ExifHolder(NamedTuple):
    """A chunk with an Exif block, which starts `at` bytes into its data or is stored as a raw profile."""

    chunk: Chunk
    block: bytes
    at: int
    profile: RawProfile | None


class Layout(NamedTuple):
    """The known chunks of a file: all before the image, and after it at least those with Exif."""

    before: list[Chunk]
    image: Chunk
    after: list[Chunk]


def chunk_bytes(kind: bytes, data: bytes) -> bytes:
    """Return a chunk: length, type, data and CRC."""
    return b"".join((len(data).to_bytes(4, "big"), kind, data, crc32(kind + data).to_bytes(4, "big")))


def layout_of(source: RangedSource) -> Layout:
    """Find the chunks of a file, without walking through a large image."""
    if source.read(0, len(SIGNATURE)) != SIGNATURE:
        raise UnsupportedFormatError("the file is not a PNG: its signature is missing")
    before: list[Chunk] = []
    for chunk in _walk(source, len(SIGNATURE)):
        if chunk.type == b"IDAT":
            if not before or before[0].type not in _FIRST:
                raise damaged("it does not start with an IHDR chunk")
            after = _chunks_at_end(source, chunk)
            return Layout(before, chunk, after if after is not None else list(_walk(source, chunk.stop)))
        before.append(chunk)
    raise damaged("it has no image data")


def _walk(source: RangedSource, at: int) -> Iterator[Chunk]:
    """Yield the chunks from an offset on, IEND last."""
    for _ in range(MAX_CHUNKS):
        header = source.read(at, 8)
        chunk = Chunk(header[4:], at, at + 12 + int.from_bytes(header[:4], "big"))
        if len(header) < 8 or chunk.stop > source.size:
            raise cut_off(f"it ends after {source.size:,} bytes, within a chunk")
        yield chunk
        if chunk.type == b"IEND":
            return
        at = chunk.stop
    raise damaged(f"it has more than {MAX_CHUNKS:,} chunks")


def _chunks_at_end(source: RangedSource, first: Chunk) -> list[Chunk] | None:
    """Return the last chunks of a large file, from an IDAT on, without walking through its image.

    A chain of chunks with correct checksums up to IEND cannot be a coincidence.
    It may belong to another PNG after the end: then the whole file must be
    walked through.
    """
    start = max(source.size - TAIL_BYTES, 0)
    if start <= first.stop:
        return None
    tail = source.read(start, TAIL_BYTES)
    if SIGNATURE in tail:
        return None
    at = tail.find(b"IDAT")
    while at >= 0:
        if at >= 4 and (chain := _chain(tail, at - 4)):
            return [Chunk(chunk.type, start + chunk.start, start + chunk.stop) for chunk in chain]
        at = tail.find(b"IDAT", at + 1)
    return None


def _chain(tail: bytes, at: int) -> list[Chunk] | None:
    """Return the chunks from an offset up to IEND, if their checksums are correct."""
    found: list[Chunk] = []
    while at + 12 <= len(tail):
        stop = at + 12 + int.from_bytes(tail[at : at + 4], "big")
        if stop > len(tail) or crc32(tail[at + 4 : stop - 4]) != int.from_bytes(tail[stop - 4 : stop], "big"):
            return None
        found.append(Chunk(tail[at + 4 : at + 8], at, stop))
        if found[-1].type == b"IEND":
            return found
        at = stop
    return None


def exif_holders(source: RangedSource, layout: Layout) -> list[ExifHolder]:
    """Return the chunks with Exif: eXIf first, which readers prefer, then raw profiles."""
    chunks = [*layout.before, *layout.after]
    found = [_exif_chunk(source, chunk) for chunk in chunks if chunk.type == b"eXIf"]
    for chunk in chunks:
        if chunk.type in {b"tEXt", b"zTXt"}:
            keyword = source.read(chunk.data.start, min(_KEYWORD, chunk.data.stop - chunk.data.start))
            if keyword.partition(b"\0")[0] in RAW_PROFILES:
                profile = read_profile(chunk.type, _data(source, chunk))
                if profile:
                    found.append(ExifHolder(chunk, profile.block, 0, profile))
                if len(found) > MAX_HOLDERS:
                    break
    if len(found) > MAX_HOLDERS:
        raise damaged(f"it has more than {MAX_HOLDERS} chunks with Exif data")
    return found


def _exif_chunk(source: RangedSource, chunk: Chunk) -> ExifHolder:
    data = _data(source, chunk)
    at = 6 if data.startswith(b"Exif\0\0") else 0  # 11.3.4.5 does not allow this header, but some programs write it
    return ExifHolder(chunk, data[at:], at, None)


def _data(source: RangedSource, chunk: Chunk) -> bytes:
    start, stop = chunk.data
    if stop - start > MAX_EXIF:
        raise CorruptPhotoError(f"the photo's Exif data has {stop - start:,} bytes; at most {MAX_EXIF:,} can be edited")
    return source.read(start, stop - start)
