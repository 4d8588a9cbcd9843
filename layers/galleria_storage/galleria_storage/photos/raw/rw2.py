"""Panasonic RW2: a TIFF whose preview is a JPEG with its own capture tags.

The preview is a value of tag 002E of IFD0 (ExifTool, PanasonicRaw.pm,
``JpgFromRaw``). Nothing in an RW2 may move, so its tags change in place; tags
missing in the preview are not added there: readers take it from the file's own
Exif IFD first.
"""

from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.check import Part
from galleria_storage.photos.jpeg import planner as jpeg
from galleria_storage.photos.metadata_blocks import Block, shifted
from galleria_storage.photos.plan import NOTHING, Asked, Patch, Plan, Span, Texts, within
from galleria_storage.photos.source import RangedSource, WindowSource
from galleria_storage.photos.tiff import planner as tiff
from galleria_storage.photos.tiff.tables import TiffTables

_PREVIEW: Final = 0x002E
_UNDEFINED: Final = 7


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to change the capture tags; see `formats.Format`."""
    outer = tiff.plan(source, asked)
    patches = list(outer.patches)
    if outer.patches and (preview := _preview(source)):
        patches += _preview_patches(preview, outer.after)
    return Plan(source.size, patches, outer.before, outer.after, outer.notes)


def parts(source: RangedSource) -> list[Part]:
    """List the parts of a TIFF, with the parts of the preview in place of the preview."""
    preview = _preview(source)
    found = [part for part in tiff.parts(source) if not part.name.startswith(f"IFD0 tag {_PREVIEW:04X}")]
    if preview:
        found += [
            Part(f"preview: {part.name}", tuple(Span(preview.start + a, preview.start + b) for a, b in part.spans))
            for part in jpeg.parts(preview)
        ]
    return found


def metadata(source: RangedSource) -> list[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    preview = _preview(source)
    inner = [shifted(block, preview.start, " of the preview") for block in jpeg.metadata(preview)] if preview else []
    return [*tiff.metadata(source), *inner]


def _preview(source: RangedSource) -> WindowSource | None:
    for field in TiffTables(source).main.find({_PREVIEW}):
        start, stop = field.value
        if field.type == _UNDEFINED and stop <= source.size and source.read(start, 2) == b"\xff\xd8":
            return WindowSource(source, start, stop - start)
    return None


def _preview_patches(preview: WindowSource, after: CaptureTags) -> list[Patch]:
    """Return the patches of the preview, only for tags that it has, since it cannot grow."""
    held = jpeg.plan_within(preview, NOTHING).before
    wanted = CaptureTags(*[new if old is not None else None for old, new in zip(held, after, strict=True)])
    edit = jpeg.plan_within(preview, Texts(wanted))
    if edit.growth:
        edit = jpeg.plan_within(preview, Texts(CaptureTags(wanted.date_time_original)))
    return [] if edit.growth else within(edit.patches, preview.start)
