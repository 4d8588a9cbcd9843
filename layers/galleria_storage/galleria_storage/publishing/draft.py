"""From a source and its correction to the content that shall stand in the public bucket."""

from dataclasses import dataclass
from typing import Final

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import CorruptPhotoError, UnsupportedFormatError
from galleria_storage.photos.jpeg.editor import TAIL_BYTES, HeadEdit, read_capture_tags
from galleria_storage.photos.jpeg.head import Head, HeadReader
from galleria_storage.photos.jpeg.trailers import write_tail
from galleria_storage.photos.photo import correct_head
from galleria_storage.photos.sniff import SNIFF_BYTES, MediaType, sniff
from galleria_storage.publishing.body import Content, Source
from galleria_storage.publishing.settings import PublishSettings

__all__ = ["TAIL_BYTES", "Draft", "prepare"]

#: First bytes read of a photo; enough for the whole head of 95 % of camera files.
HEAD_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be published.

    Attributes
    ----------
    content
        Its bytes.
    media_type
        As recognised from them.
    before, after
        Capture time in the original and in the copy, as far as it is known.
    edit
        The edit of the head; None if the bytes stay as they are.
    note
        What the outcome should say about it.
    """

    content: Content
    media_type: str
    before: CaptureTags | None = None
    after: CaptureTags | None = None
    edit: HeadEdit | None = None
    note: str = ""

    def changes_tail(self, last_bytes: bytes) -> bool:
        """Whether the end of the photo, its last `TAIL_BYTES` bytes, must change because its head does."""
        return self.edit is not None and self.edit.changes_tail(last_bytes)

    def check_tail(self, last_bytes: bytes) -> None:
        """Refuse the edit if the end of the photo, its last `TAIL_BYTES` bytes, forbids it.

        Raises
        ------
        CorruptPhotoError
            It holds offsets that the edit would make wrong.
        """
        if self.edit:
            self.edit.check_tail(last_bytes)

    def follow_tail(self, filled: memoryview) -> None:
        """Let offsets near the end of the content follow the edit.

        Parameters
        ----------
        filled
            The buffer that the content filled last, at least `TAIL_BYTES` of it or all; it is changed in place.

        Raises
        ------
        CorruptPhotoError
            It holds offsets that the edit would make wrong, and they cannot follow.
        """
        if not self.edit:
            return
        kept = self.content.size - self.edit.growth - self.edit.replaced
        last_bytes = filled[max(len(filled) - kept, 0) :]
        if changes := self.edit.tail_changes(last_bytes, self.content.size - self.edit.growth):
            write_tail(filled, changes)
            self.content.hash_again(filled)


def prepare(source: Source, correction: Correction, settings: PublishSettings) -> Draft:
    """Recognise a source by its first bytes and apply the correction to its head.

    Raises
    ------
    UnsupportedFormatError
        It may not be published, or not be corrected as the object asks.
    CorruptPhotoError, CorrectionError
        The correction cannot be applied to this photo.
    """
    start = source.read_up_to(HEAD_BYTES)
    media = _recognise(start, settings)
    if not media.correctable:
        return _unchanged(start, source, correction, media)
    head, read = _read_head(start, source)
    if not correction:
        found = _capture_tags(head)
        return Draft(Content(read, source), media.media_type, found, found)
    edit = correct_head(head, correction)
    rest = _after(read, edit.replaced)
    return Draft(Content([*edit.buffers, *rest], source), media.media_type, edit.before, edit.after, edit)


def _recognise(start: bytes, settings: PublishSettings) -> MediaType:
    """Judge by the bytes alone: a public bucket must not serve a page or a script that calls itself a photo."""
    if not start:
        raise UnsupportedFormatError("the file is empty", advice="Upload the photo again.")
    media = sniff(start[:SNIFF_BYTES])
    if media and (media.image or media.media_type in settings.pass_through_types):
        return media
    what = f"it is {media.media_type}" if media else "its bytes are those of no known image format"
    raise UnsupportedFormatError(
        f"this is not a photo that may be published: {what}",
        advice="Upload a JPEG, PNG, WebP, GIF, HEIC, AVIF or TIFF image"
        + (f", or list {media.media_type} in PASS_THROUGH_TYPES." if media else "."),
    )


def _unchanged(start: bytes, source: Source, correction: Correction, media: MediaType) -> Draft:
    if correction.asked_by_object:
        raise UnsupportedFormatError(
            f"the correction {correction.canonical()!r} is asked for, but only JPEG photos can be corrected, "
            f"and this is {media.media_type}",
            advice="Remove the correction from the object's tags and metadata, or upload a JPEG.",
        )
    note = f"published without the default correction: {media.media_type} is not corrected" if correction else ""
    return Draft(Content([start], source), media.media_type, note=note)


def _read_head(start: bytes, source: Source) -> tuple[Head, list[bytes]]:
    """Feed the reader until it has enough; return the head and all that was read."""
    reader, read = HeadReader(), [start]
    while not reader.feed(read[-1]):
        if not (more := source.read_up_to(HEAD_BYTES)):
            break
        read.append(more)
    return reader.head(), read


def _capture_tags(head: Head) -> CaptureTags | None:
    """Read the capture time of a photo that nobody asked to correct: broken Exif is then no reason to refuse it."""
    try:
        return read_capture_tags(head)
    except CorruptPhotoError:
        return None


def _after(read: list[bytes], replaced: int) -> list[memoryview]:
    """Return what was read beyond the first `replaced` bytes, without copying."""
    rest = []
    for part in read:
        rest.append(memoryview(part)[min(replaced, len(part)) :])
        replaced -= min(replaced, len(part))
    return rest
