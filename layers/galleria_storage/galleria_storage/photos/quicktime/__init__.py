"""Films: QuickTime and MP4 (ISO/IEC 14496-12, Apple's QuickTime File Format).

Their headers tell moments in UTC, and some tell the wall-clock time and its
offset in words. All change in place. A shift moves them all; a time that is
set has to come with an offset, unless the film tells one; a zone by itself
changes the words, and moments only as far as the words do.
"""

from collections.abc import Sequence

from galleria_storage.photos.boxes import walk
from galleria_storage.photos.credentials import credentials_in_boxes
from galleria_storage.photos.metadata import Block
from galleria_storage.photos.quicktime.editing import parts, plan
from galleria_storage.photos.source import RangedSource

__all__ = ["metadata", "parts", "plan"]


def metadata(source: RangedSource) -> Sequence[Block]:
    """List the content credentials: a plan changes all times of a film by itself, and nothing else can be removed."""
    return list(credentials_in_boxes(source, list(walk(source, 0, source.size))))
