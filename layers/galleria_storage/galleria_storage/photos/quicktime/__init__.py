"""Films: QuickTime and MP4 (ISO/IEC 14496-12, Apple's QuickTime File Format).

Their headers record moments in UTC, and some films also have the local time and
its offset as text. All change in place. A shift moves them all; an absolute
time needs an offset, unless the film records one; a zone alone changes the
text, and the moments only if the text then names another one.
"""

from galleria_storage.photos.quicktime.film_edit import parts, plan
from galleria_storage.photos.quicktime.metadata import metadata

__all__ = ["metadata", "parts", "plan"]
