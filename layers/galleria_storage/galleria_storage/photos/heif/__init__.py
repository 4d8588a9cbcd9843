"""HEIF in all its kinds: HEIC, HIF, AVIF, and sequences of them (ISO/IEC 14496-12, ISO/IEC 23008-12).

Exif data is an item. It is changed in place; where it has no room, its bytes
move to a new `mdat` at the end; where there is none, a new item is listed in
`meta`, and the places of all that comes after it follow. The picture's own bytes are never read.
"""

from galleria_storage.photos.heif.editing import plan
from galleria_storage.photos.heif.metadata import metadata
from galleria_storage.photos.heif.parts import parts

__all__ = ["metadata", "parts", "plan"]
