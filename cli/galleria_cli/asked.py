"""The arguments of `correct`: corrections, photos and folders, in any order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from galleria_cli.files import distinct, expanded, other_rules
from galleria_cli.reporting import Report
from galleria_cli.rules.filename import NAME
from galleria_cli.rules.rulebook import Rulebook, book_of, read_rulebook
from galleria_cli.rules.short_forms import ASKING_KEYS, correction_values
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.walk import LocalFile, walk
from galleria_storage.corrections.near_misses import near_keys
from galleria_storage.errors import CorrectionError


def understand(words: Sequence[str]) -> tuple[dict[str, str], list[Path]]:
    """Separate corrections from paths; patterns that the shell left are expanded.

    Raises
    ------
    CorrectionError
        A word looks like a misspelt correction, or one is given twice.
    LocalFileError
        Nothing matches a pattern.
    """
    asked: dict[str, object] = {}
    paths = []
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or key.lower() not in ASKING_KEYS:
            if (notes := near_keys({key: value}, {})) and not Path(word).exists():
                raise CorrectionError(f"{key!r} is not a correction; {notes[0].rpartition('; ')[2]}")
            paths.append(Path(word))
        elif asked.setdefault(key.lower(), value) != value:
            raise CorrectionError(f"{key} is given twice, as {asked[key.lower()]!r} and as {value!r}; once is allowed")
    return correction_values(asked, "the correction"), list(expanded(paths))


def rules_for(paths: Sequence[Path], rules: Path | None, report: Report, *, recursive: bool) -> Rulebook:
    """Return the rules in a file, or else those of the first folder; report others nearby, which do not count."""
    if rules:
        return read_rulebook(rules)
    folders = [path for path in paths if recursive and path.is_dir()]
    if not folders:
        return Rulebook()
    for note in other_rules(folders, folders[0] / NAME):
        report.note(note)
    return book_of(folders[0])


def nothing_asked(paths: Sequence[Path], rules: Path | None, *, recursive: bool) -> CorrectionError:
    """Return the error that nobody says what to correct, and where that may be said."""
    folder = next((path for path in paths if path.is_dir()), None)
    if folder and not recursive:
        return CorrectionError("no correction is given", advice=f"For {folder} with its photos and its {NAME}, add -r.")
    place = rules or (folder / NAME if folder else None)
    advice = f"Give it as KEY=VALUE, such as shift=+1h; allowed are {', '.join(ASKING_KEYS)}."
    if place is None:
        return CorrectionError("no correction is given", advice=advice)
    missing = f"{place} asks for none" if place.is_file() else f"there is no {place}"
    return CorrectionError(f"no correction is given, and {missing}", advice=advice)


def photos_of(paths: Sequence[Path], selection: Selection, *, recursive: bool, into: Path | None) -> list[LocalFile]:
    """Return the chosen files, without those in the folder for the copies, if it lies inside another."""
    copies = into.resolve() if into else None
    found: list[LocalFile] = []
    for number, path in enumerate(paths):
        for file in _inside(path, selection, copies) if recursive and path.is_dir() else [_single(path)]:
            found += distinct(file, paths[:number])
    return found


def _inside(folder: Path, selection: Selection, copies: Path | None) -> Iterator[LocalFile]:
    found = (file for file in walk(folder) if file.name.rpartition("/")[2] != NAME and selection.takes(file.name))
    return (file for file in found if copies is None or copies not in file.path.resolve().parents)


def _single(path: Path) -> LocalFile:
    return LocalFile(path.name, path, "it is a folder; -r takes the photos in it" if path.is_dir() else None)
