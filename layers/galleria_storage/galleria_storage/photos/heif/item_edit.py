"""Working out an edit of a HEIF file: in place, by moving Exif data to the end, or with a new item."""

from collections.abc import Sequence
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.boxes import new_box, resized
from galleria_storage.photos.exif.blob import BlobEdit, edit_blob, new_blob, read_blob
from galleria_storage.photos.exif.captures import after_changes, tag_texts
from galleria_storage.photos.heif.exif_items import ExifItem, exif_items
from galleria_storage.photos.heif.new_item import list_new_item
from galleria_storage.photos.heif.structure import Heif, read_heif
from galleria_storage.photos.moves import Moves
from galleria_storage.photos.movie import follow_chunks
from galleria_storage.photos.plan import Asked, Patch, Plan, Texts
from galleria_storage.photos.source import RangedSource

_BLANK: Final = " :0"


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out an edit; see `formats.Format`."""
    heif = read_heif(source)
    items = exif_items(source, heif)
    if not items:
        return _with_new_item(source, heif, asked)
    edits = _edits(items, asked)
    patches: list[Patch] = []
    moving: list[tuple[ExifItem, bytes]] = []
    for item, edit in zip(items, edits, strict=True):
        if sum(len(patch.data) - patch.removed for patch in edit.patches):
            # The old bytes are never read again; as zeros they reveal nothing.
            patches += [Patch(start, stop - start, bytes(stop - start)) for start, stop in item.spans]
            moving.append((item, item.data[: item.start] + _applied(item.block, edit.patches)))
        else:
            patches += item.in_file(list(edit.patches))
    if moving:
        patches += _moved_to_the_end(source, heif, patches, moving)
    before, after = _main([edit.before for edit in edits]), _main([edit.after for edit in edits])
    return Plan(source.size, patches, before, after)


def _edits(items: Sequence[ExifItem], asked: Asked) -> list[BlobEdit]:
    """Edit each item: those with the photo's time, or without any, get its new time; others get their own."""
    if len(items) == 1:
        return [edit_blob(items[0].block, asked)]
    found = [read_blob(item.block) for item in items]
    main = _main(found)
    same = Texts(asked.changes(main))
    return [
        edit_blob(item.block, same if _is_blank(own) or _time(own) == _time(main) else asked)
        for item, own in zip(items, found, strict=True)
    ]


def _main(found: Sequence[CaptureTags]) -> CaptureTags:
    return next((tags for tags in found if not _is_blank(tags)), found[0])


def _time(tags: CaptureTags) -> str:
    return tags.date_time_original or ""


def _is_blank(tags: CaptureTags) -> bool:
    return not _time(tags).strip(_BLANK)


def _applied(block: bytes, patches: Sequence[Patch]) -> bytes:
    nothing = CaptureTags()
    return Plan(len(block), patches, nothing, nothing).apply(block)


def _with_new_item(source: RangedSource, heif: Heif, asked: Asked) -> Plan:
    nothing = CaptureTags()
    changes = asked.changes(nothing)
    texts = tag_texts(changes)
    if not texts:
        return Plan(source.size, (), nothing, nothing)
    number, patches = list_new_item(source, heif)
    data = bytes(4) + new_blob(texts)
    table, locations = heif.meta.locations_box, heif.meta.locations
    size = table.stop - table.body
    box = new_box(b"mdat", data)
    moves = Moves([*patches, Patch(table.body, size, bytes(size + locations.growth)), Patch(heif.end, 0, box)])
    patches += _appended(source, heif, moves, box)
    locations.add(number, moves.place_of_last(heif.end, len(box)) + 8, len(data))
    patches += _tables(heif)
    return Plan(source.size, patches, nothing, after_changes(nothing, changes))


def _moved_to_the_end(
    source: RangedSource, heif: Heif, patches: Sequence[Patch], moving: Sequence[tuple[ExifItem, bytes]]
) -> list[Patch]:
    """Return the patches that put items into a new box at the end and update their locations."""
    box = new_box(b"mdat", b"".join([data for _, data in moving]))
    moves = Moves([*patches, Patch(heif.end, 0, box)])
    appended = _appended(source, heif, moves, box)
    place = moves.place_of_last(heif.end, len(box)) + 8
    for item, data in moving:
        for meta, location in item.holders:
            meta.locations.move(location, place, len(data))
        place += len(data)
    return [*appended, *_tables(heif)]


def _appended(source: RangedSource, heif: Heif, moves: Moves, box: bytes) -> list[Patch]:
    """Return the patches that add a box at the end, and adjust all offsets to this and earlier moves."""
    followed = {meta.box for meta in heif.metas}
    patches = [Patch(heif.end, 0, box), *follow_chunks(source, heif.boxes, moves.place, followed)]
    for meta in heif.metas:
        meta.locations.follow(moves.place, heif.boxes[-1].stop)
    last = next(other for other in heif.boxes if other.stop == heif.end)
    if last.is_open:
        patches.append(resized(last, last.stop - last.start))
    return patches


def _tables(heif: Heif) -> list[Patch]:
    """Return the patches that write the changed tables of offsets."""
    return [
        Patch(meta.locations_box.body, meta.locations_box.stop - meta.locations_box.body, bytes(meta.locations.written))
        for meta in heif.metas
        if meta.locations.has_changed
    ]
