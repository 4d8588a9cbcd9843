"""Fujifilm RAF: the capture tags are in the JPEG that the file contains for display.

The header is not officially documented; its layout is from ExifTool (FujiFilm.pm,
``ProcessRAF`` and ``WriteRAF``): big-endian offset and length of the JPEG at
84, offsets of what follows it at 92, 100, 120 and 128.
"""

from typing import Final

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.check import Part
from galleria_storage.photos.jpeg import planner as jpeg
from galleria_storage.photos.metadata_blocks import Block, shifted
from galleria_storage.photos.plan import Asked, Patch, Plan, Span, within
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource, WindowSource

_MAGIC: Final = b"FUJIFILMCCD-RAW "
_JPEG: Final = 84
_POINTERS: Final = (92, 100, 120, 128)
_LARGEST: Final = 0xFFFF_FFFF
_WORD: Final = 4
"""What follows the JPEG starts at a multiple of four bytes."""


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to change the capture tags; see `formats.Format`."""
    inside = _jpeg(source)
    inner = jpeg.plan_within(inside, asked)
    patches = within(inner.patches, inside.start)
    if inner.growth:
        # The JPEG ends earlier than what follows it starts: the gap stays a gap, and all that follows stays aligned.
        shift = -(-inner.growth // _WORD) * _WORD
        end = inside.start + inside.size
        patches.append(Patch(end, 0, bytes(shift - inner.growth)))
        patches.append(Patch(_JPEG + 4, 4, (inside.size + inner.growth).to_bytes(4, "big")))
        for at in _POINTERS:
            pointer = _number(source, at)
            if at < inside.start and pointer >= end:
                if pointer + shift > _LARGEST:
                    raise damaged("its RAW data would begin beyond 4 GiB")
                patches.append(Patch(at, 4, (pointer + shift).to_bytes(4, "big")))
    return Plan(source.size, patches, inner.before, inner.after, inner.notes)


def parts(source: RangedSource) -> list[Part]:
    """List the parts of the JPEG, then each thing that the header points to, up to the end of the file."""
    inside = _jpeg(source)
    end = inside.start + inside.size
    found = [
        Part(part.name, tuple(Span(inside.start + start, inside.start + stop) for start, stop in part.spans))
        for part in jpeg.parts(inside)
    ]
    pointers = [(at, _number(source, at)) for at in _POINTERS if at < inside.start]
    found += [
        Part(f"what the header has at {at}", (Span(min(pointer, source.size), source.size),))
        for at, pointer in pointers
        if pointer >= end
    ]
    return [*found, Part("start of the header", (Span(0, _JPEG),))]


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    inside = _jpeg(source)
    return [shifted(block, inside.start) for block in jpeg.metadata(inside)]


def _jpeg(source: RangedSource) -> WindowSource:
    """Return the JPEG; the whole file must be there, and what follows the JPEG must not begin inside it."""
    if source.read(0, len(_MAGIC)) != _MAGIC:
        raise UnsupportedFormatError("the file is not a Fujifilm RAF")
    start, size = _number(source, _JPEG), _number(source, _JPEG + 4)
    if start < _JPEG + 8 or start + size > source.size:
        raise cut_off(f"its preview would end at byte {start + size:,} of {source.size:,}")
    for at in _POINTERS:
        pointer = _number(source, at)
        if at < start and pointer and (start < pointer < start + size):
            raise damaged("its RAW data begins within its preview")
        if at < start and pointer > source.size:
            raise cut_off(f"its RAW data would be at byte {pointer:,} of {source.size:,}")
    return WindowSource(source, start, size)


def _number(source: RangedSource, at: int) -> int:
    return int.from_bytes(source.read(at, 4), "big")
