"""Exif in a PNG's text chunk, as ImageMagick has written it since before eXIf.

The text is a line break, a name, a line break, the number of bytes in decimal
digits, a line break, and the bytes in hex, in lines of one width (ImageMagick,
coders/png.c, ``Magick_png_write_raw_profile``).
"""

import re
from typing import Final, NamedTuple
from zlib import compress, decompressobj
from zlib import error as ZlibError  # noqa: N812 # it is a class

from galleria_storage.errors import CorruptPhotoError

RAW_PROFILES: Final = frozenset({b"Raw profile type exif", b"Raw profile type APP1"})
MAX_TEXT: Final = 4 * 1024 * 1024
"""Bytes of the longest text that is read: a block of 1 MiB in hex, with room to spare."""

_TEXT: Final = re.compile(rb"(\s*)(\S+)(\s*)([0-9]{1,8})(\s)([0-9a-fA-F\s]*)")
_EXIF: Final = b"Exif\0\0"


class RawProfile(NamedTuple):
    """A profile, usually with an Exif block.

    Attributes
    ----------
    kind
        Type of the chunk, ``tEXt`` or ``zTXt``.
    opening
        The chunk's data up to the text: keyword, NUL, and the compression method of zTXt.
    text
        The text, decompressed.
    header
        The profile's bytes before the block.
    block
        The block, from the TIFF header on.
    """

    kind: bytes
    opening: bytes
    text: bytes
    header: bytes
    block: bytes

    def with_block(self, block: bytes) -> bytes:
        """Return the chunk's data with another block in the same layout."""
        match = _match(self.text)
        lines = match[6].split(b"\n")
        width = max(len(lines[0]), 2) & ~1
        upper = match[6] != match[6].lower()
        digits = (self.header + block).hex()
        hexadecimal = (digits.upper() if upper else digits).encode()
        body = b"\n".join(hexadecimal[at : at + width] for at in range(0, len(hexadecimal), width))
        trailing = match[6][len(match[6].rstrip()) :]
        size = str(len(self.header) + len(block)).encode()
        before = match[1] + match[2] + match[3]
        # The number is right-aligned in a field of eight.
        shorter = len(match[4]) - len(size)
        before = before[:shorter] if shorter < 0 and before.endswith(b" " * -shorter) else before + b" " * shorter
        text = before + size + match[5] + body + trailing
        return self.opening + (compress(text) if self.kind == b"zTXt" else text)


def read_profile(kind: bytes, data: bytes) -> RawProfile | None:
    """Read a text chunk under one of the keywords `RAW_PROFILES`; None if it does not contain Exif (but XMP, say).

    Raises
    ------
    CorruptPhotoError
        It cannot be decompressed, or is not a profile.
    """
    profile = any_profile(kind, data)
    content = profile.block
    if content.startswith((b"II*\0", b"MM\0*")):
        return profile
    if not content.startswith(_EXIF):
        return None
    return profile._replace(header=_EXIF, block=content[len(_EXIF) :])


def any_profile(kind: bytes, data: bytes) -> RawProfile:
    """Read a text chunk with a raw profile, whatever that is; all of it is in `block`.

    Raises
    ------
    CorruptPhotoError
        It cannot be decompressed, or is not a profile.
    """
    end = data.find(b"\0")
    if end < 0:
        raise _damaged()
    skipped = end + (2 if kind == b"zTXt" else 1)
    text = _decompress(data[skipped:]) if kind == b"zTXt" else data[skipped:]
    match = _match(text)
    content = bytes.fromhex(b"".join(match[6].split()).decode("ascii"))  # a line may end within a byte
    if len(content) != int(match[4]):
        raise _damaged()
    return RawProfile(kind, data[:skipped], text, b"", content)


def _match(text: bytes) -> re.Match[bytes]:
    if not (match := _TEXT.fullmatch(text)) or sum(map(len, match[6].split())) % 2:
        raise _damaged()
    return match


def _decompress(data: bytes) -> bytes:
    inflater = decompressobj()
    try:
        text = inflater.decompress(data, MAX_TEXT)
    except ZlibError as error:
        raise _damaged() from error
    if not inflater.eof:
        raise _damaged()
    return text


def _damaged() -> CorruptPhotoError:
    return CorruptPhotoError(
        "the photo is damaged: its raw Exif profile cannot be read",
        advice="Open it in a photo program and save it again, or upload the original.",
    )
