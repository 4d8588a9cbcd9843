"""Changing the capture tags of a PNG: in its eXIf chunk, and in the older raw profiles."""

from typing import Final
from zlib import crc32

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.check import Part
from galleria_storage.photos.exif.blob import edit_blob, new_blob
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.exif.tiff import read_block
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, Texts, within
from galleria_storage.photos.png.chunks import ExifHolder, chunk_bytes, exif_holders, layout_of
from galleria_storage.photos.png.metadata import metadata
from galleria_storage.photos.source import RangedSource

__all__ = ["metadata", "parts", "plan"]

_BEFORE_NEW: Final = frozenset({b"acTL", b"fcTL", b"IDAT"})
"""A new eXIf goes before these, as some readers otherwise consider it part of a frame."""


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to change the capture tags; see `formats.Format`."""
    layout = layout_of(source)
    holders = exif_holders(source, layout)
    before = capture_tags(read_block(holder.block) for holder in holders)
    changes = asked.changes(before)
    texts = tag_texts(changes)
    patches: list[Patch] = []
    if texts and not holders:
        at = next((chunk.start for chunk in layout.before if chunk.type in _BEFORE_NEW), layout.image.start)
        patches.append(Patch(at, 0, chunk_bytes(b"eXIf", new_blob(texts))))
    for holder in holders if texts else ():
        patches += _edit(source, holder, changes)
    return Plan(source.size, patches, before, after_changes(before, changes) if texts else before)


def parts(source: RangedSource) -> list[Part]:
    """List every chunk without Exif before the image, then everything after it except Exif."""
    layout = layout_of(source)
    exif = {holder.chunk for holder in exif_holders(source, layout)}
    found = [
        Part(f"chunk {chunk.type.decode('latin-1')}", (Span(chunk.start, chunk.stop),))
        for chunk in layout.before
        if chunk not in exif
    ]
    spans, done = [], layout.image.start
    for chunk in layout.after:
        if chunk in exif:
            spans.append(Span(done, chunk.start))
            done = chunk.stop
    return [*found, Part("image", (*spans, Span(done, source.size)))]


def _edit(source: RangedSource, holder: ExifHolder, changes: CaptureTags) -> list[Patch]:
    """Return the patches for one chunk, including its length and CRC."""
    edit = edit_blob(holder.block, Texts(changes))
    if not edit.patches:
        return []
    chunk, data = holder.chunk, holder.chunk.data
    old = source.read(data.start, data.stop - data.start)
    if crc32(chunk.type + old) != int.from_bytes(source.read(data.stop, 4), "big"):
        raise CorruptPhotoError(
            "the photo is damaged: the chunk with its capture time has a wrong checksum",
            advice="Open it in a photo program and save it again, or upload the original.",
        )
    if holder.profile:
        block = Plan(len(holder.block), edit.patches, edit.before, edit.after).apply(holder.block)
        new = holder.profile.with_block(block)
        return [Patch(chunk.start, chunk.stop - chunk.start, chunk_bytes(chunk.type, new))]
    inner = Plan(len(old), within(edit.patches, holder.at), edit.before, edit.after)
    new = inner.apply(old)
    patches = within(inner.patches, data.start)
    if inner.growth:
        patches.append(Patch(chunk.start, 4, len(new).to_bytes(4, "big")))
    return [*patches, Patch(data.stop, 4, crc32(chunk.type + new).to_bytes(4, "big"))]
