"""Changing the capture tags of a TIFF file, and of RAW files built like it.

Nothing ever moves: maker notes and RAW data hold offsets that no specification
lists. A text with room is overwritten; any other is added at the end of the
file. A table that needs one more field is copied to the end, and the pointer to
it is changed; the old copy stays, unused (TIFF 6.0 section 2 allows tables
anywhere).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.check import Part
from galleria_storage.photos.exif.captures import after_changes, tag_texts
from galleria_storage.photos.exif.ifd import ASCII, INLINE, LONG
from galleria_storage.photos.exif.tags import CAPTURE_TAGS
from galleria_storage.photos.exif.tiff import MAX_COPIES, check_types
from galleria_storage.photos.plan import Asked, Patch, Plan, Span
from galleria_storage.photos.refusals import cut_off, damaged
from galleria_storage.photos.source import RangedSource
from galleria_storage.photos.tiff.images import picture_spans
from galleria_storage.photos.tiff.metadata import metadata
from galleria_storage.photos.tiff.tables import EXIF_IFD, Field, Table, TiffTables

__all__ = ["Edit", "metadata", "parts", "plan"]

_LARGEST: Final = 0xFFFF_FFFF
_LINE: Final = 128
_BLANK: Final = " :0"
_TEXT_TYPES: Final = frozenset({1, ASCII, 7, 129})


def plan(source: RangedSource, asked: Asked) -> Plan:
    """Work out how to change the capture tags; see `formats.Format`."""
    tables = TiffTables(source)
    before = _capture_tags(tables)
    changes = asked.changes(before)
    texts = tag_texts(changes)
    patches = Edit(tables).write(texts) if texts else []
    return Plan(source.size, patches, before, after_changes(before, changes) if texts else before)


def parts(source: RangedSource) -> list[Part]:
    """List every field except the capture tags and the pointer to the Exif IFD, and every picture."""
    tables = TiffTables(source)
    found = [Part(f"byte order {tables.order.mark}, next IFD at {tables.main.next}", ())]
    for table in tables.all:
        for field in table.fields:
            if field.tag in CAPTURE_TAGS or (field.tag == EXIF_IFD and table is tables.main):
                continue
            name = f"{table.name} tag {field.tag:04X} {field.type} {field.number} {field.raw.hex()}"
            found.append(Part(name, () if field.is_inline else (_within(source, field.value),)))
        if table is not tables.exif:
            found.append(Part(f"picture of {table.name}", tuple(picture_spans(tables, table))))
    return found


def _within(source: RangedSource, span: Span) -> Span:
    """Return the part of a span that lies in the file."""
    return Span(min(span.start, source.size), min(span.stop, source.size))


def _capture_tags(tables: TiffTables) -> CaptureTags:
    """Return the capture tags: those of the Exif IFD, or else those that TIFF/EP (ISO 12234-2) puts into IFD0."""
    texts: dict[int, str] = {}
    for table in (tables.exif, tables.main):
        for field in table.find(CAPTURE_TAGS) if table else ():
            if not texts.get(field.tag, "").strip(_BLANK):
                value = tables.source.read(field.value.start, min(field.value.stop - field.value.start, _LINE))
                texts[field.tag] = value.partition(b"\0")[0].decode("latin-1")
    return CaptureTags(*map(texts.get, CAPTURE_TAGS))


class Edit:
    """The growing list of patches, and what is added at the end of the file.

    Parameters
    ----------
    tables
        The file's tables.
    """

    def __init__(self, tables: TiffTables) -> None:
        self._tables = tables
        self._order = tables.order
        self._size = tables.source.size
        self._patches: dict[int, bytes] = {}
        self._added = bytearray()
        #: Fields that get a new value, by their offset: a copied table includes them.
        self._fields: dict[int, bytes] = {}

    def write(self, texts: Mapping[int, bytes]) -> list[Patch]:
        """Write texts by tag, without NUL, wherever their tags are, and into the Exif IFD.

        Raises
        ------
        CorruptPhotoError
            It would harm other data, or give a new meaning to something beyond the end of the file.
        """
        tables = self._tables
        fields = [field for table in (tables.exif, tables.main) if table for field in table.find(texts)]
        for table in filter(None, (tables.exif, tables.main)):
            check_types(table.name, [field.type for field in table.fields])
            if any(field.value.stop > self._size for field in table.fields if field.tag not in texts):
                raise _beyond(table)  # readers give up there, and might not see the new time
        if len(fields) > MAX_COPIES:
            raise damaged(f"it has more than {MAX_COPIES} copies of the capture time")
        present = {field.tag for field in tables.exif.fields} if tables.exif else set()
        lacking = [tag for tag in texts if tag not in present]
        if not lacking and all(self._says(field, texts[field.tag]) for field in fields):
            return []
        for field in fields:
            self._overwrite(field, texts[field.tag])
        missing = {tag: self._new_field(tag, texts[tag]) for tag in lacking}
        if missing and tables.exif:
            self._move_exif(tables.exif, missing)
        elif missing:
            self._add_exif(missing)
        return self._finish({field.place for field in fields})

    def _finish(self, replaced: Collection[int]) -> list[Patch]:
        for place, data in self._fields.items():
            self._patches.setdefault(place, data)
        patches = [Patch(at, len(data), data) for at, data in self._patches.items() if not self._same(at, data)]
        if self._added:
            self._check_end(replaced)
            if self._size + len(self._added) > _LARGEST:
                raise CorruptPhotoError("the capture time does not fit: a TIFF file holds at most 4 GiB")
            patches.append(Patch(self._size, 0, bytes(self._added)))
        return patches

    def _same(self, at: int, data: bytes) -> bool:
        return self._tables.source.read(at, len(data)) == data

    def _says(self, field: Field, text: bytes) -> bool:
        """Whether a field has a text already, whoever else uses its value."""
        start, stop = field.value
        room = stop - start
        return field.type == ASCII and len(text) < room <= _LINE and self._same(start, text.ljust(room, b"\0"))

    def _overwrite(self, field: Field, text: bytes) -> None:
        """Give a field a text: in place if there is room that nothing else uses, so that any other will fit there."""
        start, stop = field.value
        room = stop - start
        if field.type in _TEXT_TYPES and INLINE < room >= len(text) >= INLINE and self._is_its_own(field):
            self._patches[start] = text.ljust(room, b"\0")
            # Exif 2.32 4.6.2: the number of an ASCII value includes its NUL. Some cameras leave no room for it.
            self._patches[field.place] = self._order.entry.pack(field.tag, ASCII, min(len(text) + 1, room), 0)[:8]
        else:
            self._fields[field.place] = self._new_field(field.tag, text)

    def _is_its_own(self, field: Field) -> bool:
        """Whether a value lies in the file and does not overlap anything else that is known."""
        start, stop = field.value
        if start < 8 or stop > self._size:
            return False
        for table in self._tables.all:
            if table.start < stop and start < table.end + 4:
                return False
            for other in table.fields:
                if other.place != field.place and other.value.start < stop and start < other.value.stop:
                    return False
            if any(span.start < stop and start < span.stop for span in picture_spans(self._tables, table)):
                return False
        return True

    def _new_field(self, tag: int, text: bytes) -> bytes:
        """Return the twelve bytes of a field; a long value is added at the end of the file."""
        value = text + b"\0"
        if len(value) <= INLINE:
            return self._order.entry.pack(tag, ASCII, len(value), 0)[:8] + value.ljust(INLINE, b"\0")
        return self._order.entry.pack(tag, ASCII, len(value), self._add(value))

    def _move_exif(self, table: Table, missing: Mapping[int, bytes]) -> None:
        """Copy the Exif IFD to the end with more fields, and let IFD0 point to the copy."""
        self._check_values(table)
        place = self._add(self._table(table.fields, missing, 0))
        for field in self._tables.main.find({EXIF_IFD}):
            self._patches[field.place + 8] = self._order.long.pack(place)

    def _add_exif(self, fields: Mapping[int, bytes]) -> None:
        """Add an Exif IFD and a copy of IFD0 that points to it, and let the header point to the copy."""
        main = self._tables.main
        self._check_values(main)
        place = self._add(self._table((), fields, 0))
        pointer = self._order.entry.pack(EXIF_IFD, LONG, 1, place)
        self._patches[4] = self._order.long.pack(self._add(self._table(main.fields, {EXIF_IFD: pointer}, main.next)))

    def _table(self, fields: Iterable[Field], added: Mapping[int, bytes], following: int) -> bytes:
        """Return a table: fields as they are or will be, and new ones, in order of their tags (TIFF 6.0 section 2)."""
        entries = [(field.tag, self._final(field)) for field in fields]
        for tag in sorted(added):
            index = next((index for index, (other, _) in enumerate(entries) if other > tag), len(entries))
            entries.insert(index, (tag, added[tag]))
        if len(entries) > _LARGEST >> 16:
            raise damaged("a table is full")
        body = b"".join(data for _, data in entries)
        return self._order.short.pack(len(entries)) + body + self._order.long.pack(following)

    def _final(self, field: Field) -> bytes:
        """Return the twelve bytes of a field once everything is written."""
        if new := self._fields.get(field.place):
            return new
        opening = self._order.entry.pack(field.tag, field.type, field.number, 0)[:8]
        return (
            self._patches.get(field.place, opening) + self._patches.get(field.value.start, field.raw)[:4]
            if (field.is_inline)
            else self._patches.get(field.place, opening) + field.raw
        )

    def _add(self, data: bytes) -> int:
        """Add bytes at the end of the file on a word boundary; return their offset."""
        if not self._added:
            # If the file ends with its last table, the offset of the next one is missing, and must not be invented.
            lacking = max(table.end + 4 - self._size for table in self._tables.all)
            self._added += bytes(max(lacking, 0))
        self._added += bytes((self._size + len(self._added)) % 2)
        place = self._size + len(self._added)
        self._added += data
        return place

    def _check_values(self, table: Table) -> None:
        """Refuse to move a table that one of its values overlaps: readers ignore that value, but not afterwards."""
        for field in table.fields:
            start, stop = field.value
            stays = not field.is_inline and field.place not in self._fields
            if stays and start < table.end and table.start < stop:
                raise damaged(f"tag {field.tag:04X} lies within the {table.name}")

    def _check_end(self, replaced: Collection[int]) -> None:
        """Refuse to add anything where listed data should be but was cut off; `replaced` fields get other values."""
        tables = self._tables
        for table in tables.all:
            ends = [field.value.stop for field in table.fields if field.place not in replaced]
            ends += [span.stop for span in picture_spans(tables, table)]
            if max(ends, default=0) > self._size:
                raise _beyond(table)


def _beyond(table: Table) -> CorruptPhotoError:
    return cut_off(f"what its {table.name} lists lies beyond its end")
