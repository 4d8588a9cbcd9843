"""The bytes of a published object: an edited head, then the source's own bytes, in constant memory."""

import hashlib
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from galleria_storage.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
)
from galleria_storage.s3.objects import ObjectStore, ObjectStream

#: Bytes per read: what is asked for again if the connection breaks meanwhile.
CHUNK: Final = 1024 * 1024
_RESUMPTIONS: Final = 4


class Source:
    """A staging object that is read once, front to back, surviving broken connections.

    A read that breaks off resumes with a range at the byte where it stopped,
    on the same ETag. A source that changed meanwhile is never mixed in.

    Parameters
    ----------
    store
        Where it lives.
    stream
        The open answer of the first GET.
    """

    def __init__(self, store: ObjectStore, stream: ObjectStream) -> None:
        self.info = stream.info
        self._store = store
        self._stream = stream
        self._resumed = 0

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._stream.position

    def read_some(self, buffer: memoryview) -> int:
        """Read into the buffer, which must not reach beyond the end; return how many bytes came, at least one.

        Raises
        ------
        PreconditionFailedError
            The source changed or vanished while it was being read.
        IntegrityError
            What came is not what the provider's checksum says, or too little.
        ProviderError
            The connection broke too often.
        """
        count = self._read_or_resume(buffer)
        if self.position == self.info.size:
            self._stream.readinto(memoryview(bytearray(1)))  # boto3 compares the checksum when it sees the end
        return count

    def _read_or_resume(self, buffer: memoryview) -> int:
        while True:
            try:
                return self._stream.readinto(buffer)
            except (AccessDeniedError, BucketNotFoundError):
                raise
            except ProviderError:
                self._resumed += 1
                if self._resumed > _RESUMPTIONS:
                    raise
                self._reopen()

    def read_up_to(self, size: int) -> bytes:
        """Read the next `size` bytes, or all that is left if that is less."""
        buffer = bytearray(min(size, self.info.size - self.position))
        self.fill(memoryview(buffer))
        return bytes(buffer)

    def fill(self, buffer: memoryview) -> None:
        """Read until the buffer is full, which the source's size must allow."""
        done = 0
        while done < len(buffer):
            done += self.read_some(buffer[done : done + CHUNK])

    def close(self) -> None:
        """Drop the connection, whatever is left unread."""
        self._stream.close()

    def _reopen(self) -> None:
        position, etag = self._stream.position, self.info.etag
        self._stream.close()
        try:
            stream = self._store.open(self.info.key, position, etag)
        except NotFoundError as error:
            raise self._changed() from error
        if stream.info.etag != etag:  # a provider that ignores If-Match on GET
            stream.close()
            raise self._changed()
        self._stream = stream

    def _changed(self) -> PreconditionFailedError:
        return PreconditionFailedError(
            f"{self.info.key!r} changed while it was being read", bucket=self._store.bucket, key=self.info.key
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Content:
    """What is published: some buffers first, then the rest of the source, hashed on its way.

    Parameters
    ----------
    first
        Bytes-like objects that come before what is unread of the source.
    source
        Where the rest comes from.

    Attributes
    ----------
    size
        Bytes in all, known before the first one goes out.
    left
        Bytes that are still to come.
    source
        Where the rest comes from.
    """

    def __init__(self, first: Iterable[bytes | bytearray | memoryview], source: Source) -> None:
        self._pending = deque(memoryview(part) for part in first if len(part))
        self.source = source
        self._sha256 = self._before = hashlib.sha256()
        self.size = self.left = self.buffered + source.info.size - source.position

    @property
    def buffered(self) -> int:
        """Bytes of it that are in memory already."""
        return sum(map(len, self._pending))

    def fill(self, buffer: memoryview) -> None:
        """Fill the buffer with the next bytes; it may not be longer than what is left."""
        self._before = self._sha256.copy()
        done = 0
        while self._pending and done < len(buffer):
            part = self._pending.popleft()
            count = min(len(part), len(buffer) - done)
            buffer[done : done + count] = part[:count]
            if count < len(part):
                self._pending.appendleft(part[count:])
            done += count
        self.source.fill(buffer[done:])
        # All at once: while this takes its time the sockets fill, and reading has not to wait for every piece.
        self._sha256.update(buffer)
        self.left -= len(buffer)

    def hash_again(self, buffer: memoryview) -> None:
        """Take note that the buffer which was filled last has been changed since."""
        self._sha256 = self._before.copy()
        self._sha256.update(buffer)

    def sha256(self) -> bytes:
        """Return the SHA-256 of all bytes; empty unless all of them came through here."""
        return b"" if self.left else self._sha256.digest()

    def sha256_so_far(self) -> bytes:
        """Return the SHA-256 of the bytes that came through here up to now."""
        return self._sha256.digest()
