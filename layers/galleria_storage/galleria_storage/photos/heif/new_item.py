"""Listing a new item with Exif data in the box `meta`.

ISO/IEC 23008-12 annex A.2.1: an item of type ``Exif`` that describes another
one (``cdsc``, 8.11.12 of ISO/IEC 14496-12), hidden, in the layout of the
file's own tables.
"""

from typing import Final, NamedTuple

from galleria_storage.photos.boxes import grown, new_box
from galleria_storage.photos.heif.structure import EXIF, Heif, Meta
from galleria_storage.photos.plan import Patch
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

_SHORT: Final = 0xFFFF
_HIDDEN: Final = b"\0\0\1"


class NewItem(NamedTuple):
    """What lists a new item, except its location.

    Attributes
    ----------
    number
        The item's number.
    patches
        Patches of the file.
    """

    number: int
    patches: list[Patch]


def list_new_item(source: RangedSource, heif: Heif) -> NewItem:
    """Return the patches that list an item with Exif data that describes the photo.

    Raises
    ------
    CorruptPhotoError
        A number does not fit, or the photo itself is not listed.
    """
    meta = heif.meta
    if meta.primary not in {item.number for item in meta.items}:
        raise damaged("the photo itself is not in the list of its items")
    number = max(*[i.number for i in meta.items], *[entry.item for entry in meta.locations.entries], 0) + 1
    patches = [*_entry(source, meta, number), *_reference(source, meta, number)]
    table = meta.locations_box
    patches += grown(table, meta.locations.growth)
    growth = sum(len(patch.data) - patch.removed for patch in patches) + meta.locations.growth
    patches += [*grown(meta.box, growth), *_room(heif, growth)]
    # An insertion at the start of another table comes before changes there.
    return NewItem(number, sorted(patches, key=lambda patch: patch.removed > 0))


def _entry(source: RangedSource, meta: Meta, number: int) -> list[Patch]:
    """Return the patches that add an entry to `iinf` (8.11.6)."""
    table = meta.items_box
    width = 2 if source.read(table.body, 1) == b"\0" else 4
    count = len(meta.items) + 1
    if count >= 1 << 8 * width:
        raise damaged(f"the list of its items has no room for item {count:,}")
    version, size = (2, 2) if number <= _SHORT else (3, 4)
    entry = new_box(b"infe", bytes([version]) + _HIDDEN + number.to_bytes(size, "big") + b"\0\0" + EXIF + b"\0")
    return [
        *grown(table, len(entry)),
        Patch(table.body + 4, width, count.to_bytes(width, "big")),
        Patch(table.stop, 0, entry),
    ]


def _reference(source: RangedSource, meta: Meta, number: int) -> list[Patch]:
    """Return the patches that add a reference from the new item to the photo to `iref`, or to a new one."""
    table = meta.references_box
    highest = max(number, meta.primary)
    version = source.read(table.body, 1)[0] if table else int(highest > _SHORT)
    width = 4 if version else 2
    if highest >= 1 << 8 * width or version > 1:
        raise damaged(f"the list of its references has no room for item {number:,}")
    numbers = number.to_bytes(width, "big") + b"\0\1" + meta.primary.to_bytes(width, "big")
    reference = new_box(b"cdsc", numbers)
    if table:
        return [*grown(table, len(reference)), Patch(table.stop, 0, reference)]
    return [Patch(meta.box.stop, 0, new_box(b"iref", bytes([version, 0, 0, 0]) + reference))]


def _room(heif: Heif, growth: int) -> list[Patch]:
    """Take the room from a `free` box after `meta`, if there is one of exactly this size or at least 8 bytes more."""
    following = next((box for box in heif.boxes if box.start == heif.meta.box.stop), None)
    if following is None or following.kind not in (b"free", b"skip") or following.is_open:
        return []
    start, size = following.start, following.stop - following.start
    if size == growth:
        return [Patch(start, size, b"")]
    if size < growth + 8:
        return []
    return [Patch(start, growth + 8, (size - growth).to_bytes(4, "big") + following.kind)]
