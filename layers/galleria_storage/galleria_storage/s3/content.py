"""What is to be uploaded: a file or bytes, read more than once and watched for changes."""

import io
import mimetypes
import stat
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Self

from galleria_storage.errors import LocalFileError

#: Python's own table, which is the same on every machine, with what web galleries use beside it.
_TYPES: Final = mimetypes.MimeTypes()
_TYPES_BESIDE: Final = {
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".jxl": "image/jxl",
    ".webp": "image/webp",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_UNKNOWN_TYPE: Final = "application/octet-stream"


def content_type(key: str) -> str:
    """Return the media type that a key's last extension stands for; compressed or unknown: no more than that."""
    beside = _TYPES_BESIDE.get(PurePosixPath(key).suffix.lower())
    if beside:
        return beside
    found, encoding = _TYPES.guess_type(f"/{key}")
    if encoding:
        return "application/gzip" if encoding == "gzip" else _UNKNOWN_TYPE
    return found or _UNKNOWN_TYPE


class LocalContent:
    """A regular file, or bytes, that is about to be uploaded.

    Parameters
    ----------
    source
        A path (links are followed) or bytes.

    Attributes
    ----------
    size
        Bytes, when first looked at.

    Raises
    ------
    LocalFileError
        The file is missing, cannot be read, or is no regular file.
    """

    def __init__(self, source: "Path | str | bytes") -> None:
        self._bytes = bytes(source) if isinstance(source, bytes | bytearray | memoryview) else None
        self._path = Path() if self._bytes is not None else Path(source)  # type: ignore[arg-type] # no bytes here
        self._state = self._look()
        self.size = len(self._bytes) if self._bytes is not None else self._state[0]

    def open(self) -> BinaryIO:
        """Open the content for reading, at its beginning."""
        if self._bytes is not None:
            return io.BytesIO(self._bytes)
        try:
            return self._path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from error

    def check_unchanged(self, size_read: int | None = None) -> None:
        """Raise LocalFileError if the file is not what it was when it was first looked at.

        Parameters
        ----------
        size_read
            How many bytes a reading found.
        """
        if self._look() != self._state or (size_read is not None and size_read != self.size):
            raise LocalFileError(f"{self._path.name!r} changed while it was uploaded; run the upload again")

    def _look(self) -> tuple[int, int, int]:
        """Return size, time of the last change (ns) and identity."""
        if self._bytes is not None:
            return (0, 0, 0)
        try:
            found = self._path.stat()
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise self._unreadable(error) from error
        if not stat.S_ISREG(found.st_mode):
            raise LocalFileError(f"{self._path.name!r} is no regular file")
        return (found.st_size, found.st_mtime_ns, found.st_ino)

    def _unreadable(self, error: OSError | ValueError) -> LocalFileError:
        reason = error.strerror if isinstance(error, OSError) else None
        return LocalFileError(f"{self._path.name!r} cannot be read: {reason or error}")


class Slice(io.RawIOBase):
    """A window of a stream as the body of one request, with its bytes counted as they go out.

    Parameters
    ----------
    stream
        Owned by the slice, which closes it.
    start, length
        The window, in bytes.
    on_read
        Called with the number of bytes that went out since the last call. A
        request that is sent again does not count its bytes again.

    Notes
    -----
    Over plain http botocore reads a body once to sign it, before it sends it.
    Only what is read after `sending` was set, until the next `seek`, counts.
    """

    def __init__(self, stream: BinaryIO, start: int, length: int, on_read: Callable[[int], None] | None) -> None:
        super().__init__()
        self._stream, self._start, self._length, self._on_read = stream, start, length, on_read
        self._position = self._counted = 0
        self.sending = False
        stream.seek(start)

    def __enter__(self) -> Self:
        return self

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: a request is sent again from its beginning."""
        return True

    def tell(self) -> int:
        """Return the position within the window."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move within the window, and stop counting until the next sending."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        self._position = min(max(base + offset, 0), self._length)
        self._stream.seek(self._start + self._position)
        self.sending = False
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` bytes of the window."""
        left = self._length - self._position
        data = self._stream.read(left if size is None or size < 0 else min(size, left))
        if left and size != 0 and not data:
            raise OSError("the file became shorter while it was sent")
        self._position += len(data)
        if self.sending and self._on_read and self._position > self._counted:
            fresh, self._counted = self._position - self._counted, self._position
            self._on_read(fresh)
        return data

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()
