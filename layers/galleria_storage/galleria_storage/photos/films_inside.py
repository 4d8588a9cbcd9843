"""Films inside photos: the video of a motion photo and its metadata."""

from collections.abc import Sequence

from galleria_storage.photos.metadata_blocks import Block, plain_block, shifted
from galleria_storage.photos.plan import Span
from galleria_storage.photos.source import RangedSource


def film_blocks(file: RangedSource, spans: Sequence[Span]) -> list[Block]:
    """Return the blocks of films inside a photo: each film as a whole, then its own blocks."""
    from galleria_storage.photos.quicktime.metadata import metadata  # noqa: PLC0415 # lazy: few photos hold a film

    found: list[Block] = []
    for start, stop in spans:
        whole = plain_block("film", "film", file, start, stop - start)
        found += [whole, *(shifted(block, start, " of the film") for block in metadata(whole.source))]
    return found
