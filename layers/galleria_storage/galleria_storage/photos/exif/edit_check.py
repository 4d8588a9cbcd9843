"""Comparing an edited Exif block, read back, with the original one."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from operator import attrgetter, itemgetter
from typing import Final

from galleria_storage.photos.exif.block_edit import is_filling
from galleria_storage.photos.exif.ifd import ASCII, Ifd, is_pointer, read_ifd
from galleria_storage.photos.exif.text_draft import Widened
from galleria_storage.photos.exif.tiff import EXIF_IFD, EXIF_NAME, GPS_NAME, TiffBlock, read_block
from galleria_storage.photos.exif.tiff_images import NOT_FOLLOWED, strips
from galleria_storage.photos.refusals import harmful

_NO_IFD: Final = Ifd(EXIF_NAME, 0, (), 0)


def check_block(
    before: TiffBlock, after: bytes, texts: Mapping[int, bytes], free: int, widened: Sequence[Widened] = ()
) -> None:
    """Prove that an edited block has the new texts, and everything else as before.

    Parameters
    ----------
    before
        The block before the edit.
    after
        The edited block, from the result.
    texts
        The texts, by tag, that every copy of the tag must now have.
    free
        Offset from which the edit used padding of the old block; the block's length if it used none.
    widened
        The IFDs that were widened in place.

    Raises
    ------
    CorruptPhotoError
        A text does not read back, or anything else changed.
    """
    may_change = _check_bytes(before, after, texts, free, widened)
    moved = {value.entry for each in widened for value in each.moved} if widened else frozenset[int]()
    if before.end_if_apart and not widened:
        pairs = _read_touched(before, after)
    else:
        _check_values(before, after, texts, moved, may_change)
        pairs = _read_all(before, after)
    changed = {EXIF_IFD, *texts}
    missing = set(texts)
    for old, new in pairs:
        if not texts.keys() & old.tag_set <= new.tag_set:
            raise harmful("a tag that is missing")
        _check_next(old, new)
        if old.at != new.at and old.without(changed, before.data) != new.without(changed, after):
            raise harmful(f"its {old.name}")
        if widened:
            _check_entries(old, new, (before.data, after), changed, moved)
        if new.name != GPS_NAME:
            _check_texts(after, new, texts, free)
        if new.name == EXIF_NAME and missing:
            # The first one is the main one.
            if not missing <= new.tag_set:
                raise harmful("a tag that is missing")
            missing.clear()
    if missing:
        raise harmful("a tag that is missing")


def _check_next(old: Ifd, new: Ifd) -> None:
    # Only IFD0's chain goes on (Exif 2.32 4.5.3); piexif puts values where an Exif IFD would name the next one.
    moved = old.at != new.at or old.end != new.end
    if old.next != new.next and (old.name.startswith("IFD") or (moved and new.next)):
        raise harmful("the list of IFDs")


def _check_entries(
    old: Ifd, new: Ifd, blocks: tuple[bytes, bytes], leave_out: Collection[int], moved: Collection[int]
) -> None:
    """Compare the entries of an IFD with the original ones: only moved values may be elsewhere, with the same bytes."""
    before, after = blocks
    pairs = zip_longest(*(ifd.find(sorted(ifd.tag_set.difference(leave_out))) for ifd in (old, new)))
    for was, now in pairs:
        if was is None or now is None or was[:3] != now[:3]:
            raise harmful(f"its {old.name}")
        same = was.raw == now.raw or (was.at in moved and before[was.start : was.stop] == after[now.start : now.stop])
        if not same:
            raise harmful(f"tag {was.tag:04X} of its {old.name}")


def _read_all(before: TiffBlock, after: bytes) -> Iterator[tuple[Ifd, Ifd]]:
    """Yield all IFDs, as they were and as they are now; a new Exif IFD is paired with an empty one."""
    new = read_block(after)
    fresh = new.ifds
    if not before.exif_ifds and new.exif_ifds:
        yield _NO_IFD, new.exif_ifds[0]
        fresh = [ifd for ifd in fresh if ifd is not new.exif_ifds[0]]
    if [ifd.name for ifd in fresh] != [ifd.name for ifd in before.ifds] or _ways(before) != _ways(new):
        raise harmful("the list of IFDs")
    yield from zip(before.ifds, fresh, strict=True)


def _ways(block: TiffBlock) -> list[tuple[str, int, str]]:
    """Return the targets of all pointers except those to the Exif IFD, and the names of damaged IFDs."""
    names = {ifd.at: ifd.name for ifd in block.ifds}
    led = [(name, entry.tag, names.get(entry.raw, "")) for name, entry in block.pointers if entry.tag != EXIF_IFD]
    return [*led, *((name, 0, "") for name, _ in block.damage)]


def _read_touched(before: TiffBlock, after: bytes) -> Iterator[tuple[Ifd, Ifd]]:
    """Yield the IFDs that an edit may touch; if nothing overlaps, the others kept their bytes, place and pointers."""
    long, main = before.order.long.unpack_from, before.ifds[0]
    places: dict[int, int] = {main.at: long(after, 4)[0]}
    for _, entry in before.pointers:
        if entry.tag == EXIF_IFD:
            places[entry.raw] = long(after, entry.start)[0]
    names = {EXIF_NAME, *map(itemgetter(0), before.captures)}
    for old in before.ifds:
        at = places.get(old.at, old.at)
        if at != old.at or old.name in names:
            new = read_ifd(after, at, before.order, old.name)
            yield old, new
            if old is main and not before.exif_ifds:
                for pointer in new.find({EXIF_IFD}):
                    if not is_pointer(pointer):
                        raise harmful("the list of IFDs")
                    yield _NO_IFD, read_ifd(after, pointer.raw, before.order, EXIF_NAME)


def _check_texts(after: bytes, ifd: Ifd, texts: Mapping[int, bytes], free: int) -> None:
    for tag, kind, _, _, start, size, _ in ifd.find(texts):
        text = texts[tag]
        # Exif 2.32 4.6.2: an ASCII value ends with NUL. In its old place, a camera may have left no room for that.
        with_nul = size == len(text) + 1 or (size == len(text) and start < free)
        if kind != ASCII or not with_nul or after[start : start + size] != text.ljust(size, b"\0"):
            raise harmful(f"tag {tag:04X}")


def _check_bytes(
    before: TiffBlock, after: bytes, texts: Mapping[int, bytes], free: int, widened: Sequence[Widened]
) -> list[tuple[int, int]]:
    """Compare all bytes of the old block, except what may change and used padding, with the new block.

    Returns
    -------
    list
        Start and end of what may change, not counting padding.
    """
    old, size = before.data, len(before.data)
    may_change = [(4, 8)]  # the offset of IFD0
    places = {before.ifds[0].at, *map(attrgetter("at"), before.exif_ifds)}
    for _, pointer in before.pointers:
        if pointer.tag == EXIF_IFD or pointer.raw in places:
            may_change.append((pointer.at + 8, pointer.at + 12))
    for _, entry in before.captures:
        if entry.tag in texts:
            may_change.append((entry.at, entry.at + 12))
            if entry.start + entry.size <= size:
                may_change.append((entry.start, entry.start + entry.size))
    for each in widened:
        may_change.append((each.ifd.at, each.ifd.end + 4 + 12 * each.added))
        may_change += [(value.entry + 8, value.entry + 12) for value in each.moved]
    may_change.sort()
    padding = free if free < size and (old.endswith(bytes(size - free)) or is_filling(old, free)) else size
    view, done = memoryview(old), 0
    for start, end in (*may_change, (padding, size)):
        # This compares without a copy; == on views is slow.
        if start > done and not after.startswith(view[done:start], done):
            raise harmful("data that no tag lists")
        done = max(done, end)
    return may_change


def _check_values(
    before: TiffBlock,
    after: bytes,
    texts: Mapping[int, bytes],
    moved: Collection[int],
    may_change: list[tuple[int, int]],
) -> None:
    """Look for changed bytes in the values of all other tags and in the thumbnails in the block."""
    size, last = len(before.data), max(end for _, end in may_change)
    changed = _changed_places(before.data, after, may_change)

    def is_hit(start: int, end: int) -> bool:
        index = bisect_left(changed, start)
        return index < len(changed) and changed[index] < end

    for ifd in before.ifds:
        for tag, start, end, index in ifd.values:
            if end <= size and tag not in texts and is_hit(start, end) and ifd.at + 2 + 12 * index not in moved:
                raise harmful(f"tag {tag:04X} of its {ifd.name}")
    images = [(start, length) for ifd in before.ifds for _, start, length in ifd.images if start + length <= size]
    images += [(start, length) for start, length in strips(before) if start + length - size < NOT_FOLLOWED]
    if any(is_hit(start, min(start + length, last)) for start, length in images):
        raise harmful("its thumbnail")


def _changed_places(old: bytes, new: bytes, may_change: list[tuple[int, int]]) -> list[int]:
    """Return the offsets of all bytes that differ, in order; each is compared once, however many spans share it."""
    changed: list[int] = []
    done = 0
    for start, end in may_change:
        first = max(start, done)
        if old[first:end] != new[first:end]:
            changed += [at for at in range(first, end) if old[at : at + 1] != new[at : at + 1]]
        done = max(done, end)
    return changed
