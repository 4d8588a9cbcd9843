"""The blocks of metadata in a PNG: Exif, XMP and texts, each in a chunk that has a checksum."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from struct import Struct
from typing import Final
from zlib import compress, decompressobj
from zlib import error as ZlibError  # noqa: N812 # it is a class

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.credentials import NAME
from galleria_storage.photos.metadata_blocks import Block, Kind
from galleria_storage.photos.photoshop import iptc_block, resource_blocks
from galleria_storage.photos.plan import Patch, Plan, Span
from galleria_storage.photos.png.chunks import Chunk, chunk_bytes, exif_holders, layout_of
from galleria_storage.photos.png.profile import RAW_PROFILES, any_profile
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import BytesSource, RangedSource

MAX_TEXT: Final = 16 * 1024 * 1024
"""Bytes of all texts of a file, and of the longest one, once inflated."""

_XMP: Final = b"XML:com.adobe.xmp"
_TIME: Final = Struct(">H5B")  # 11.3.5.1: year, month, day, hour, minute, second
_PROFILES_OF_IPTC: Final = frozenset({b"Raw profile type iptc", b"Raw profile type 8bim"})
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_Wrap = Callable[[bytes], bytes]


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    layout = layout_of(source)
    blocks: list[Block] = []
    for holder in exif_holders(source, layout):
        data = _data_of(source, holder.chunk)
        wrap = holder.profile.with_block if holder.profile else partial(bytes.__add__, data[: holder.at])
        blocks.append(_block("exif", "Exif", holder.chunk, holder.block, wrap))
    texts = 0
    for chunk in (*layout.before, *layout.after):
        if chunk.type == b"caBX":
            blocks.append(_block("credentials", NAME, chunk, _data_of(source, chunk), bytes))
        elif chunk.type in _TEXTS:
            blocks += _text_blocks(source, chunk)
            texts += sum(block.source.size for block in blocks[-1:])
            if texts > MAX_TEXT:
                raise damaged(f"its texts have more than {MAX_TEXT:,} bytes")
        elif chunk.type == b"tIME" and chunk.data.stop - chunk.data.start == _TIME.size:
            text = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(*_TIME.unpack(_data_of(source, chunk)))
            blocks.append(_block("text", "last modification", chunk, text.encode(), _packed_time))
    return blocks


def _packed_time(text: bytes) -> bytes:
    return _TIME.pack(*map(int, re.findall(rb"[0-9]+", text)))


def _data_of(source: RangedSource, chunk: Chunk) -> bytes:
    start, stop = chunk.data
    if stop - start > MAX_TEXT:
        raise damaged(f"a text has {stop - start:,} bytes")
    return source.read(start, stop - start)


def _block(kind: Kind, name: str, chunk: Chunk, data: bytes, wrap: _Wrap) -> Block:
    """Return a block whose whole chunk is rewritten, since its checksum changes in any case."""

    def write(patches: Sequence[Patch]) -> list[Patch]:
        new = Plan(len(data), patches, CaptureTags(), CaptureTags()).apply(data)
        if new == data:
            return []
        return [Patch(chunk.start, chunk.stop - chunk.start, chunk_bytes(chunk.type, wrap(new)))]

    return Block(kind, name, BytesSource(data), write, lambda: [Patch(chunk.start, chunk.stop - chunk.start, b"")])


def _text_blocks(source: RangedSource, chunk: Chunk) -> Iterator[Block]:
    """Yield the block of a text chunk (PNG third edition 11.3.3): at most one."""
    data = _data_of(source, chunk)
    keyword, _, rest = data.partition(b"\0")
    if keyword in RAW_PROFILES:
        return
    if keyword in _PROFILES_OF_IPTC and chunk.type != b"iTXt":
        yield from _iptc_blocks(chunk, data)
        return
    opening, text, packed = data[: len(data) - len(rest)], rest, False
    if chunk.type == b"zTXt":
        opening, text, packed = opening + rest[:1], rest[1:], True
    elif chunk.type == b"iTXt":
        language_end = rest.find(b"\0", 2)
        translation_end = rest.find(b"\0", language_end + 1)
        if language_end < 0 or translation_end < 0:
            raise damaged("an international text has no end")
        packed = rest[:1] != b"\0"
        opening, text = opening + rest[: translation_end + 1], rest[translation_end + 1 :]
    plain = _inflated(text) if packed else text

    def wrap(new: bytes) -> bytes:
        return opening + (compress(new) if packed else new)

    is_xmp = keyword == _XMP
    yield _block("xmp" if is_xmp else "text", "XMP" if is_xmp else keyword.decode("latin-1"), chunk, plain, wrap)


def _iptc_blocks(chunk: Chunk, data: bytes) -> Iterator[Block]:
    """Yield the IPTC records of a raw profile: as they are, or within Photoshop's resources."""
    profile = any_profile(chunk.type, data)
    content = profile.block
    inside = BytesSource(content)
    whole = [iptc_block(inside, Span(0, len(content)))] if content[:1] == b"\x1c" else []
    for block in whole or resource_blocks(inside, 0, len(content)):
        if block.kind == "iptc":
            outer = _block("iptc", "IPTC", chunk, content, profile.with_block)
            yield block._replace(write=partial(_write_through, block, outer))
            return


def _write_through(inner: Block, outer: Block, patches: Sequence[Patch]) -> list[Patch]:
    return outer.write(inner.write(patches))


def _inflated(data: bytes) -> bytes:
    inflater = decompressobj()
    try:
        text = inflater.decompress(data, MAX_TEXT)
    except ZlibError as error:
        raise damaged("a compressed text cannot be read") from error
    if not inflater.eof:
        raise damaged("a compressed text is cut off or too long")
    return text
