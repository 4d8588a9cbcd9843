"""Applying a correction to a photo."""

from io import SEEK_END
from typing import TYPE_CHECKING, Final

from galleria_storage.errors import LocalFileError, UnsupportedFormatError
from galleria_storage.photos.jpeg.editor import HeadEdit, edit_head_by
from galleria_storage.photos.jpeg.head import Head, HeadReader, read_head
from galleria_storage.photos.jpeg.trailers import TAIL_BYTES, write_tail
from galleria_storage.photos.sniff import SNIFF_BYTES, sniff

if TYPE_CHECKING:
    from io import BufferedIOBase
    from typing import BinaryIO

    from galleria_storage.corrections.correction import Correction

CHUNK: Final = 256 * 1024
"""Bytes per read: nearly all heads are shorter, and so much stays in the processor's cache until it is written."""


def correct_head(head: Head, correction: "Correction") -> HeadEdit:
    """Apply a correction to the head of a photo.

    Raises
    ------
    CorrectionError
        The correction cannot be applied to what stands in the photo.
    CorruptPhotoError
        The photo's structure does not allow the change.
    """
    return edit_head_by(head, correction.changes)


def correct_bytes(data: bytes, correction: "Correction") -> bytes:
    """Apply a correction to a photo in memory; return the corrected photo.

    Raises
    ------
    UnsupportedFormatError
        The photo is of a format that cannot be corrected.
    CorrectionError, CorruptPhotoError
        See `correct_head`.
    """
    _check_format(data[:SNIFF_BYTES])
    edit = correct_head(read_head(data), correction)
    if not edit.buffers:
        return data
    rest = memoryview(data)[edit.replaced :]
    changes = edit.tail_changes(rest, len(data))
    if not changes:
        return b"".join((*edit.buffers, rest))
    result = bytearray().join((*edit.buffers, rest))
    write_tail(result, changes)
    return bytes(result)


def correct_stream(source: "BufferedIOBase", target: "BinaryIO", correction: "Correction") -> HeadEdit:
    """Apply a correction to a photo on its way from one file to another, in constant memory.

    Parameters
    ----------
    source
        The photo, from where the file stands; it must be able to seek, and to read into a buffer, as all files do.
    target
        Receives the corrected photo. Nothing is written before the edit is known to be right.
    correction
        What to correct.

    Raises
    ------
    UnsupportedFormatError, CorrectionError, CorruptPhotoError
        See `correct_bytes`.
    LocalFileError
        The photo became shorter meanwhile: what the target holds is of no use.
    """
    begin, reader = source.tell(), HeadReader()
    data = source.read(CHUNK)
    _check_format(data[:SNIFF_BYTES])
    while not reader.feed(data):
        data = source.read(CHUNK)
        if not data:
            break
    edit = correct_head(reader.head(), correction)
    rest, end = begin + edit.replaced, source.seek(0, SEEK_END)
    tail = _followed_tail(source, rest, end, edit, end - begin)
    target.writelines(edit.buffers)
    source.seek(rest)
    _copy(source, target, edit.replaced + edit.growth, end - rest - len(tail))
    target.write(tail)
    return edit


def _followed_tail(source: "BufferedIOBase", rest: int, end: int, edit: HeadEdit, size: int) -> bytes | bytearray:
    """Return the new end of a photo of this size if it must change, which few must; else nothing."""
    source.seek(max(rest, end - TAIL_BYTES))
    if not edit.changes_tail(source.read()):
        return b""
    source.seek(max(rest, end - CHUNK))
    tail = bytearray(source.read())
    write_tail(tail, edit.tail_changes(bytes(tail), size))
    return tail


def _copy(source: "BufferedIOBase", target: "BinaryIO", written: int, size: int) -> None:
    """Copy bytes through one small buffer, which takes half the time that the kernel's own copying does.

    Parameters
    ----------
    source, target
        The files.
    written
        Bytes written before: each further write shall end where a page of the file does, which saves a quarter.
    size
        How many bytes.
    """
    room = CHUNK - written % CHUNK
    with memoryview(bytearray(min(CHUNK, size))) as buffer:
        while count := source.readinto(buffer[: min(room, size)]):
            target.write(buffer[:count])
            size -= count
            room = room - count or CHUNK
    if size:
        raise LocalFileError("the photo became shorter while it was read", advice="Try again when it is complete.")


def _check_format(start: bytes) -> None:
    found = sniff(start)
    if found is None or not found.correctable:
        name = found.media_type if found else "no format that is known"
        raise UnsupportedFormatError(f"Only JPEG photos can be corrected; this file is {name}.")
