"""Reading an edited block back, and comparing it with the one before."""

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.exif.tiff import EXIF_IFD, Directory, Entry, TiffBlock, read_block


def check_edit(before: TiffBlock, data: bytes, texts: dict[int, bytes]) -> None:
    """Prove that an edited block says what it should, and everything else as before.

    Parameters
    ----------
    before
        The block before the edit.
    data
        The edited block.
    texts
        The texts by tag that every copy of the tag must now hold.

    Raises
    ------
    CorruptPhotoError
        A text does not read back, or anything else changed.
    """
    after = read_block(data)
    names = [directory.name for directory in before.directories]
    found = [directory.name for directory in after.directories]
    if "Exif IFD" not in names and "Exif IFD" in found:
        found.remove("Exif IFD")
    if names != found or before.order is not after.order:
        raise _harmed("the list of IFDs")
    by_name = iter([d for d in after.directories if d.name in names])
    for directory in before.directories:
        _compare(before, directory, after, next(by_name), {EXIF_IFD, *texts})
    exif = after.exif_ifds[0].entries
    if not all(any(e.tag == tag for e in exif) for tag in texts):
        raise _harmed("a tag that is missing")
    for _, ifd in after.directories:
        for entry in ifd.entries:
            if entry.tag in texts and read_text(data, entry) != texts[entry.tag]:
                raise _harmed(f"tag {entry.tag:04X}")


def read_text(block: bytes, entry: Entry) -> bytes:
    """Return the text of an entry up to its first NUL (Exif 2.32 4.6.2: ASCII values end with one)."""
    return block[entry.value : entry.value + entry.size].partition(b"\0")[0]


def _compare(before: TiffBlock, old: Directory, after: TiffBlock, new: Directory, changed: set[int]) -> None:
    """Compare all entries that were not meant to change, with their values."""
    expected = [entry for entry in old.ifd.entries if entry.tag not in changed]
    kept = [entry for entry in new.ifd.entries if entry.tag not in changed]
    if len(kept) != len(expected) or new.ifd.next != old.ifd.next:
        raise _harmed(old.name)
    data, edited = before.data, after.data
    for one, other in zip(expected, kept, strict=True):
        if (
            one[:3] != other[:3]
            or (one.size > 4 and one.value != other.value)
            or data[one.value : one.value + one.size] != edited[other.value : other.value + other.size]
        ):
            raise _harmed(f"tag {one.tag:04X} in its {old.name}")


def _harmed(what: str) -> CorruptPhotoError:
    return CorruptPhotoError(
        f"The capture time cannot be changed without harm to the photo's other data ({what}).",
        advice="Publish the photo without a correction, or correct it in a photo program.",
    )
