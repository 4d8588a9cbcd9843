"""Comparing an edited Exif block, read back, with the one before."""

from collections.abc import Iterator, Mapping
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.ifd import ASCII, Ifd, is_pointer, read_ifd
from galleria_storage.photos.exif.tiff import EXIF_IFD, EXIF_NAME, GPS_NAME, TiffBlock, read_block
from galleria_storage.photos.exif.tiff_images import NOT_FOLLOWED, strips

_NO_IFD: Final = Ifd(EXIF_NAME, 0, (), 0)


def check_block(before: TiffBlock, after: bytes, texts: Mapping[int, bytes], free: int) -> None:
    """Prove that an edited block says what it should, and everything else as before.

    Parameters
    ----------
    before
        The block before the edit.
    after
        The edited block, from the result.
    texts
        The texts by tag that every copy of the tag must now hold.
    free
        Offset from which on the edit used padding of the old block; the block's length if it used none.

    Raises
    ------
    CorruptPhotoError
        A text does not read back, or anything else changed.
    """
    may_change = _check_bytes(before, after, texts, free)
    if before.end_if_apart:
        pairs = _read_touched(before, after)
    else:
        _check_values(before, after, texts, max(end for _, end in may_change))
        pairs = _read_all(before, after)
    changed = {EXIF_IFD, *texts}
    missing = set(texts)
    for old, new in pairs:
        if not texts.keys() & old.tag_set <= new.tag_set:
            raise harm("a tag that is missing")
        # Only IFD0's chain goes on (Exif 2.32 4.5.3); piexif puts values where an Exif IFD would name the next one.
        if old.next != new.next and (old.name.startswith("IFD") or (old.at != new.at and new.next)):
            raise harm("the list of IFDs")
        if old.at != new.at and old.without(changed, before.data) != new.without(changed, after):
            raise harm(f"its {old.name}")
        if new.name != GPS_NAME:
            _check_texts(after, new, texts, free)
        if new.name == EXIF_NAME and missing:
            # The first one is the main one.
            if not missing <= new.tag_set:
                raise harm("a tag that is missing")
            missing.clear()
    if missing:
        raise harm("a tag that is missing")


def _read_all(before: TiffBlock, after: bytes) -> Iterator[tuple[Ifd, Ifd]]:
    """Yield all IFDs, as they were and as they are now; a new Exif IFD beside an empty one."""
    new = read_block(after)
    fresh = new.ifds
    if not before.exif_ifds and new.exif_ifds:
        yield _NO_IFD, new.exif_ifds[0]
        fresh = [ifd for ifd in fresh if ifd is not new.exif_ifds[0]]
    if [ifd.name for ifd in fresh] != [ifd.name for ifd in before.ifds]:
        raise harm("the list of IFDs")
    yield from zip(before.ifds, fresh, strict=True)


def _read_touched(before: TiffBlock, after: bytes) -> Iterator[tuple[Ifd, Ifd]]:
    """Yield the IFDs that an edit may touch; where all stand apart, the others kept their bytes, place and pointers."""
    long, main = before.order.long.unpack_from, before.ifds[0]
    places: dict[int, int] = {main.at: long(after, 4)[0]}
    for _, entry in before.pointers:
        if entry.tag == EXIF_IFD:
            places[entry.raw] = long(after, entry.start)[0]
    names = {EXIF_NAME, *[name for name, _ in before.captures]}
    for old in before.ifds:
        at = places.get(old.at, old.at)
        if at != old.at or old.name in names:
            new = read_ifd(after, at, before.order, old.name)
            yield old, new
            if old is main and not before.exif_ifds:
                for pointer in new.find({EXIF_IFD}):
                    if not is_pointer(pointer):
                        raise harm("the list of IFDs")
                    yield _NO_IFD, read_ifd(after, pointer.raw, before.order, EXIF_NAME)


def _check_texts(after: bytes, ifd: Ifd, texts: Mapping[int, bytes], free: int) -> None:
    for tag, kind, _, _, start, size, _ in ifd.find(texts):
        text = texts[tag]
        # Exif 2.32 4.6.2: an ASCII value ends with NUL. Where it stood before, a camera may have left no room for that.
        with_nul = size == len(text) + 1 or (size == len(text) and start < free)
        if kind != ASCII or not with_nul or after[start : start + size] != text.ljust(size, b"\0"):
            raise harm(f"tag {tag:04X}")


def _check_bytes(before: TiffBlock, after: bytes, texts: Mapping[int, bytes], free: int) -> list[tuple[int, int]]:
    """Compare all bytes of the old block, but for what may change and padding that was used, with those in the new.

    Returns
    -------
    list
        Start and end of what may change, padding aside.
    """
    old, size = before.data, len(before.data)
    may_change = [(4, 8)]  # the offset of IFD0
    for _, (tag, _, _, at, _, _, _) in before.pointers:
        if tag == EXIF_IFD:
            may_change.append((at + 8, at + 12))
    for _, (tag, _, _, at, value, length, _) in before.captures:
        if tag in texts:
            may_change.append((at, at + 12))
            if value + length <= size:
                may_change.append((value, value + length))
    may_change.sort()
    padding = free if free < size and old.endswith(bytes(size - free)) else size
    view, done = memoryview(old), 0
    for start, end in (*may_change, (padding, size)):
        # This compares without a copy, which == on views does not do quickly.
        if start > done and not after.startswith(view[done:start], done):
            raise harm("data that no tag lists")
        done = max(done, end)
    return may_change


def _check_values(before: TiffBlock, after: bytes, texts: Mapping[int, bytes], last: int) -> None:
    """Compare each other tag's value and each thumbnail that lies in the block: they may share bytes that changed."""
    old, new, size = before.data, after, len(before.data)
    for ifd in before.ifds:
        for tag, start, end, _ in ifd.values:
            if start < last and end <= size and old[start:end] != new[start:end] and tag not in texts:
                raise harm(f"tag {tag:04X} of its {ifd.name}")
    images = [(start, length) for ifd in before.ifds for _, start, length in ifd.images if start + length <= size]
    images += [(start, length) for start, length in strips(before) if start + length - size < NOT_FOLLOWED]
    for start, length in images:
        end = min(start + length, last)
        if old[start:end] != new[start:end]:
            raise harm("its thumbnail")


def harm(what: str) -> CorruptPhotoError:
    """Return the error for an edit that would change what it should not."""
    return CorruptPhotoError(
        f"The capture time cannot be changed without harm to the photo's other data ({what}).",
        advice="Publish the photo without a correction, or correct it in a photo program.",
    )
