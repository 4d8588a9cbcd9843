"""Compressed boxes of JPEG XL (ISO/IEC 18181-2 9.8, `brob`): the type of their content, then Brotli (RFC 7932)."""

from typing import Any, Final

from galleria_storage.errors import UnsupportedFormatError
from galleria_storage.photos.boxes import Box, new_box
from galleria_storage.photos.refusals import damaged
from galleria_storage.photos.source import RangedSource

MAX_PACKED: Final = 1024 * 1024
"""Limit in bytes for compressed content, and roughly for the content once decompressed."""


def unpacked(source: RangedSource, box: Box) -> bytes:
    """Return the content of a compressed box.

    Raises
    ------
    UnsupportedFormatError
        The package `brotli` is not installed.
    CorruptPhotoError
        The data is damaged, or too long.
    """
    if box.stop - box.body > MAX_PACKED:
        raise damaged("its compressed metadata is too long")
    brotli = _brotli()
    decoder = brotli.Decompressor()
    try:
        data: bytes = decoder.process(
            source.read(box.body + 4, box.stop - box.body - 4), output_buffer_limit=MAX_PACKED
        )
    except brotli.error as error:
        raise damaged("its compressed metadata cannot be read") from error
    if not decoder.is_finished():
        raise damaged("its compressed metadata is cut off, or too long")
    return data


def packed(kind: bytes, data: bytes) -> bytes:
    """Return a compressed box with content of a type."""
    return new_box(b"brob", kind + _brotli().compress(data))


def _brotli() -> Any:
    """Return the package `brotli`, if it is installed and can limit its output."""
    try:
        import brotli  # noqa: PLC0415 # optional, and few photos need it

        if "output_buffer_limit" in (brotli.Decompressor.process.__doc__ or ""):
            return brotli
    except ImportError:
        pass
    raise UnsupportedFormatError(
        "the photo's metadata is compressed (Brotli), which cannot be read here",
        advice="Install the package brotli (1.2 or newer), or save the photo again without compressed metadata.",
    )
