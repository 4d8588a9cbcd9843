"""Make photos with a full or cut Exif block from real ones: ``python -m benchmarks.fidelity.mutants FOLDER INTO``.

They show what happens where there is little space: INTO gets a folder for each
kind, for `make fidelity` to judge.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.fidelity.jpeg import Jpeg, read_jpeg

LARGEST: Final = 65_533 - 6
"""Bytes of the largest Exif block: a segment's length counts itself, and the word Exif comes first."""

PATTERN: Final = bytes((at * 7 + 13) % 256 for at in range(256))
NOISE: Final = bytes((at * at * 31 + at // 251) % 253 + 1 for at in range(LARGEST))


def main() -> None:
    """Write the mutants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("into", type=Path)
    arguments = parser.parse_args()
    for path in sorted(path for path in arguments.folder.rglob("*") if path.is_file()):
        photo = read_jpeg(path.read_bytes())
        blocks = photo.exif_blocks() if photo else []
        for name, kind in KINDS.items() if photo and len(blocks) == 1 else ():
            for number, block in enumerate(kind(blocks[0])):
                target = arguments.into / name / f"{path.parent.name}-{path.name}-{number}.jpg"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(with_block(photo, block))


def with_block(photo: Jpeg, block: bytes) -> bytes:
    """Return a photo with another Exif block in place of its own."""
    start, piece = next((at, piece) for at, _, piece in photo.pieces if piece in photo.exif_segments())
    payload = piece[piece.index(b"\xff\xe1") + 4 : len(piece) - len(photo.exif_blocks()[0])] + block
    segment = b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload
    return photo.data[:start] + segment + photo.data[start + len(piece) :]


def filled(room: int, filling: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """Fill a block up to so many bytes less than the largest one."""

    def fill(block: bytes) -> Iterator[bytes]:
        missing = LARGEST - room - len(block)
        if missing > 2 * len(PATTERN):
            yield block + (filling * (missing // len(filling) + 1))[:missing]

    return fill


def cut(beyond: int) -> Callable[[bytes], Iterator[bytes]]:
    """Cut a block so that one of the values at its end leads so many bytes past it."""

    def shorten(block: bytes) -> Iterator[bytes]:
        for end in _ends_of_values(block)[-3:]:
            if 200 < end - beyond <= len(block):
                yield block[: end - beyond]

    return shorten


def _ends_of_values(block: bytes) -> list[int]:
    """Return where the values of IFD0, the Exif IFD and IFD1 end, in order, as far as they can be read."""
    order = "little" if block.startswith(b"II") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(block[at : at + size], order)  # type: ignore[arg-type] # one of the two

    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
    ends: set[int] = set()
    tables, seen = [number(4, 4)], set[int]()
    while tables and len(seen) < 4:
        at = tables.pop()
        seen.add(at)
        behind = at + 2 + 12 * number(at, 2)
        for entry in range(at + 2, min(behind, len(block)), 12):
            size = sizes.get(number(entry + 2, 2), 0) * number(entry + 4, 4)
            if size > 4:
                ends.add(number(entry + 8, 4) + size)
            elif number(entry, 2) == 0x8769:
                tables.append(number(entry + 8, 4))
        tables += [following] if (following := number(behind, 4)) and following not in seen else []
    return sorted(end for end in ends if end <= len(block))


KINDS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "full-but-67": filled(67, PATTERN),
    "full": filled(0, PATTERN),
    "noise-but-67": filled(67, NOISE),
    "4-bytes-past": cut(4),
    "26-bytes-past": cut(26),
    "50-bytes-past": cut(50),
}

if __name__ == "__main__":
    main()
