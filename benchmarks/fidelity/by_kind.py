"""Judge the corrections of every kind of photo in a folder, and print one table: a row for each kind.

``python -m benchmarks.fidelity.by_kind FOLDER [--kinds image/heic …] [--editors "exiftool -m" exiv2]``

A correction is exact if exiftool reads the new tags in every copy and all
else as before, and decoders see the same pixels; ours also has to change
nothing when it is made again, and to refuse with an error of its own family.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import brotli

from benchmarks.exiftool import ENDED, ExifTool, read_alone
from benchmarks.fidelity.editors import CAPTURED, OFFSET_HOURS
from benchmarks.fidelity.film import judge_film
from benchmarks.fidelity.judge import SEEN_BY_EXIFTOOL_ALONE, Photo, Verdict, judge, names_a_fault
from benchmarks.fidelity.pixels import pixels_of
from benchmarks.fidelity.workers import LostError, Worker, edit
from galleria_storage.corrections.correction import Correction
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.sniff import recognise
from galleria_storage.photos.source import BytesSource, FileSource, MeteredSource

OURS = "galleria-storage"
CORRECTION = Correction.absolute(CAPTURED, OFFSET_HOURS)
JXL = b"\0\0\0\x0cJXL "
HEAD = 256 * 1024


@dataclass(frozen=True)
class Case:
    """A photo as it was: its bytes, kind, tags and pixels."""

    path: Path
    media_type: str
    data: bytes
    tags: Photo
    pixels: list[str] | None
    is_whole: bool

    @property
    def sound(self) -> bool:
        """Whether a decoder takes it, and exiftool finds neither a fault in its structure nor that data is missing."""
        return self.pixels is not None and self.tags.is_sound and self.is_whole


@dataclass
class Row:
    """The results for photos of one kind: outcomes by editor, and the costs of our plans."""

    well_formed: int = 0
    with_time: int = 0
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    costs: list[tuple[float, int]] = field(default_factory=list)

    def add(self, case: Case, editor: str, verdict: Verdict) -> None:
        """Count a verdict."""
        counts = self.outcomes.setdefault(editor, Counter())
        outcome = "harmed" if verdict.harm else "refused" if verdict.refused else "exact"
        if not case.sound:
            counts[f"malformed {outcome}"] += 1
            return
        counts[outcome] += 1
        if case.tags.kind == "capture time":
            counts[f"timed {outcome}"] += 1

    def line(self, name: str, editors: Sequence[str]) -> str:
        """Return the row as Markdown."""
        ours = self.outcomes[OURS]
        cells = [name, str(self.well_formed), f"{ours['timed exact']} of {self.with_time}"]
        for editor in editors:
            counts = self.outcomes.get(editor, Counter())
            cells.append(f"{counts['exact']} / {counts['refused']} / {counts['harmed']}")
        cells.append(f"{ours['malformed exact']} / {ours['malformed refused']} / {ours['malformed harmed']}")
        times = sorted(cost for cost, _ in self.costs) or [0.0]
        cells.append(f"{sum(times) / len(times) * 1e3:.2f}; {times[-1] * 1e3:.1f}")
        cells.append(str(max((reads for _, reads in self.costs), default=0)))
        return f"| {' | '.join(cells)} |"


class Judges:
    """The readers that judge: exiftool, and the decoders in a process of their own."""

    def __init__(self, exiftool: ExifTool) -> None:
        self._exiftool, self._worker = exiftool, Worker()

    def case(self, path: Path, media_type: str) -> Case:
        """Read a photo as it was."""
        data = path.read_bytes()
        complaints = self._exiftool.run("-validate", "-warning", "-a", path).decode("utf-8", "replace")
        is_whole = not names_a_fault(complaints)
        return Case(path, media_type, data, self._read(data, path.name), self._pixels(media_type, data), is_whole)

    def reread(self, case: Case, result: bytes) -> Case:
        """Read an edited photo."""
        tags = self._read(result, case.path.name)
        return replace(case, data=result, tags=tags, pixels=self._pixels(case.media_type, result))

    def try_peer(self, case: Case, editor: str) -> Verdict:
        """Let a peer edit a photo, and judge the result."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "edited")
            try:
                refused = self._worker.call(edit, editor, case.path, target)
            except LostError as error:
                return Verdict(harm=frozenset({str(error)}))
            return Verdict(refused=refused) if refused else self.judge(case, target.read_bytes())

    def try_ours(self, case: Case, row: Row) -> Verdict:
        """Edit a photo, judge the result, and note what it cost."""
        try:
            plan_photo(BytesSource(case.data), CORRECTION, case.media_type)  # imports what it needs
            source = MeteredSource(BytesSource(case.data), case.data[:HEAD])
            start = time.process_time()
            plan = plan_photo(source, CORRECTION, case.media_type)
        except GalleriaError as error:
            return Verdict(refused=f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 # that is a finding
            return Verdict(harm=frozenset({f"an error of another family ({error!r})"}))
        row.costs.append((time.process_time() - start, source.reads))
        result = plan.apply(case.data)
        verdict = self.judge(case, result)
        if plan_photo(BytesSource(result), CORRECTION, case.media_type).patches:
            verdict = Verdict(harm=verdict.harm | {"a second correction changes something"}, examples=verdict.examples)
        return verdict

    def judge(self, case: Case, result: bytes) -> Verdict:
        """Compare a result with the photo as it was."""
        compare = judge_film if case.media_type.startswith("video/") else judge
        verdict = compare(case.tags, self._read(result, case.path.name))
        if verdict.harm and verdict.harm <= SEEN_BY_EXIFTOOL_ALONE:
            verdict = compare(
                self._read(case.data, case.path.name, alone=True), self._read(result, "alone", alone=True)
            )
        same = self._pixels(case.media_type, result) == case.pixels
        return verdict if same else Verdict(harm=verdict.harm | {"pixels"}, examples=verdict.examples)

    def _read(self, data: bytes, name: str, *, alone: bool = False) -> Photo:
        """Read all tags; exiftool gets compressed boxes of JPEG XL unpacked, since it needs a Perl module for them."""
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, name)
            target.write_bytes(unpack_boxes(data) if data.startswith(JXL) else data)
            return Photo(read_alone(target) if alone else self._exiftool.read(target), None, None)

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
            try:
                content = brotli.decompress(data[at + 12 : at + size])
            except brotli.error:
                return data  # exiftool is to see what is broken
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", nargs="*", default=[])
    parser.add_argument("--editors", nargs="*", default=[], help="peers to compare with")
    arguments = parser.parse_args()
    editors = [OURS, *arguments.editors]
    rows: dict[str, Row] = {}
    with ExifTool() as exiftool:
        judges = Judges(exiftool)
        for path, media_type in find_photos(arguments.folder, arguments.kinds):
            case = judges.case(path, media_type)
            if ENDED in str(case.tags.tags.get("ExifTool:Error")):
                print(f"{path.relative_to(arguments.folder)}: not judged, exiftool dies of it")
                continue
            row = rows.setdefault(media_type, Row())
            row.well_formed += case.sound
            row.with_time += case.sound and case.tags.kind == "capture time"
            verdict = judges.try_ours(case, row)
            row.add(case, OURS, verdict)
            if not verdict.exact:
                reason = verdict.refused or f"HARMED: {', '.join(sorted(verdict.harm))} {verdict.examples}"
                state = case.tags.kind if case.sound else "malformed"
                print(f"- {path.relative_to(arguments.folder)} [{state}] {reason}", flush=True)
            for editor in arguments.editors if case.sound and not media_type.startswith("video/") else ():
                row.add(case, editor, judges.try_peer(case, editor))
        judges.close()
    heads = [f"{editor}: exact / refused / harmed" for editor in editors]
    columns = ["kind", "well-formed", "exact with a capture time", *heads, "malformed", "CPU ms; most", "most reads"]
    print(f"\n| {' | '.join(columns)} |\n|---|{'---:|' * (len(columns) - 1)}")
    for media_type, row in sorted(rows.items()):
        print(row.line(media_type, editors))


if __name__ == "__main__":
    main()
