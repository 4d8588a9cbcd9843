"""Planning the edit of a JPEG file: patches of its head, and of trailers whose offsets count from the file's start."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from galleria_storage.photos.check import Part
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.jpeg.head import APP1, Head, Segment, read_head
from galleria_storage.photos.jpeg.head_check import check_head
from galleria_storage.photos.jpeg.head_edit import edit_head, emptied_segment, exif_blocks, find_exif, insertion_point
from galleria_storage.photos.jpeg.image_end import check_end
from galleria_storage.photos.jpeg.metadata import metadata
from galleria_storage.photos.jpeg.multi_picture import index_segments
from galleria_storage.photos.jpeg.trailers import check_trailers, trailer_patches
from galleria_storage.photos.plan import Asked, Plan, Span
from galleria_storage.photos.source import RangedSource

__all__ = ["metadata", "parts", "plan", "plan_within"]

_SOI: Final = 2
_SOS: Final = 2


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to make the changes asked for; see `formats.Format`.

    Raises
    ------
    TruncatedPhotoError
        The image is cut off.
    """
    head = read_head(source)
    check_end(source, head)
    return _plan(source, head, asked)


def plan_within(source: RangedSource, asked: Asked) -> Plan:
    """Do the same for a JPEG inside another file, whose format decides where the JPEG ends."""
    return _plan(source, read_head(source), asked)


def _plan(source: RangedSource, head: Head, asked: Asked) -> Plan:
    blocks = exif_blocks(head)
    before = capture_tags(map(attrgetter("tiff"), blocks))
    changes = asked.changes(before)
    texts = tag_texts(changes)
    if not texts:
        return Plan(source.size, (), before, before)
    edit = edit_head(head, blocks, texts)
    if not edit.patches:
        return Plan(source.size, (), before, before)
    size, growth = len(head.data), edit.growth
    trailers = trailer_patches(source, size, growth) if growth else []
    result = Plan(source.size, (*edit.patches, *trailers), before, after_changes(before, changes))
    check_head(head, edit, texts, result.start_of(head.data))
    if trailers:
        check_trailers(source, result.view(source), size, growth)
    return result


def parts(source: RangedSource) -> Sequence[Part]:
    """List the runs of segments that no edit may change, and the start of the image; see `formats.Format`.

    The Exif segments and the multi-picture index between these runs are compared in detail while the edit is planned.
    What follows the start of the image is not read: there, a plan only changes numbers in a trailer that it has read.
    """
    head = read_head(source)
    at = insertion_point(head)
    exif = [segment for segment, _ in find_exif(head)] or [emptied_segment(head) or Segment(APP1, at, at, at)]
    found, done = [], _SOI
    for segment in sorted((*exif, *index_segments(head)), key=lambda segment: segment.start):
        found.append(Span(done, segment.start))
        done = segment.end
    image = len(head.data)
    found += (Span(done, image), Span(image, min(image + _SOS, source.size)))
    return [Part("segments or image", (span,)) for span in found if span.start < span.stop]
