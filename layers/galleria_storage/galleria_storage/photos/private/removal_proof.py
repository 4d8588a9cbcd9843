"""Proving that removed data is gone: no block lists it, and its bytes occur nowhere."""

from collections.abc import Sequence
from typing import Final

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.metadata_blocks import Block
from galleria_storage.photos.private.removal import Removal, removal_patches
from galleria_storage.photos.private.removed_values import Value, kept_texts
from galleria_storage.photos.source import RangedSource

SEARCHED: Final = 1024 * 1024
"""First bytes of the file that are searched in addition to the blocks: maker notes and previews are there."""


def prove_removed(gone: set[Value], source: RangedSource, after: Sequence[Block], removal: Removal) -> None:
    """Prove that groups of metadata are gone from a photo.

    Parameters
    ----------
    gone
        What the removed fields said.
    source, after
        The photo after the removal, and its blocks.
    removal
        What was removed.

    Raises
    ------
    CorruptPhotoError
        Some of it can still be read or found. The message does not say what it is.
    """
    if any(removal_patches(after, removal)):
        raise _left(removal, "a reader would still find some of it")
    everything = [source.read(0, min(source.size, SEARCHED)), *(block.source.read(0, SEARCHED) for block in after)]
    found = [value for value in gone if any(value.data in data for data in everything)]
    if not found:
        return
    texts = set(kept_texts(after))
    for value in found:
        if value.text is None or not any(value.text in text for text in texts):
            raise _left(removal, "the same bytes are in it a second time, where no tag says what they mean")


def _left(removal: Removal, why: str) -> CorruptPhotoError:
    return CorruptPhotoError(
        f"the photo would still reveal what it should not ({', '.join(removal.names)}): {why}",
        tag="remove",
        advice="Remove maker-notes, too, or remove the metadata with a photo program.",
    )
