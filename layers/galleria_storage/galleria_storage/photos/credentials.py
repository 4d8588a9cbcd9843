"""Content credentials (C2PA): whether a photo is signed, and what an edit does to its signature.

C2PA technical specification 2.2, annex A: where each format keeps its manifest
store. A signature covers the bytes of the whole file, so any edit breaks it:
readers then say, correctly, that the photo was changed after it was signed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

from galleria_storage.photos.boxes import Box
from galleria_storage.photos.metadata_blocks import Block, plain_block
from galleria_storage.photos.plan import Patch, Plan
from galleria_storage.photos.source import MeteredSource, RangedSource

Credentials = Literal["none", "kept", "broken", "removed"]

#: ISO/IEC 19566-5 (JUMBF) annex B: the description box of a C2PA manifest store begins with its type.
MARK: Final = b"jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71"
#: Type of the box `uuid` in ISO base media files (annex A.5).
UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
NAME: Final = "content credentials"
_NEAR: Final = 256
"""Bytes at the start of a box that contain the mark."""


def is_signed(source: MeteredSource) -> bool:
    """Whether what was read of a photo, its beginning and all that an edit needs, contains a manifest store."""
    return source.has_read(MARK, UUID)


def after_edit(source: MeteredSource, plan: Plan, removed: Sequence[str]) -> Credentials:
    """Return what an edit does to the signature of a photo that was read for it."""
    if not is_signed(source):
        return "none"
    if not plan.patches:
        return "kept"
    return "removed" if removed else "broken"


def credentials_block(source: RangedSource, start: int, stop: int, drop: Callable[[], list[Patch]]) -> Block:
    """Return the block of a manifest store."""
    return plain_block("credentials", NAME, source, start, stop - start)._replace(drop=drop)


def credentials_in_boxes(source: RangedSource, boxes: Sequence[Box]) -> Iterator[Block]:
    """Yield the manifest stores among boxes; a dropped one becomes free space of the same size."""
    for box in boxes:
        start = source.read(box.body, _NEAR) if box.kind in {b"uuid", b"jumb"} else b""
        if start.startswith(UUID) or (box.kind == b"jumb" and MARK in start):
            yield credentials_block(source, box.body, box.stop, lambda box=box: freed(box))  # type: ignore[misc]


def freed(box: Box) -> list[Patch]:
    """Return the patches that turn a box into free space (ISO/IEC 14496-12 8.1.2) filled with zeros."""
    return [Patch(box.start + 4, 4, b"free"), Patch(box.body, box.stop - box.body, bytes(box.stop - box.body))]
