"""What programs and phones append to a photo with metadata in a form of their own.

Several may follow each other; each is found from its end. Signatures and
lengths are those of ExifTool (``IdentifyTrailer``, and the module of each maker).
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.motion import samsung_blocks
from galleria_storage.photos.plan import Patch, Span
from galleria_storage.photos.source import RangedSource

MAX_TRAILERS: Final = 8
_TAIL: Final = 96
"""Bytes from the end in which the signatures are."""


class _Kind(NamedTuple):
    """A kind of trailer: its name, its end, and how many bytes more than the number in its end it has.

    The group `size` of the pattern is that number, `start` the offset of the trailer in the file; without both,
    only its maker knows where the trailer begins.
    """

    name: str
    end: re.Pattern[bytes]
    more: int = 0


def _ends(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern + rb"\Z", re.DOTALL)


_KINDS: Final = (
    _Kind("AFCP", _ends(rb"AXS(?P<order>[!*])(?P<start>.{4}).{4}")),
    _Kind("FotoStation", _ends(rb"(?P<size>.{4})\xa1\xb2\xc3\xd4")),
    _Kind("PhotoMechanic", _ends(rb"(?P<size>.{4})cbipcbbl"), 12),
    _Kind("Canon VRD", _ends(rb"CANON OPTIONAL DATA\0(?P<size>.{4}).{40}"), 0x5C),
    _Kind("MIE", _ends(rb"~\0\x04\0zmie~\0\0\x06(?P<size>.{4})(?P<order>[\x10\x18])\x04")),
    _Kind("Insta360", _ends(rb"(?P<size>.{4}).{4}8db42d694ccc418790edff439fe026bf")),
    _Kind("Nikon", _ends(rb"\0{6}/NIKON APP")),
    _Kind("Vivo", _ends(rb"\xff{4}\x1b\*9HWfu\x84\x93\xa2\xb1")),
    _Kind("OnePlus", _ends(rb"jxrs...\0")),
)
_LITTLE: Final = frozenset({b"*", b"\x18"})


def trailer_blocks(source: RangedSource) -> Iterator[Block]:
    """Yield the trailers of a photo, the last one first; dropped ones become zeros."""
    yield from samsung_blocks(source)
    end = source.size
    for _ in range(MAX_TRAILERS):
        start = max(end - _TAIL, 0)
        tail = source.read(start, end - start)
        found = next(((kind, match) for kind in _KINDS if (match := kind.end.search(tail))), None)
        if found is None:
            return
        kind, match = found
        begin = _begin(kind, match, end)
        if begin is None or not 0 < begin < end:
            yield plain_block("opaque", f"a trailer ({kind.name})", source, start, end - start)
            return
        block = plain_block("opaque", f"a trailer ({kind.name})", source, begin, end - begin)
        yield block._replace(drop=partial(_zeros, Span(begin, end)))
        end = begin


def _begin(kind: _Kind, match: re.Match[bytes], end: int) -> int | None:
    """Return where a trailer begins; None if its end does not say."""
    fields = match.groupdict()
    is_little = fields.get("order") in _LITTLE or kind.name == "Insta360"
    if (start := fields.get("start")) is not None:
        return int.from_bytes(start, "little" if is_little else "big")
    if (size := fields.get("size")) is not None:
        return end - int.from_bytes(size, "little" if is_little else "big") - kind.more
    return None


def _zeros(span: Span) -> list[Patch]:
    size = span.stop - span.start
    return [Patch(span.start, size, bytes(size))]
