"""Make RAW files whole again that a test collection has cut off: ``python -m benchmarks.fidelity.filled FOLDER INTO``.

Of real RAW files, collections mostly keep the head: tables, maker notes and
some of the previews. Where all tables are there, noise takes the place of what
they list behind the end, up to the size that they claim. Nobody can decode the
pictures, but exiftool compares everything else.
"""

import argparse
import random
import struct
from collections.abc import Iterator
from pathlib import Path

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
PICTURES = ((0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202), (0x002E, 0x002E))
BELOW = (0x014A, 0x8769, 0x8825)
LARGEST = 64 * 1024 * 1024


def claimed(data: bytes) -> int:
    """Return the size that a file's tables claim.

    Raises
    ------
    struct.error, IndexError
        A table itself is missing.
    """
    mark = "<" if data[:2] == b"II" else ">"
    pending, seen, ends = [struct.unpack_from(mark + "I", data, 4)[0]], set(), [0]
    while pending:
        at = pending.pop()
        if not at or at in seen:
            continue
        seen.add(at)
        (count,) = struct.unpack_from(mark + "H", data, at)
        fields = {}
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number, offset = struct.unpack_from(mark + "HHII", data, place)
            size = number * SIZES.get(kind, 0)
            start = place + 8 if size <= 4 else offset
            ends.append(start + size)
            fields[tag] = (kind, number, start)
        pending.append(struct.unpack_from(mark + "I", data, at + 2 + 12 * count)[0])
        for tag in BELOW:
            pending += numbers(data, mark, fields.get(tag))
        for starts, lengths in PICTURES:
            pairs = zip(numbers(data, mark, fields.get(starts)), numbers(data, mark, fields.get(lengths)), strict=False)
            ends += [start + length for start, length in pairs if start != 0xFFFF_FFFF]
    return max(ends)


def numbers(data: bytes, mark: str, field: tuple[int, int, int] | None) -> list[int]:
    """Return the numbers of a field; none if there is no such field, or another kind."""
    if field is None or field[0] not in (3, 4, 13):
        return []
    kind, number, start = field
    return list(struct.unpack_from(f"{mark}{number}{'H' if kind == 3 else 'I'}", data, start))


def filled(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that could be made whole."""
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        if data[:4] not in (b"II*\0", b"MM\0*", b"IIU\0"):
            continue
        try:
            size = claimed(data)
        except (struct.error, IndexError):
            continue
        if len(data) < size <= LARGEST:
            noise = random.Random(1).randbytes(size - len(data)).replace(b"\xff", b"\xfe")
            yield path, data + noise


def main() -> None:
    """Write them under their old names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("into", type=Path)
    arguments = parser.parse_args()
    for path, data in filled(arguments.folder):
        target = arguments.into / path.relative_to(arguments.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(f"{target}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
