"""Memory for what is uploaded.

A large `bytearray(n)` costs more than hashing a third of it would: it is
written full of zeros first, and at each 4 KiB the kernel has to be asked for a
page. Here the zeros are left out, Linux is told that pages of 2 MiB will do
(madvise(2), MADV_HUGEPAGE), and the memory of two bodies is kept for the next
ones: 8 MiB cost 1 ms instead of 3.5 (measured), and nothing the next time.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from galleria_storage.s3.sdk.signing import DigestedBody

#: Size of a huge page on x86-64, and on arm64 with pages of 4 KiB. Smaller bodies are left to Python.
_HUGE: Final = 2 * 1024 * 1024
#: Linux, asm-generic/mman-common.h.
_MADV_HUGEPAGE: Final = 14
#: Memory of so many bodies is kept, each of at most so many bytes: what two parts in flight need.
_KEPT: Final = 2
_LARGEST_KEPT: Final = 12 * 1024 * 1024
_spare: list[DigestedBody] = []


@contextmanager
def body_of(size: int) -> Iterator[DigestedBody]:
    """Lend a body of `size` bytes, to be filled: what stands in it is undefined.

    At the end of the block its memory is there for the next one, or free: else
    it were so only when the garbage is collected, since botocore's requests
    refer to themselves and hold the body. It is too late then where memory is counted.
    """
    body = _take(size)
    try:
        yield body
    finally:
        with suppress(BufferError):  # after an error its traceback may still look at the bytes
            _give_back(body)


def _take(size: int) -> DigestedBody:
    if size < _HUGE or not _is_linux():
        return DigestedBody(size)
    with suppress(IndexError):  # nothing is left
        while True:
            body = _spare.pop()
            # CPython moves a bytearray that becomes shorter than half of what it has (Objects/bytearrayobject.c).
            if body.__alloc__() // 2 <= size < body.__alloc__():
                _resize(body, size)
                return body
            body.clear()  # to make room for one that fits
    return _allocate(size)


def _give_back(body: DigestedBody) -> None:
    body.sha256 = b""
    if body and _HUGE <= body.__alloc__() <= _LARGEST_KEPT and len(_spare) < _KEPT and _is_linux():
        body.pop()  # raises BufferError if somebody looks at it
        _spare.append(body)
    else:
        body.clear()


def _allocate(size: int) -> DigestedBody:
    import ctypes  # noqa: PLC0415 # lazy: small photos do without

    body = DigestedBody()
    _resize(body, size)
    start = ctypes.addressof(ctypes.c_char.from_buffer(body))
    first, last = -(-start // _HUGE) * _HUGE, (start + size) // _HUGE * _HUGE
    if first < last:  # whole pages only: nothing outside of the body grows
        # Advice: where it is not taken, pages are small.
        ctypes.CDLL(None).madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_HUGEPAGE)
    return body


def _is_linux() -> bool:
    return sys.platform.startswith("linux")


def _resize(body: DigestedBody, size: int) -> None:
    """Set the length and leave the bytes as they are (C API, "Byte Array Objects")."""
    import ctypes  # noqa: PLC0415 # lazy: small photos do without

    ctypes.pythonapi.PyByteArray_Resize(ctypes.py_object(body), ctypes.c_ssize_t(size))
