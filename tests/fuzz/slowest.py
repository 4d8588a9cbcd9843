"""Search for photos that take long: ``python -m tests.fuzz.slowest --seconds 600``; status 1 above the bound.

Exif blocks are built by a grammar and bred for time. Whole files, hostile ones
and those of PHOTO_CORPUS, are changed byte by byte, in every format.
"""

import argparse
import os
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from galleria_storage.corrections.capture_tags import CaptureTags
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import Texts
from galleria_storage.photos.source import BytesSource
from tests.fuzz.blocks import Block, changed, random_block
from tests.support.photos.camera_files import exif_segment, jpeg
from tests.support.photos.hostile import HOSTILE

BOUND = 0.05
"""Seconds of CPU for what a plan reads of any photo, at most 1 MiB here."""

LARGEST = 1024 * 1024
PATIENCE = 150
"""Changes without a slower photo before another start."""

KEPT = Path(".cache/fuzz/slowest")
ASKED = Texts(CaptureTags("2021:03:04 05:06:07", "5", "-05:00"))


def seconds_for(data: bytes, times: int = 1) -> float:
    """Return the CPU time of a plan, the least of several."""
    return min(_once(data) for _ in range(times))


def _once(data: bytes) -> float:
    start = time.process_time()
    with suppress(GalleriaError):
        plan_photo(BytesSource(data), ASKED)
    return time.process_time() - start


def photo_of(block: Block) -> bytes:
    """Return a photo with the block as often as is allowed."""
    return jpeg(*[exif_segment(block.data())] * 4)


def breed(dice: random.Random, until: float) -> Iterator[bytes]:
    """Yield photos, each slower than the one before, from one random start."""
    block = random_block(dice)
    slowest, idle = seconds_for(photo_of(block), 2), 0
    while idle < PATIENCE and time.monotonic() < until:
        other = block
        for _ in range(dice.choice((1, 1, 2, 4))):
            other = changed(other, dice)
        data = photo_of(other)
        if seconds_for(data) > slowest and (spent := seconds_for(data, 3)) > slowest:
            block, slowest, idle = other, spent, 0
            yield data
        idle += 1


def spoil(dice: random.Random, seeds: list[bytes], until: float) -> Iterator[bytes]:
    """Yield files, each slower than the one before, by changes to the bytes of one."""
    data = bytearray(dice.choice(seeds)[:LARGEST])
    slowest, idle = seconds_for(bytes(data), 2), 0
    while idle < PATIENCE and time.monotonic() < until:
        other = bytearray(data)
        for _ in range(dice.choice((1, 2, 8))):
            at = dice.randrange(max(min(len(other), 70_000), 1))
            match dice.randrange(3):
                case 0:
                    other[at : at + 1] = bytes([dice.randrange(256)])
                case 1:
                    other[at : at + 4] = dice.randrange(1 << 16).to_bytes(4, dice.choice(("big", "little")))
                case _:
                    start, size = dice.randrange(len(other) + 1), dice.choice((8, 12, 64, 4000))
                    other[at:at] = other[start : start + size] * dice.choice((1, 5, 100))
        del other[LARGEST:]
        if seconds_for(bytes(other)) > slowest and (spent := seconds_for(bytes(other), 3)) > slowest:
            data, slowest, idle = other, spent, 0
            yield bytes(data)
        idle += 1


def seeds() -> list[bytes]:
    """Return the files to start from."""
    folder = Path(os.environ.get("PHOTO_CORPUS") or "no folder")
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    by_kind = {path.suffix.lower(): path for path in files}
    some = [*by_kind.values(), *files[:: max(len(files) // 100, 1)]]
    return [*HOSTILE.values(), *(path.read_bytes()[:LARGEST] for path in some if path.stat().st_size)]


def main() -> int:
    """Search, and print the slowest photo; it is kept in `KEPT`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    dice, until = random.Random(arguments.seed), time.monotonic() + arguments.seconds
    slowest, starts, files = 0.0, 0, seeds()
    plan_photo(BytesSource(jpeg()), ASKED)  # imports what is imported late
    while time.monotonic() < until:
        starts += 1
        for data in breed(dice, until) if starts % 2 else spoil(dice, files, until):
            spent = seconds_for(data, 5)
            if spent > slowest:
                slowest = spent
                KEPT.parent.mkdir(parents=True, exist_ok=True)
                KEPT.write_bytes(data)
    print(f"{starts:,} starts; the slowest photo took {slowest * 1e3:.1f} ms: {KEPT}")
    return int(slowest > BOUND)


if __name__ == "__main__":
    raise SystemExit(main())
