"""Memory for bodies that are sent, reused for the next body.

Fresh memory costs more than hashing: for 8 MiB the kernel provides 2,048 pages, which takes 3.5 ms; reused memory costs
nothing (measured). So the memory of two bodies is kept, enough for two parts in flight.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from galleria_storage.s3.sdk.signing import DigestedBody
from galleria_storage.transfer.sizes import MIB

#: Smaller bodies are left to Python; larger ones are too large to keep.
_SMALLEST_KEPT: Final = MIB
_LARGEST_KEPT: Final = 12 * MIB
_KEPT: Final = 2


class BodyPool:
    """Lends bodies, and keeps the memory of two for the next ones; threads may share it."""

    def __init__(self) -> None:
        self._spare: list[DigestedBody] = []

    @contextmanager
    def body_of(self, size: int, room: int = 0) -> Iterator[DigestedBody]:
        """Lend a body of `size` bytes to be filled; its content is undefined.

        At the end of the block its memory is reused or freed. Otherwise that
        would happen only at the next garbage collection, because botocore's
        requests refer to themselves and hold the body; that is too late where
        memory is limited.

        Parameters
        ----------
        size
            Bytes.
        room
            Bytes by which it may grow without being moved.
        """
        body = self._take(size, size + room)
        try:
            yield body
        finally:
            with suppress(BufferError):  # after an error its traceback may still hold a view of the bytes
                self._give_back(body)

    def _take(self, size: int, capacity: int) -> DigestedBody:
        if capacity >= _SMALLEST_KEPT:
            with suppress(IndexError):  # nothing is left
                while True:
                    body = self._spare.pop()
                    # A bytearray moves if it becomes longer than its memory, or shorter than half of it.
                    if body.__alloc__() // 2 <= size <= capacity < body.__alloc__():
                        del body[size:]
                        body.extend(bytes(size - len(body)))
                        return body
                    body.clear()  # to make room for one that fits
        body = DigestedBody(capacity)
        del body[size:]
        return body

    def _give_back(self, body: DigestedBody) -> None:
        body.sha256 = b""
        if _SMALLEST_KEPT <= body.__alloc__() <= _LARGEST_KEPT and body and len(self._spare) < _KEPT:
            body.pop()  # raises BufferError if somebody holds a view of it
            self._spare.append(body)
        else:
            body.clear()
