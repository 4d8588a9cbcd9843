"""Comparing an edited Exif block, read back, with the one before."""

from collections.abc import Iterator, Mapping, Sequence

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.tiff import EXIF_IFD, Directory, TiffBlock
from galleria_storage.exif.tiff_images import strips


def check_block(before: TiffBlock, after: TiffBlock, texts: Mapping[int, bytes], free: int) -> None:
    """Prove that an edited block says what it should, and everything else as before.

    Parameters
    ----------
    before
        The block before the edit.
    after
        The edited block, read from the result.
    texts
        The texts by tag that every copy of the tag must now hold.
    free
        Offset from which on the edit used padding of the old block; the block's length if it used none.

    Raises
    ------
    CorruptPhotoError
        A text does not read back, or anything else changed.
    """
    if before.order is not after.order:
        raise harm("its byte order")
    _check_texts(after, texts)
    _check_bytes(before, after, texts, free)
    kept = _counterparts(before, after)
    changed = {EXIF_IFD, *texts}
    for old, new in zip(before.directories, kept, strict=True):
        # Only IFD0's chain goes on (Exif 2.32 4.5.3); piexif puts values where an Exif IFD would name the next one.
        if old.name != new.name or (old.name.startswith("IFD") and old.ifd.next != new.ifd.next):
            raise harm("the list of IFDs")
        # The entries of an IFD that did not move were compared with all other bytes.
        if old.ifd.at != new.ifd.at and old.ifd.without(changed) != new.ifd.without(changed):
            raise harm(f"its {old.name}")


def _counterparts(before: TiffBlock, after: TiffBlock) -> list[Directory]:
    """Return the new block's IFDs, without an Exif IFD that the old one lacked."""
    kept = after.directories
    if not before.exif_ifds:
        kept = [directory for directory in kept if directory.ifd is not after.exif_ifds[0]]
    if len(kept) != len(before.directories):
        raise harm("the list of IFDs")
    return kept


def _check_texts(after: TiffBlock, texts: Mapping[int, bytes]) -> None:
    for _, entry in after.captures:
        # Exif 2.32 4.6.2: an ASCII value ends with NUL.
        text = after.data[entry.value : entry.value + entry.size].partition(b"\0")[0]
        if entry.tag in texts and text != texts[entry.tag]:
            raise harm(f"tag {entry.tag:04X}")
    if not texts.keys() <= after.exif_ifds[0].places.keys():
        raise harm("a tag that is missing")


def _check_bytes(before: TiffBlock, after: TiffBlock, texts: Mapping[int, bytes], free: int) -> None:
    """Compare all bytes of the old block, but for padding that was used, with those in the new one."""
    old = before.data
    restored = bytearray(memoryview(after.data)[: len(old)])
    changed = [(start, end) for start, end in _replaceable(before, texts) if restored[start:end] != old[start:end]]
    for start, end in changed:
        restored[start:end] = old[start:end]
    if free < len(old) and old.endswith(bytes(len(old) - free)):
        restored[free:] = old[free:]
    if restored != old:
        raise harm("data that no tag lists")
    if changed:
        _check_unshared(before, changed, texts)


def _replaceable(before: TiffBlock, texts: Mapping[int, bytes]) -> Iterator[tuple[int, int]]:
    """Yield the ranges that an edit may change: the pointers to the IFDs, the entries of the texts, their values."""
    yield 4, 8
    for _, ifd in before.directories:
        for entry in ifd.find((EXIF_IFD,)):
            yield entry.at + 8, entry.at + 12
    for _, entry in before.captures:
        if entry.tag in texts:
            yield entry.at, entry.at + 12
            if entry.size > 4 and entry.value + entry.size <= len(before.data):
                yield entry.value, entry.value + entry.size


def _check_unshared(before: TiffBlock, changed: Sequence[tuple[int, int]], texts: Mapping[int, bytes]) -> None:
    """Check that changed bytes are part of no thumbnail or other tag's value that lies in the block."""
    size = len(before.data)
    for name, ifd in before.directories:
        images = ifd.images
        for start, end in changed:
            for tag, value, behind, _ in ifd.values:
                if value < end and start < behind <= size and tag not in texts:
                    raise harm(f"tag {tag:04X} of its {name}")
            for _, at, length in images:
                if at < end and start < at + length <= size:
                    raise harm("its thumbnail")
    for at, length in strips(before):
        if any(at < end and start < at + length for start, end in changed):
            raise harm("its thumbnail")


def harm(what: str) -> CorruptPhotoError:
    """Return the error for an edit that would change what it should not."""
    return CorruptPhotoError(
        f"The capture time cannot be changed without harm to the photo's other data ({what}).",
        advice="Publish the photo without a correction, or correct it in a photo program.",
    )
