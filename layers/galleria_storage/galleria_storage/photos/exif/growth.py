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
    """Return by how much the way from one place of the old file to a later one gets longer."""
    return sum(growth.size for growth in growths if origin <= growth.at <= target)


def follow(block: bytes, start: int, references: Sequence[Reference], growths: Sequence[Growth]) -> dict[int, bytes]:
    """Return the numbers of a block, by offset, with which its references follow what they refer to.

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
    """Return the number that a reference consists of."""
    value: int = _number(reference).unpack_from(block, reference.at)[0]
    return value


def added(block: bytes, reference: Reference, amount: int) -> bytes:
    """Return the bytes of a reference that leads farther by an amount.

    Raises
    ------
    CorruptPhotoError
        It would need more bits than it has.
    """
    value = value_of(block, reference) + amount
    if value >> 8 * reference.size:
        far = "64 KiB" if reference.size == 2 else "4 GiB"
        raise CorruptPhotoError(f"The photo's Exif data would have to refer to something beyond {far}, and cannot.")
    return _number(reference).pack(value)


def targets(block: bytes, start: int, references: Sequence[Reference]) -> list[int]:
    """Return the offsets in the file that the references of a block lead to."""
    return [value_of(block, ref) + (0 if ref.base is None else start + ref.base) for ref in references]


def _number(reference: Reference) -> Struct:
    return reference.order.short if reference.size == 2 else reference.order.long
