"""What is to be uploaded: a file or bytes, read more than once and watched for changes."""

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

from galleria_storage.errors import LocalFileError


class LocalContent:
    """A regular file, or bytes, that is about to be uploaded.

    Parameters
    ----------
    source
        A path (links are followed) or bytes.

    Attributes
    ----------
    size
        Bytes, when first seen.

    Raises
    ------
    LocalFileError
        The file is missing, cannot be read, or is not a regular file.
    """

    def __init__(self, source: "Path | str | bytes") -> None:
        self._bytes = bytes(source) if isinstance(source, bytes | bytearray | memoryview) else None
        self._path = Path() if self._bytes is not None else _path(source)
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
        """Raise LocalFileError if the file has changed since it was first seen.

        Parameters
        ----------
        size_read
            How many bytes were read from it.
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
            raise LocalFileError(f"{self._path.name!r} is not a regular file")
        return (found.st_size, found.st_mtime_ns, found.st_ino)

    def _unreadable(self, error: OSError | ValueError) -> LocalFileError:
        reason = error.strerror if isinstance(error, OSError) else None
        return LocalFileError(f"{self._path.name!r} cannot be read: {reason or error}")


def _path(source: object) -> Path:
    if isinstance(source, str | os.PathLike):
        return Path(source)
    raise LocalFileError(f"the content is of type {type(source).__name__}; allowed are a path and bytes")
