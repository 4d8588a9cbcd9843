"""Keeping references right when bytes are inserted into a file."""

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.exif.references import Reference


class Growth(NamedTuple):
    """Bytes inserted into the file.

    Attributes
    ----------
    at
        Offset in the old file before which they go.
    size
        How many.
    """

    at: int
    size: int


def distance(origin: int, target: int, growths: Sequence[Growth]) -> int:
    """Return by how much the distance between two offsets of the old file grows."""
    return sum(growth.size for growth in growths if origin <= growth.at <= target)


def follow(block: bytes, start: int, references: Sequence[Reference], growths: Sequence[Growth]) -> dict[int, bytes]:
    """Return the new numbers of a block's references, by offset, so that they lead to the same data as before.

    Parameters
    ----------
    block
        The TIFF block.
    start
        Its offset in the old file.
    references
        The references to things after it.
    growths
        What is inserted into the file.

    Raises
    ------
    CorruptPhotoError
        A reference would need more bits than it has.
    """
    numbers = {}
    for reference, target in zip(references, targets(block, start, references), strict=True):
        origin = 0 if reference.base is None else start
        numbers[reference.at] = added(block, reference, distance(origin, target, growths))
    return numbers


def value_of(block: bytes, reference: Reference) -> int:
    """Return the number stored in a reference."""
    value: int = _number(reference).unpack_from(block, reference.at)[0]
    return value


def added(block: bytes, reference: Reference, amount: int) -> bytes:
    """Return the bytes of a reference increased by an amount.

    Raises
    ------
    CorruptPhotoError
        It would need more bits than it has.
    """
    value = value_of(block, reference) + amount
    if value >> 8 * reference.size:
        far = "64 KiB" if reference.size == 2 else "4 GiB"
        raise CorruptPhotoError(f"the photo's Exif data would have to refer to something beyond {far}, and cannot")
    return _number(reference).pack(value)


def targets(block: bytes, start: int, references: Sequence[Reference]) -> list[int]:
    """Return the offsets in the file to which the references of a block lead."""
    return [value_of(block, ref) + (0 if ref.base is None else start + ref.base) for ref in references]


def _number(reference: Reference) -> Struct:
    return reference.order.short if reference.size == 2 else reference.order.long
