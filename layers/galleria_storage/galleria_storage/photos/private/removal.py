"""Removing groups of metadata from a photo, block by block; no byte of the picture moves."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.iptc import datasets
from galleria_storage.photos.jpeg.metadata import metadata as blocks_of_jpeg
from galleria_storage.photos.metadata_blocks import Block, inside, shifted
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.private.groups import GROUPS, Group
from galleria_storage.photos.private.ifd_removal import without_fields
from galleria_storage.photos.private.maker_notes import CANON_NOTE, from_notes, own_tags
from galleria_storage.photos.source import WindowSource
from galleria_storage.photos.tiff.tables import TiffTables
from galleria_storage.photos.xmp import RDF, Packet, Property

_CREDENTIALS: Final = 0xCD41
_JPEG: Final = (0x0201, 0x0202)
EVERYTHING_ELSE: Final = "maker-notes"
"""The group that takes along what nobody but its maker can read."""

_APPLICATION: Final = 2


class Removal(NamedTuple):
    """What is to be removed.

    Attributes
    ----------
    names
        The groups' names.
    groups
        What belongs to them.
    """

    names: tuple[str, ...]
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> "Removal":
        """Return what belongs to these groups; an unknown one is a KeyError, since `corrections` checks names."""
        return cls(tuple(names), tuple(GROUPS[name] for name in names))

    @property
    def exif(self) -> frozenset[int]:
        """Tags of all groups."""
        return frozenset(chain.from_iterable(group.exif for group in self.groups))

    def has_property(self, found: Property) -> bool:
        """Whether an XMP property belongs to one of the groups."""
        return found.name.namespace != RDF and any(group.has_property(found.name) for group in self.groups)

    def has_dataset(self, record: int, number: int) -> bool:
        """Whether an IPTC dataset belongs to one of the groups."""
        return record == _APPLICATION and any(number in group.iptc for group in self.groups)

    def has_text(self, keyword: str) -> bool:
        """Whether a text under a keyword belongs to one of the groups."""
        return any(group.text and group.text.fullmatch(keyword) for group in self.groups)


def removal_patches(blocks: Sequence[Block], removal: Removal) -> Iterator[Patch]:
    """Yield the patches of the file that remove groups from its blocks.

    Raises
    ------
    CorruptPhotoError
        A block cannot be read, so its content is unknown.
    """
    for block in blocks:
        if block.kind == "exif":
            yield from block.write(list(_from_exif(block, removal)))
        elif block.kind == "xmp":
            yield from block.write(_from_xmp(block, removal))
        elif block.kind == "iptc":
            yield from block.write(list(_from_iptc(block, removal)))
        elif block.kind == "credentials" and block.drop:
            yield from block.drop()  # a manifest may repeat all of it, and its signature breaks in any case
        elif block.kind == "picture":
            yield from removal_patches(list(pictures_in(block)), removal)
        elif block.kind == "opaque":
            yield from _without_opaque(block, removal)
        elif block.kind == "text" and removal.has_text(block.name) and block.source.read(0, block.source.size).strip():
            yield from block.drop() if block.drop else block.write([Patch(0, block.source.size, _spaces(block))])


def _without_opaque(block: Block, removal: Removal) -> list[Patch]:
    """Drop what only its maker can read, if that is asked; otherwise its content would be unknown."""
    if EVERYTHING_ELSE in removal.names and block.drop:
        return block.drop() if block.source.size else []
    advice = "Remove maker-notes, too." if block.drop else "Remove it with a photo or video program."
    raise _unknown_content(block.title, removal, advice)


def _unknown_content(what: str, removal: Removal, advice: str) -> CorruptPhotoError:
    return CorruptPhotoError(
        f"it is unknown whether {what} reveals what it should not ({', '.join(removal.names)})",
        tag="remove",
        advice=advice,
    )


def _spaces(block: Block) -> bytes:
    return b" " * block.source.size


def pictures_in(block: Block) -> Iterator[Block]:
    """Yield the blocks of the JPEGs in a block: some thumbnails have their own metadata."""
    if block.kind == "picture":
        yield from (inside(block, inner, " of the thumbnail") for inner in blocks_of_jpeg(block.source))
        return
    for start, size in _pictures(TiffTables(block.source, in_block=True)):
        picture = WindowSource(block.source, start, size)
        yield from (shifted(inner, start, " of the thumbnail") for inner in blocks_of_jpeg(picture))


def _from_exif(block: Block, removal: Removal) -> Iterator[Patch]:
    known = own_tags(removal.names) if block.name == CANON_NOTE else frozenset[int]()
    yield from without_fields(TiffTables(block.source, in_block=True), removal.exif | known | {_CREDENTIALS})
    if EVERYTHING_ELSE not in removal.names:
        yield from from_notes(block.source, removal.names)
    yield from removal_patches(list(pictures_in(block)), removal)


def _pictures(tables: TiffTables) -> Iterator[tuple[int, int]]:
    """Yield offset and size of each embedded JPEG."""
    for table in tables.all:
        found = [list(table.find({tag})) for tag in _JPEG]
        if all(len(fields) == 1 for fields in found):
            starts, sizes = (tables.numbers(fields[0]) for fields in found)
            for start, size in zip(starts, sizes, strict=False):
                if tables.source.read(start, 2) == b"\xff\xd8" and start + size <= tables.source.size:
                    yield start, size


def _from_xmp(block: Block, removal: Removal) -> list[Patch]:
    try:
        packet = Packet(block.source.read(0, block.source.size))
    except CorruptPhotoError as error:
        if EVERYTHING_ELSE in removal.names:
            return [Patch(0, block.source.size, _spaces(block))]
        raise CorruptPhotoError(error.message, tag="remove", advice="Remove maker-notes, too.") from error
    spans: list[Span] = []
    # Inner elements come before outer ones: removing the outermost element removes all of them.
    for found in reversed(packet.properties):
        if removal.has_property(found) and not any(
            span.start <= found.whole.start and found.whole.stop <= span.stop for span in spans
        ):
            spans.append(found.whole)
    return [packet.blank(span) for span in spans]


def _from_iptc(block: Block, removal: Removal) -> Iterator[Patch]:
    """Yield the patch that closes the gaps between records: readers stop at the zeros that remain.

    Raises
    ------
    CorruptPhotoError
        Something that is not a record follows them; it may be records that a program damaged.
    """
    data = block.source.read(0, block.source.size)
    kept, start, found = [], 0, False
    for record, number, span in datasets(data):
        if removal.has_dataset(record, number):
            found = True
        else:
            kept.append(data[start : span.stop])
        start = span.stop
    rest = data[start:]
    if rest.strip(b"\0 "):
        if EVERYTHING_ELSE not in removal.names:
            raise _unknown_content(f"what follows the records of {block.title}", removal, "Remove maker-notes, too.")
        rest, found = b"", True
    if found:
        yield Patch(0, len(data), b"".join([*kept, rest]).ljust(len(data), b"\0"))
