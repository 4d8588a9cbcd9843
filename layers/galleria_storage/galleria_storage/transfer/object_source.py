"""A stored object as a source of bytes at one ETag: any range, and the whole from start to end.

The first GET gives the start, and its connection stays open to read what
follows. Only a range far ahead needs its own request. A small object is read
into the buffer from which it will be sent.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from galleria_storage.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    NotFoundError,
    PreconditionFailedError,
    ProviderError,
)
from galleria_storage.s3.objects import ObjectStore, ObjectStream
from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.buffers import BodyPool
from galleria_storage.transfer.received import crc_to_check
from galleria_storage.transfer.sizes import MIB, Sizes

#: Bytes per read: what is requested again if the connection breaks.
CHUNK: Final = MIB
#: A gap of up to this many bytes is read and dropped; beyond that, a new request is cheaper.
_SKIPPED: Final = MIB
#: A range that begins at most this far after the kept bytes is reached by reading on, and everything read is kept.
_NEAR: Final = MIB // 4
#: A small object may grow by this much without being moved in memory: more than an Exif segment can hold.
_ROOM: Final = 128 * 1024
_RESUMPTIONS: Final = 4


@contextmanager
def source_of(
    store: ObjectStore, stream: ObjectStream, whole: int = Sizes().whole, bodies: BodyPool | None = None
) -> Iterator["ObjectSource"]:
    """Lend an object as a source; at the end of the block its connection is dropped and its memory returned.

    Parameters
    ----------
    store
        The bucket that holds it.
    stream
        The open answer of the first GET.
    whole
        Largest size, in bytes, that is held in memory (`Sizes.whole`).
    bodies
        Lends that memory.
    """
    size, bodies = stream.info.size, bodies or BodyPool()
    with bodies.body_of(size if size <= whole else 0, _ROOM) as start:
        source = ObjectSource(store, stream, start, bodies, in_memory=size <= whole)
        try:
            yield source
        finally:
            source.close_stream()


class ObjectSource:
    """An object that is read at one ETag, even if connections break.

    A read that breaks off resumes with a range at the byte where it stopped.
    Bytes of a version that was written in the meantime are never mixed in.

    Parameters
    ----------
    store
        The bucket that holds it.
    stream
        The open answer of the first GET.
    start
        Memory for its first bytes: for all of them where it is small enough to be held in memory.
    bodies
        Lends memory for what is read later.
    in_memory
        Whether it is small enough.

    Attributes
    ----------
    info
        What the first answer says about it.
    size
        Bytes in all.
    in_memory
        As above: `body` may be called.
    bytes_read
        How many bytes have come so far.
    bodies
        As above.
    """

    def __init__(
        self, store: ObjectStore, stream: ObjectStream, start: DigestedBody, bodies: BodyPool, *, in_memory: bool
    ) -> None:
        self.store = store
        self.info = stream.info
        self.size = stream.info.size
        self.in_memory = in_memory
        self.bytes_read = 0
        self.bodies = bodies
        self._stream = stream
        self._crc = crc_to_check(stream.checksums) if stream.checksums else None
        self._resumed = 0
        self._ranges: list[tuple[int, bytes]] = []
        #: The object's first `_kept` bytes: as many as the stream has given while it was looked at.
        self._start = start
        self._kept = 0

    def read(self, offset: int, length: int) -> bytes:
        """Return a range; fewer bytes only at the end of the object.

        Raises
        ------
        PreconditionFailedError
            The object changed or vanished while it was being read.
        IntegrityError
            What arrived does not match the provider's checksum, or is too short.
        ProviderError
            The connection broke too often.
        """
        stop = min(offset + length, self.size)
        if offset >= stop:
            return b""
        follows = self._kept == self._stream.position and not self._stream.closed
        if self.in_memory or stop <= self._kept or (follows and offset <= self._kept + _NEAR):
            self._keep_up_to(stop)
            with memoryview(self._start) as view:
                return bytes(view[offset:stop])
        found = bytearray(stop - offset)
        self.fill(offset, memoryview(found))
        self._ranges.append((offset, bytes(found)))
        return self._ranges[-1][1]

    def fill(self, offset: int, buffer: memoryview) -> None:
        """Fill a buffer from an offset on, within the object's size; raises what `read` raises."""
        for start, data in self._ranges:
            if start <= offset and offset + len(buffer) <= start + len(data):
                buffer[:] = data[offset - start : offset - start + len(buffer)]
                return
        done = min(max(self._kept - offset, 0), len(buffer))
        if done:
            buffer[:done] = memoryview(self._start)[offset : offset + done]
        if done == len(buffer):
            return
        gap = offset + done - self._stream.position
        if 0 <= gap <= _SKIPPED and not self._stream.closed:
            self._skip(gap)
            self._fill_from_stream(buffer[done:])
        else:
            self._fill_by_range(offset + done, buffer[done:])

    def body(self, pieces: Sequence[bytes | range]) -> DigestedBody:
        """Edit an object that is in memory as these pieces say, and return the result.

        Parameters
        ----------
        pieces
            New bytes, and ranges of the object in rising order.

        Returns
        -------
        DigestedBody
            Lent as long as the source. The object itself can no longer be read.
        """
        self._keep_up_to(self.size)
        body, ranges = self._start, [piece for piece in pieces if isinstance(piece, range)]
        longest = max(ranges, key=len, default=range(0))
        at = pieces.index(longest) if longest else len(pieces)
        before, after = self._joined(pieces[:at]), self._joined(pieces[at + 1 :])
        _put(body, slice(longest.stop, len(body)), after)
        _put(body, slice(0, longest.start), before)
        return body

    def finish(self) -> None:
        """Read the rest of the stream, so that the provider's checksum of the whole is compared."""
        if not self._stream.closed:
            self._skip(self.size - self._stream.position)

    def close_stream(self) -> None:
        """Drop the connection of the first answer, read or not: only ranges are needed from now on."""
        if not self._stream.closed:
            self._stream.close()

    def _joined(self, pieces: Sequence[bytes | range]) -> bytes:
        with memoryview(self._start) as view:
            return b"".join(view[piece.start : piece.stop] if isinstance(piece, range) else piece for piece in pieces)

    def _keep_up_to(self, stop: int) -> None:
        """Read the stream up to an offset, and keep what arrives."""
        if stop <= self._kept:
            return
        if (missing := stop - len(self._start)) > 0:
            _put(self._start, slice(len(self._start), len(self._start)), bytes(missing))
        with memoryview(self._start) as view:
            self._fill_from_stream(view[self._kept : stop])
        self._kept = stop

    def _skip(self, count: int) -> None:
        scratch = memoryview(bytearray(min(count, CHUNK)))
        while count > 0:
            self._fill_from_stream(scratch[:count])
            count -= min(count, len(scratch))

    def _fill_from_stream(self, buffer: memoryview) -> None:
        done = 0
        while done < len(buffer):
            done += self._read_or_resume(buffer[done : done + CHUNK])
        if self._crc:
            self._crc.update(buffer)
            if len(buffer) and self._stream.position == self.size:
                self._crc.check(self.store.bucket, self.info.key)

    def _read_or_resume(self, buffer: memoryview) -> int:
        while True:
            try:
                count = self._stream.readinto(buffer)
            except (AccessDeniedError, BucketNotFoundError):
                raise
            except ProviderError:
                self._resumed += 1
                if self._resumed > _RESUMPTIONS or self._stream.position == self.size:
                    raise
                position = self._stream.position
                self._stream.close()
                self._stream = self._open(position)
            else:
                self.bytes_read += count
                return count

    def _fill_by_range(self, offset: int, buffer: memoryview) -> None:
        """Request exactly these bytes, which leaves the connection usable."""
        done = 0
        while done < len(buffer):
            with self._open(offset + done, offset + len(buffer)) as stream:
                try:
                    stream.fill(buffer[done:])
                except ProviderError:
                    self._resumed += 1
                    if self._resumed > _RESUMPTIONS:
                        raise
                finally:
                    self.bytes_read += stream.position - offset - done
                    done = stream.position - offset

    def _open(self, start: int, stop: int | None = None) -> ObjectStream:
        try:
            stream = self.store.open(self.info.key, start, self.info.etag, stop)
        except NotFoundError as error:
            raise self._changed() from error
        if (stream.info.etag, stream.info.size) != (self.info.etag, self.size):  # If-Match on GET was ignored
            stream.close()
            raise self._changed()
        return stream

    def _changed(self) -> PreconditionFailedError:
        return PreconditionFailedError(
            f"{self.info.key!r} changed while it was being read", bucket=self.store.bucket, key=self.info.key
        )


def _put(body: bytearray, where: slice, data: bytes) -> None:
    """Replace bytes.

    After a repeated request, botocore's frames refer to each other in a cycle
    and still hold views of the body, which then cannot change its size.
    """
    try:
        body[where] = data
    except BufferError:
        gc.collect()
        body[where] = data
