"""The blocks of metadata in a film: user data, Apple's keys, XMP, and what only its maker can read.

A block that is dropped becomes free space of the same size (ISO/IEC 14496-12
8.1.2), so that nothing in the film moves.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from galleria_storage.photos.boxes import Box, walk
from galleria_storage.photos.credentials import UUID, credentials_in_boxes, freed
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.quicktime.fields import MAX_TABLE, movie_of
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

_XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
#: Apple's QuickTime File Format, "User data list entry types"; 3GPP TS 26.244 8; iTunes' own.
_NAMES: Final = {
    b"\xa9xyz": "location",
    b"loci": "location",
    b"\xa9ART": "artist",
    b"\xa9aut": "author",
    b"auth": "author",
    b"perf": "artist",
    b"\xa9wrt": "author",
    b"\xa9dir": "author",
    b"\xa9prf": "artist",
    b"\xa9nam": "title",
    b"titl": "title",
    b"\xa9cmt": "comment",
    b"\xa9des": "description",
    b"desc": "description",
    b"ldes": "description",
    b"dscp": "description",
    b"\xa9inf": "description",
    b"\xa9key": "keywords",
    b"kywd": "keywords",
}
#: User data without private information.
_HARMLESS: Final = frozenset(
    {b"\xa9day", b"\xa9mak", b"\xa9mod", b"\xa9swr", b"\xa9too", b"\xa9fmt", b"\xa9enc", b"\xa9cpy", b"cprt", b"name"}
    | {b"hnti", b"hinf", b"tsel", b"tagc", b"free", b"skip", b"WLOC", b"LOOP", b"SelO", b"AllF", b"yrrc", b"date"}
    | {b"meta"}
)
_KNOWN_TRACKS: Final = frozenset({b"vide", b"soun", b"tmcd", b"hint", b"url ", b"alis"})


def metadata(source: RangedSource) -> Sequence[Block]:
    """List the blocks of metadata; see `formats.Format`."""
    top = list(walk(source, 0, source.size))
    movie = movie_of(source)
    boxes = list(walk(source, movie.body, movie.stop))
    found = list(credentials_in_boxes(source, top))
    found += _in_container(source, boxes)
    for track in (box for box in boxes if box.kind == b"trak"):
        inner = list(walk(source, track.body, track.stop))
        found += _in_container(source, inner)
        found += _opaque_track(source, inner)
    for box in (*top, *boxes):
        found += _in_uuid(source, box)
    return found


def _in_container(source: RangedSource, boxes: Sequence[Box]) -> Iterator[Block]:
    for box in boxes:
        if box.kind == b"meta":
            yield from _in_list(source, box)
        elif box.kind == b"udta":
            inner = list(walk(source, box.body, box.stop))
            for item in inner:
                if item.kind == b"meta":
                    yield from _in_list(source, item)
                elif name := _NAMES.get(item.kind):
                    yield _block(source, item, name)
                elif item.kind not in _HARMLESS:
                    yield _block(source, item, "", opaque=True)


def _in_list(source: RangedSource, meta: Box) -> Iterator[Block]:
    """Yield the entries of a list of metadata: with Apple's keys, or with iTunes' types."""
    skip = 0 if source.read(meta.body + 4, 4) in {b"hdlr", b"keys", b"mhdr"} else 4  # QuickTime's has no version
    inner = {box.kind: box for box in walk(source, meta.body + skip, meta.stop)}
    keys = _keys(source, inner[b"keys"]) if b"keys" in inner else []
    for item in _items(source, inner[b"ilst"]) if b"ilst" in inner else ():
        number = int.from_bytes(item.kind, "big")
        if 0 < number <= len(keys):
            yield _block(source, item, keys[number - 1].replace(".", " "))
        elif name := _NAMES.get(item.kind):
            yield _block(source, item, name)
        elif item.kind == b"----":
            yield _block(source, item, "", opaque=True)


def _items(source: RangedSource, box: Box) -> Iterator[Box]:
    """Yield the entries of a list: boxes, whose types are numbers where there are keys."""
    at = box.body
    while at + 8 <= box.stop:
        header = source.read(at, 8)
        size = int.from_bytes(header[:4], "big")
        if not 8 <= size <= box.stop - at:  # its own header
            raise damaged("a list of metadata is cut off")
        yield Box(header[4:], at, at + 8, at + size)
        at += size


def _keys(source: RangedSource, box: Box) -> list[str]:
    if box.stop - box.body > MAX_TABLE:
        raise damaged("the list of its keys is too long")
    data = source.read(box.body, box.stop - box.body)
    names, at = [], 8
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:  # its own header
            raise damaged("the list of its keys is cut off")
        names.append(data[at + 8 : at + size].decode("latin-1"))
        at += size
    return names


def _opaque_track(source: RangedSource, boxes: Sequence[Box]) -> Iterator[Block]:
    """Yield a track of data: many cameras write their position into one, frame by frame."""
    for media in (box for box in boxes if box.kind == b"mdia"):
        for handler in (box for box in walk(source, media.body, media.stop) if box.kind == b"hdlr"):
            if source.read(handler.body + 8, 4) not in _KNOWN_TRACKS:
                yield plain_block("opaque", "a track of data", source, media.body, 0)


def _in_uuid(source: RangedSource, box: Box) -> Iterator[Block]:
    if box.kind == b"uuid":
        kind = source.read(box.body, 16)
        if kind == _XMP:
            yield plain_block("xmp", "XMP", source, box.body + 16, box.stop - box.body - 16)
        elif kind != UUID:
            yield _block(source, box, "", opaque=True)


def _block(source: RangedSource, box: Box, name: str, *, opaque: bool = False) -> Block:
    what = name or f"the maker's data {box.kind.decode('latin-1')!r}"
    block = plain_block("opaque" if opaque else "text", what, source, box.body, box.stop - box.body)
    return block._replace(drop=partial(freed, box))
