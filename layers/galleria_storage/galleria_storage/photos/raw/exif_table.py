"""A TIFF structure whose first table is the Exif IFD itself, as in the box `CMT2` of Canon's CR3.

Changes are made in place if possible; otherwise the table is rewritten, with
the values that need room, into zeros at the structure's end or after it.
Everything else that it lists stays in place. Maker notes are in another box.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.exif.captures import MAX_TEXT, after_changes, tag_texts
from galleria_storage.photos.exif.ifd import (
    ASCII,
    INLINE,
    ByteOrder,
    Entry,
    Ifd,
    byte_order,
    is_pointer,
    read_ifd,
)
from galleria_storage.photos.exif.tags import CAPTURE_TAGS
from galleria_storage.photos.plan import Asked, Patch
from galleria_storage.photos.refusals import damaged_exif

_INTEROPERABILITY: Final = 0xA005
_NAME: Final = "Exif IFD"


class TableEdit(NamedTuple):
    """What changes in a structure.

    Attributes
    ----------
    patches
        Of the structure, including an append if it grows.
    before, after
        The capture tags in it, and in the result.
    """

    patches: list[Patch]
    before: CaptureTags
    after: CaptureTags


def edit_table(data: bytes, asked: Asked) -> TableEdit:
    """Make the changes asked for.

    Parameters
    ----------
    data
        The structure, from the TIFF header on.
    asked
        The change asked for.

    Raises
    ------
    CorruptPhotoError
        The table is damaged, or something that it lists lies after its end, so that it must not grow.
    CorrectionError
        The requested change is impossible for this photo.
    """
    order, table = _read(data)
    entries = table.find(CAPTURE_TAGS)
    by_tag = {entry.tag: entry for entry in entries}
    if len(by_tag) < len(entries):
        raise damaged_exif("a capture tag is there twice")
    before = CaptureTags(*[_text(data, by_tag.get(tag)) for tag in CAPTURE_TAGS])
    changes = asked.changes(before)
    patches: list[Patch] = []
    without_room: dict[int, bytes] = {}
    for tag, text in tag_texts(changes).items():
        entry = by_tag.get(tag)
        if entry and _has_room(data, table, entry, len(text) + 1):
            value = text.ljust(entry.size, b"\0")
            if value != data[entry.start : entry.stop]:
                patches.append(Patch(entry.start, entry.size, value))
        else:
            without_room[tag] = text + b"\0"
    if without_room:
        patches += _written_again(data, order, table, without_room, patches)
    return TableEdit(patches, before, after_changes(before, changes))


def other_values(data: bytes) -> list[str]:
    """Return the contents of the table, except the capture tags, as texts that show any change."""
    order, table = _read(data)
    values = [entry for entry in table.find(sorted(table.tag_set)) if entry.tag not in CAPTURE_TAGS]
    return [f"tag {e.tag:04X} {e.type} {data[e.start : e.stop]!r}" for e in values] + [f"{order.mark}{table.next}"]


def _read(data: bytes) -> tuple[ByteOrder, Ifd]:
    order = byte_order(data)
    if order is None or len(data) < 8:
        raise damaged_exif("it does not start with a TIFF header")
    return order, read_ifd(data, order.long.unpack_from(data, 4)[0], order, _NAME)


def _text(data: bytes, entry: Entry | None) -> str | None:
    if entry is None:
        return None
    value = data[entry.start : entry.start + min(entry.size, MAX_TEXT)]
    return value.partition(b"\0")[0].decode("latin-1")


def _has_room(data: bytes, table: Ifd, entry: Entry, size: int) -> bool:
    """Whether a value may be overwritten: it is text, long enough, inside the structure, and not shared."""
    start, stop = entry.start, entry.stop
    if entry.type != ASCII or entry.size < size or stop > len(data):
        return False
    if entry.size <= INLINE:
        return True
    others = [(other, end) for tag, other, end, _ in table.values if tag != entry.tag]
    return not any(start < end and other < stop for other, end in [*others, (0, 8), (table.at, table.end + 4)])


def _written_again(
    data: bytes, order: ByteOrder, table: Ifd, values: Mapping[int, bytes], patches: Sequence[Patch]
) -> list[Patch]:
    """Return the patches that rewrite the table with these values where there is room."""
    changed = bytearray(data)
    for offset, removed, value in patches:
        changed[offset : offset + removed] = value
    rest = table.without(values, bytes(changed))
    entries = {(order.short.unpack_from(rest, at)[0], at): rest[at : at + 12] for at in range(0, len(rest), 12)}
    used = _used(data, order, table)
    length = 2 + len(rest) + 12 * len(values) + 4
    needed = length + sum(len(value) + len(value) % 2 for value in values.values() if len(value) > INLINE)
    place = used + used % 2
    has_room = place + needed <= len(data) and not any(data[used:])
    if not has_room:
        place = len(data) + len(data) % 2
    stored = b""
    for tag, value in values.items():
        inline = len(value) <= INLINE
        where = value.ljust(INLINE, b"\0") if inline else order.long.pack(place + length + len(stored))
        entries[tag, 0] = order.short.pack(tag) + order.short.pack(ASCII) + order.long.pack(len(value)) + where
        stored += b"" if inline else value + bytes(len(value) % 2)
    lines = b"".join([entries[key] for key in sorted(entries)])
    written = order.short.pack(len(entries)) + lines + order.long.pack(table.next) + stored
    pointer = Patch(4, 4, order.long.pack(place))
    if has_room:
        return [pointer, Patch(place, len(written), written)]
    return [pointer, Patch(len(data), 0, bytes(place - len(data)) + written)]


def _used(data: bytes, order: ByteOrder, table: Ifd) -> int:
    """Return the end of everything that the structure lists.

    Raises
    ------
    CorruptPhotoError
        Something extends past its end, and would get other bytes if it grew.
    """
    inner = [entry.raw for entry in table.find({_INTEROPERABILITY}) if is_pointer(entry)]
    tables = [table, *[read_ifd(data, place, order, "Interoperability IFD") for place in inner]]
    ends = [end for ifd in tables for _, _, end, _ in ifd.values] + [ifd.end + 4 for ifd in tables]
    if max(ends) > len(data):
        raise damaged_exif("a value in it is cut off")
    return max(ends)
