"""Judge the corrections of every kind of photo in a folder: ``python -m benchmarks.fidelity.by_kind FOLDER [KIND …]``.

A correction is exact if exiftool reads the new tags in every copy and all
else as before, decoders see the same pixels, a second correction changes
nothing, and what was refused was refused with an error of our family.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import brotli

from benchmarks.exiftool import ENDED, ExifTool
from benchmarks.fidelity.editors import CAPTURED, OFFSET_HOURS
from benchmarks.fidelity.film import judge_film
from benchmarks.fidelity.judge import Photo, Verdict, judge
from benchmarks.fidelity.pixels import pixels_of
from benchmarks.fidelity.workers import LostError, Worker
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource, FileSource, MeteredSource

CORRECTION = Correction.absolute(CAPTURED, OFFSET_HOURS)
JXL = b"\0\0\0\x0cJXL "
HEAD = 256 * 1024


class Kinds:
    """Judges photo after photo, and keeps count.

    Parameters
    ----------
    exiftool
        The reader of tags.
    """

    def __init__(self, exiftool: ExifTool) -> None:
        self._exiftool, self._worker = exiftool, Worker()
        self.counts: dict[str, Counter[str]] = {}
        self.costs: dict[str, list[tuple[float, int, int]]] = {}

    def try_photo(self, path: Path, media_type: str) -> tuple[str, Verdict]:
        """Correct a photo, and return how well formed it was with the verdict."""
        data = path.read_bytes()
        before = self._read(data, path.name)
        if ENDED in str(before.tags.get("ExifTool:Error")):
            return "not judged", Verdict()
        pixels = self._pixels(media_type, data)
        sound = "malformed" if pixels is None or "ExifTool:Error" in before.tags else before.kind
        verdict = self._correct(path, media_type, data, before, pixels)
        outcome = "harmed" if verdict.harm else "refused" if verdict.refused else "exact"
        for name in {sound, "malformed" if sound == "malformed" else "well-formed"}:
            self.counts.setdefault(media_type, Counter())[f"{name}: {outcome}"] += 1
        return sound, verdict

    def _correct(self, path: Path, media_type: str, data: bytes, before: Photo, pixels: list[str] | None) -> Verdict:
        try:
            plan_photo(BytesSource(data), CORRECTION, media_type)  # imports what it needs
            source = MeteredSource(BytesSource(data), data[:HEAD])
            start = time.process_time()
            plan = plan_photo(source, CORRECTION, media_type)
        except GalleriaError as error:
            return Verdict(refused=f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 # that is a finding
            return Verdict(harm=frozenset({f"an error of another family ({error!r})"}))
        cost = (time.process_time() - start, source.reads, source.bytes_read)
        self.costs.setdefault(media_type, []).append(cost)
        result = plan.apply(data)
        after = self._read(result, path.name)
        verdict = (judge_film if media_type.startswith("video/") else judge)(before, after)
        harm = set(verdict.harm)
        if self._pixels(media_type, result) != pixels:
            harm.add("pixels")
        if plan_photo(BytesSource(result), CORRECTION, media_type).patches:
            harm.add("a second correction changes something")
        return Verdict(harm=frozenset(harm), examples=verdict.examples)

    def _read(self, data: bytes, name: str) -> Photo:
        """Read all tags; exiftool gets compressed boxes of JPEG XL unpacked, since it needs a Perl module for them."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, name)
            target.write_bytes(unpack_boxes(data) if data.startswith(JXL) else data)
            return Photo(self._exiftool.read(target), None, None)

    def _pixels(self, media_type: str, data: bytes) -> list[str] | None:
        try:
            return self._worker.call(pixels_of, media_type, data)
        except LostError:
            return None

    def close(self) -> None:
        """End the process that decodes."""
        self._worker.close()


def unpack_boxes(data: bytes) -> bytes:
    """Unpack the compressed boxes of a JPEG XL file."""
    result, at = b"", 0
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big") or len(data) - at
        if size < 12 or data[at + 4 : at + 8] != b"brob":
            size = size if size >= 8 else len(data) - at
            result += data[at : at + size]
        else:
            content = brotli.decompress(data[at + 12 : at + size])
            result += (8 + len(content)).to_bytes(4, "big") + data[at + 8 : at + 12] + content
        at += size
    return result + data[at:]


def find_photos(folder: Path, kinds: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Find the files of these media types, of all that can be corrected if none is named, whatever their names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found = recognise(FileSource(file))
            if found and is_correctable(found.media_type) and (not kinds or found.media_type in kinds):
                yield path, found.media_type


def main() -> None:
    """Judge a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kinds", nargs="*")
    arguments = parser.parse_args()
    with ExifTool() as exiftool:
        kinds = Kinds(exiftool)
        for path, media_type in find_photos(arguments.folder, arguments.kinds):
            sound, verdict = kinds.try_photo(path, media_type)
            if not verdict.exact:
                reason = verdict.refused or f"HARMED: {', '.join(sorted(verdict.harm))} {verdict.examples}"
                print(f"{path.relative_to(arguments.folder)} [{sound}] {reason}", flush=True)
        kinds.close()
    for media_type, counts in sorted(kinds.counts.items()):
        costs = sorted(kinds.costs.get(media_type, [(0, 0, 0)]))
        mean = sum(cost[0] for cost in costs) / len(costs)
        print(f"\n{media_type}: {dict(sorted(counts.items()))}")
        print(f"  CPU {mean * 1e3:.2f} ms a plan, at most {costs[-1][0] * 1e3:.2f}; reads behind the head: ", end="")
        print(dict(sorted(Counter(reads for _, reads, _ in costs).items())))


if __name__ == "__main__":
    main()
