"""HEIF in all its kinds: HEIC, HIF, AVIF, and sequences of them (ISO/IEC 14496-12, ISO/IEC 23008-12).

Exif data is an item. It is changed in place; without room, its bytes move to a
new `mdat` at the end; if there is none, a new item is listed in `meta`, and the
offsets of everything after it are adjusted. The picture's own bytes are never
read.
"""

from galleria_storage.photos.heif.item_edit import plan
from galleria_storage.photos.heif.metadata import metadata
from galleria_storage.photos.heif.parts import parts

__all__ = ["metadata", "parts", "plan"]
