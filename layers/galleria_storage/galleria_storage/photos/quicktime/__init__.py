"""Films: QuickTime and MP4 (ISO/IEC 14496-12, Apple's QuickTime File Format).

Their headers tell moments in UTC, and some tell the wall-clock time and its
offset in words. All change in place. A shift moves them all; a time that is
set has to come with an offset, unless the film tells one; a zone by itself
changes the words, and moments only as far as the words do.
"""

from galleria_storage.photos.quicktime.editing import parts, plan
from galleria_storage.photos.quicktime.metadata import metadata

__all__ = ["metadata", "parts", "plan"]
