"""What is written into a bucket: new bytes and ranges of a stored object in turn, in constant memory."""

import hashlib
from collections import deque
from collections.abc import Iterable

from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.object_source import ObjectSource


class Content:
    """Pieces in turn, read once and hashed on their way.

    Parameters
    ----------
    source
        The object that ranges refer to.
    pieces
        New bytes, and ranges of the source in rising order; by default all of the source.

    Attributes
    ----------
    in_memory
        Whether `whole` may be called.
    size
        Total bytes, known before the first one is sent.
    left
        Bytes not yet read.
    sha256
        SHA-256 of all bytes; empty until all of them have come through here.
    """

    def __init__(self, source: ObjectSource, pieces: Iterable[bytes | range] | None = None) -> None:
        self.source = source
        self.in_memory = source.in_memory
        self.pieces = [range(source.size)] if pieces is None else list(pieces)
        self.size = self.left = sum(map(len, self.pieces))
        self._pending = deque(self.pieces)
        self._digest = hashlib.sha256()
        self.sha256 = b"" if self.left else self._digest.digest()

    def whole(self) -> DigestedBody:
        """Return all of it in memory, lent as long as the source."""
        body = self.source.body(self.pieces)
        self._digest.update(body)
        self.left = 0
        self.sha256 = self._digest.digest()
        return body

    def fill(self, buffer: memoryview) -> None:
        """Fill the buffer, which must not be longer than `left`, with the next bytes."""
        done = 0
        while done < len(buffer):
            piece = self._pending.popleft()
            count = min(len(piece), len(buffer) - done)
            fill_from(self.source, piece[:count], buffer[done : done + count])
            if count < len(piece):
                self._pending.appendleft(piece[count:])
            done += count
        self.left -= len(buffer)
        if not self.left:
            self.source.finish()
        # All at once: the socket keeps filling while we hash, so reads need not wait for each piece.
        self._digest.update(buffer)
        if not self.left:
            self.sha256 = self._digest.digest()

    def sha256_so_far(self) -> bytes:
        """Return the SHA-256 of the bytes that came through here so far."""
        return self._digest.digest()


def fill_from(source: ObjectSource, piece: bytes | range, buffer: memoryview) -> None:
    """Fill a buffer with a piece of the same length."""
    if isinstance(piece, range):
        source.fill(piece.start, buffer)
    else:
        buffer[:] = piece
