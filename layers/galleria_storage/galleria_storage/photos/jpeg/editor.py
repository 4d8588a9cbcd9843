"""Reading and changing the capture tags in the head of a JPEG file."""

from collections.abc import Callable
from typing import NamedTuple

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.photos.exif.captures import after_changes, capture_tags, tag_texts
from galleria_storage.photos.jpeg.assembly import assemble
from galleria_storage.photos.jpeg.exif_segments import exif_blocks
from galleria_storage.photos.jpeg.head import Head
from galleria_storage.photos.jpeg.head_check import check_head
from galleria_storage.photos.jpeg.trailers import (
    TAIL_BYTES,
    TailChange,
    follow_trailer,
    has_absolute_offsets,
    stale_trailer,
)

__all__ = ["TAIL_BYTES", "HeadEdit", "edit_head", "read_capture_tags"]


class HeadEdit(NamedTuple):
    """What to write instead of the start of a file.

    Attributes
    ----------
    buffers
        Bytes that together replace the first `replaced` bytes of the file; empty if nothing changes.
    replaced
        How many bytes of the file they replace; all later bytes stay as they are.
    before, after
        The capture tags in the file, and in the result.
    growth
        By how many bytes the file gets longer.
    """

    buffers: tuple[bytes, ...]
    replaced: int
    before: CaptureTags
    after: CaptureTags
    growth: int

    def changes_tail(self, last_bytes: bytes) -> bool:
        """Whether the file's last `TAIL_BYTES` bytes show that its end must change too, if it can."""
        return self.growth > 0 and has_absolute_offsets(last_bytes)

    def check_tail(self, last_bytes: bytes) -> None:
        """Refuse the edit if the file's end holds offsets that it would make wrong.

        Parameters
        ----------
        last_bytes
            The last `TAIL_BYTES` bytes of the file, or all of a shorter one. Only needed if `growth` is not 0.

        Notes
        -----
        For those who cannot change the file's end any more; `tail_changes` is for all others.

        Raises
        ------
        CorruptPhotoError
            There is a trailer with absolute offsets.
        """
        if self.changes_tail(last_bytes):
            raise stale_trailer()

    def tail_changes(self, last_bytes: bytes | memoryview, size: int) -> list[TailChange]:
        """Return what else must change, near the file's end: offsets that count from the start of the file.

        Parameters
        ----------
        last_bytes
            The last bytes of the file, none of the first `replaced`: at least `TAIL_BYTES` where there are so many;
            with more of them, longer trailers can be followed.
        size
            The file's size before the edit.

        Raises
        ------
        CorruptPhotoError
            There is a trailer with absolute offsets that does not lie within these bytes, or is damaged.
        """
        return follow_trailer(last_bytes, size, self.growth) if self.growth else []


def read_capture_tags(head: Head) -> CaptureTags:
    """Return the capture tags of a photo; all None if it has no Exif block.

    Of several copies the first that is not blank counts, the main Exif IFD's before others.

    Raises
    ------
    CorruptPhotoError
        The Exif block is damaged where the capture tags are, or should be.
    """
    return capture_tags(block.tiff for block in exif_blocks(head))


def edit_head(head: Head, changes: CaptureTags) -> HeadEdit:
    """Change the capture tags in a head, and nothing else.

    Parameters
    ----------
    head
        The file's head.
    changes
        The texts to write; None leaves a tag as it is.

    Returns
    -------
    HeadEdit
        What to write instead; it was read back, and compared with the head.

    Raises
    ------
    CorrectionError
        A text is none that the tag can hold.
    CorruptPhotoError
        The Exif data is damaged, or the change would harm other data, or does not fit.
    """
    return edit_head_by(head, lambda _: changes)


def edit_head_by(head: Head, choose: Callable[[CaptureTags], CaptureTags]) -> HeadEdit:
    """Change the capture tags in a head by what stands there; see `edit_head`.

    Parameters
    ----------
    head
        The file's head.
    choose
        Returns the texts to write, given those found.
    """
    blocks = exif_blocks(head)
    before = capture_tags(block.tiff for block in blocks)
    changes = choose(before)
    texts = tag_texts(changes)
    result = assemble(head, blocks, texts) if texts else None
    if result is None or not result.replaced:
        return HeadEdit((), 0, before, before, 0)
    check_head(head, result, texts)
    after = after_changes(before, changes)
    return HeadEdit((result.data,), result.replaced, before, after, len(result.data) - result.replaced)
