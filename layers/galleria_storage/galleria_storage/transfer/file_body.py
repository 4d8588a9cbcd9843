"""A file as the body of a request: read from disk as it goes out, and counted."""

import io
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, Self

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Progress = Callable[[int], None]


class SentBytes:
    """Calls the caller's progress function, one call at a time, and keeps its errors out of botocore.

    botocore would mistake an error of the callback for a network error and send the body again.

    Parameters
    ----------
    progress
        Called with the number of bytes sent since its last call, or None.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._error: Exception | None = None
        self._sent = self._told = 0

    def __call__(self, sent: int) -> None:
        """Report a number of bytes, except those already counted before the last `restart`."""
        with self._lock:
            self._sent += sent
            fresh = self._sent - self._told
            if self._progress is None or self._error is not None or fresh <= 0:
                return
            self._told = self._sent
            try:
                self._progress(fresh)
            except Exception as error:  # noqa: BLE001 # whatever the caller's function raises is raised by `check`
                self._error = error

    def restart(self) -> None:
        """Count from the beginning again, because everything is sent again."""
        with self._lock:
            self._sent = 0

    def check(self) -> None:
        """Raise what the callback raised."""
        if self._error is not None:
            raise self._error


class FileBody(io.RawIOBase):
    """A window of a stream as the body of one request, with its bytes counted as they go out.

    Parameters
    ----------
    stream
        Owned by the body, which closes it.
    start, length
        The window, in bytes.
    on_read
        Called with the number of bytes sent since the last call. A request that
        is sent again does not count its bytes twice.

    Attributes
    ----------
    sha256
        Of the window, in hexadecimal; empty if unknown. It is signed where that is possible.

    Notes
    -----
    Over plain http, botocore reads a body once to sign it before sending it.
    Only what is read after `sending` was set, until the next `seek`, counts.
    """

    def __init__(self, stream: BinaryIO, start: int, length: int, on_read: Progress | None) -> None:
        super().__init__()
        self._stream, self._start, self._length, self._on_read = stream, start, length, on_read
        self._position = self._counted = 0
        self.sending = False
        self.sha256 = ""
        stream.seek(start)

    def __enter__(self) -> Self:
        return self

    def __len__(self) -> int:
        """Return the size of the window."""
        return self._length

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True, since a repeated request starts at the beginning."""
        return True

    def tell(self) -> int:
        """Return the position within the window."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move within the window, and stop counting until the body is sent again."""
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
        """Close the stream, too."""
        self._stream.close()
        super().close()


def count_what_is_sent(client: "S3Client") -> None:
    """Tell bodies when they are really being sent (see `FileBody`); registers once per client."""
    client.meta.events.register("before-send.s3", _start_counting, unique_id="galleria-storage-progress")


def _start_counting(request: Any, **_: Any) -> None:
    body = getattr(request.body, "_raw", request.body)  # what botocore's AwsChunkedWrapper wraps
    if isinstance(body, FileBody):
        body.sending = True
