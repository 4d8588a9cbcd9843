"""Where one way of writing ends and the next begins, and how an object is cut into parts.

Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits" (10,000 parts
of 5 MiB to 5 GiB, the last one may be smaller).
"""

from typing import Final, NamedTuple

MIB: Final = 1024 * 1024
MAX_PARTS: Final = 10_000
LEAST_PART: Final = 5 * MIB
#: Two parts of a stream are in memory at a time: 21 MB, so that a photo in parts needs at most 24 MB in all.
PART: Final = 10 * MIB


class Sizes(NamedTuple):
    """How content is written, by its size in bytes.

    Attributes
    ----------
    whole
        The largest object that is held in memory and written with one
        PutObject, with its SHA-256 recorded on it.
    part
        Size of the parts, as long as 10,000 of them suffice.
    copied
        From this size on, the provider copies what does not change, if it can.
    least
        The smallest part, unless it is the last.
    step
        How much the provider copies in one request: few requests, each well within a read timeout.
    """

    whole: int = 16 * MIB
    part: int = PART
    copied: int = 64 * MIB
    least: int = LEAST_PART
    step: int = 128 * MIB


def part_size(size: int, at_least: int, most_parts: int = MAX_PARTS) -> int:
    """Return the size of the parts of an object with `size` bytes: increased by whole MiB so that the parts suffice."""
    return at_least if size <= at_least * most_parts else -(-size // (most_parts * MIB)) * MIB


def first_and_later(size: int, largest: int, *, equal: bool) -> tuple[int, int]:
    """Return the sizes of the first part and of the later ones.

    Unless all must be equal, the first is as large as allowed: its digest comes
    free with the digest of the whole. The later ones share the rest equally, so
    that each can reuse the memory of the one before.
    """
    first = min(largest, size)
    left = size - first
    count = -(-left // largest)
    return first, first if equal else -(-left // count) if count else 0
