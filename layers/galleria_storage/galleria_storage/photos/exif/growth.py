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
        Offset in the old file before which they stand.
    size
        How many.
    """

    at: int
    size: int


def distance(origin: int, target: int, growths: Sequence[Growth]) -> int:
    """Return by how much the way from one place of the old file to a later one gets longer."""
    return sum(growth.size for growth in growths if origin <= growth.at <= target)


def follow(block: bytes, start: int, references: Sequence[Reference], growths: Sequence[Growth]) -> bytes:
    """Let the references of a block follow what they refer to.

    Parameters
    ----------
    block
        The TIFF block.
    start
        Its offset in the old file.
    references
        The references to things behind it.
    growths
        What is inserted into the file.

    Raises
    ------
    CorruptPhotoError
        A reference would need more bits than it has.
    """
    data = bytearray(block)
    for reference in references:
        origin, base = (0, 0) if reference.base is None else (start, start + reference.base)
        add(data, reference, distance(origin, base + value_of(block, reference), growths))
    return bytes(data)


def value_of(block: bytes | bytearray, reference: Reference) -> int:
    """Return the number that stands where a reference does."""
    value: int = _number(reference).unpack_from(block, reference.at)[0]
    return value


def add(block: bytearray, reference: Reference, amount: int) -> None:
    """Add to the number that stands where a reference does.

    Raises
    ------
    CorruptPhotoError
        It would need more bits than it has.
    """
    value = value_of(block, reference) + amount
    if value >> 8 * reference.size:
        far = "64 KiB" if reference.size == 2 else "4 GiB"
        raise CorruptPhotoError(f"The photo's Exif data would have to refer to something beyond {far}, and cannot.")
    _number(reference).pack_into(block, reference.at, value)


def _number(reference: Reference) -> Struct:
    return reference.order.short if reference.size == 2 else reference.order.long


def targets(block: bytes, start: int, references: Sequence[Reference]) -> list[int]:
    """Return the offsets in the file that the references of a block lead to."""
    return [value_of(block, ref) + (0 if ref.base is None else start + ref.base) for ref in references]
