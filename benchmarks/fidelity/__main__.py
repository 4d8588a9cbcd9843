"""Run every editor over a folder of photos and print the tables of docs/fidelity.md."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.exiftool import ENDED, ExifTool, read_alone
from benchmarks.fidelity.editors import EDITORS, read_with_exiv2
from benchmarks.fidelity.jpeg import read_jpeg
from benchmarks.fidelity.judge import SEEN_BY_EXIFTOOL_ALONE, Photo, Verdict, judge
from benchmarks.fidelity.report import Result, details, tables
from benchmarks.fidelity.workers import LostError, Worker, edit

OURS = "galleria-storage"


class Readers:
    """The readers that judge: exiftool, exiv2 and the own segment reader."""

    def __init__(self, exiftool: ExifTool, worker: Worker) -> None:
        self._exiftool = exiftool
        self.worker = worker

    def read(self, path: Path) -> Photo:
        """Read a photo with all of them."""
        data = path.read_bytes()
        try:
            exiv2 = self.worker.call(read_with_exiv2, data)
        except LostError:
            exiv2 = None
        return Photo(self._exiftool.read(path), exiv2, read_jpeg(data))


def find_photos(folder: Path) -> Iterator[Path]:
    """Find the files that start like a JPEG, whatever their names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                if file.read(2) == b"\xff\xd8":
                    yield path


#: How our editor's reasons begin: the names of the errors for photos that it leaves alone.
REFUSALS = ("CorruptPhotoError:", "TruncatedPhotoError:", "UnsupportedFormatError:")


def try_editor(editor: str, path: Path, before: Photo, readers: Readers) -> Verdict:
    """Let an editor work on a copy of a photo, and judge the outcome."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "edited.jpg")
        try:
            refused = readers.worker.call(edit, editor, path, target)
        except LostError as error:
            return Verdict(harm=frozenset({str(error)}))
        if editor == OURS and refused and not refused.startswith(REFUSALS):
            return Verdict(harm=frozenset({f"an error of another family ({refused})"}))
        if refused:
            return Verdict(refused=refused)
        after = readers.read(target)
        verdict = judge(before, after)
        if verdict.harm and verdict.harm <= SEEN_BY_EXIFTOOL_ALONE:
            verdict = judge(replace(before, tags=read_alone(path)), replace(after, tags=read_alone(target)))
        return verdict


def compare(folder: Path, editors: Sequence[str]) -> list[Result]:
    """Run the editors over every photo in a folder."""
    worker = Worker()
    results = []
    with ExifTool() as exiftool:
        readers = Readers(exiftool, worker)
        for path in find_photos(folder):
            before = readers.read(path)
            if ENDED in str(before.tags.get("ExifTool:Error")):
                print(f"{path.relative_to(folder)}: not judged, exiftool dies of it")
                continue
            verdicts = {editor: try_editor(editor, path, before, readers) for editor in editors}
            results.append(Result(path, before, verdicts))
            if sys.stderr.isatty():
                print(f"\r{len(results)} photos", end="", file=sys.stderr, flush=True)
        print(f"{len(results)} photos; the oracle is exiftool {exiftool.version()}\n")
    worker.close()
    return results


def main() -> int:
    """Print the tables; status 1 if our editor failed silently anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="photos; nothing in it is changed")
    parser.add_argument("--editors", nargs="*", choices=EDITORS, default=list(EDITORS))
    parser.add_argument("--details", choices=EDITORS, default=OURS, help="whose failures to list")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is not a folder; set PHOTO_CORPUS to a folder of photos")
    results = compare(arguments.folder, arguments.editors)
    print(tables(results, arguments.editors))
    if arguments.details in arguments.editors:
        print(f"\n### What {arguments.details} did not correct exactly\n")
        print(details(results, arguments.details, arguments.folder))
    return int(any(result.verdicts[OURS].harm for result in results if OURS in result.verdicts))


if __name__ == "__main__":
    raise SystemExit(main())
