"""The files of a folder, with everything in it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class LocalFile(NamedTuple):
    """An entry of the folder: its name in it (with ``/``), its path, and why it cannot be uploaded, if so."""

    name: str
    path: Path
    problem: str | None = None


def list_files(folder: Path) -> list[LocalFile]:
    """Return all files below a folder; see `walk`."""
    return list(walk(folder))


def walk(folder: Path) -> Iterator[LocalFile]:
    """Yield all files below a folder, in the order in which S3 lists their keys, without keeping them.

    Links are followed; one that leads into a folder which holds it is
    returned with its problem, as is a folder that cannot be read. Names that
    begin with a dot are left out, folders with all that is in them: what is
    hidden (``.git``, ``.env``, ``.DS_Store``) is not meant to be published.
    """
    levels: list[_Level] = []
    entering: LocalFile | None = LocalFile("", folder)
    while entering or levels:
        if entering:
            above = levels[-1].identities if levels else frozenset()
            opened = _open(entering, above)
            if isinstance(opened, LocalFile):
                yield opened
            else:
                levels.append(opened)
        entering = None
        if not levels:
            return
        level = levels[-1]
        if (marked := next(level.names, None)) is None:
            levels.pop()
            continue
        entry = _entry(level.folder, level.folder.path / marked.rstrip("/"))
        if marked.endswith("/") and entry.problem is None:
            entering = entry
        else:
            yield entry


class _Level(NamedTuple):
    """A folder that is being walked: its names that are left, folders with a slash, and who it and its parents are."""

    folder: LocalFile
    names: Iterator[str]
    identities: frozenset[tuple[int, int]]


def _open(here: LocalFile, above: frozenset[tuple[int, int]]) -> _Level | LocalFile:
    """Read a folder; return it with its problem if that is not possible."""
    try:
        identity = _identity(here.path)
        if identity in above:
            return LocalFile(here.name, here.path, "the link leads back to a folder that holds it")
        with os.scandir(here.path) as inside:  # it tells folders from files without asking for each
            shown = (entry for entry in inside if not entry.name.startswith("."))
            names = sorted(f"{entry.name}/" if _is_folder(entry) else entry.name for entry in shown)
    except (OSError, ValueError) as error:
        return LocalFile(here.name or ".", here.path, f"the folder cannot be read: {_in_words(error)}")
    return _Level(here, iter(names), above | {identity})


def _entry(folder: LocalFile, path: Path) -> LocalFile:
    name = path.name.encode(errors="backslashreplace").decode()
    problem = None if name == path.name else "the name is not valid Unicode, so it cannot be part of a key"
    return LocalFile(f"{folder.name}/{name}" if folder.name else name, path, problem)


def _identity(folder: Path) -> tuple[int, int]:
    state = folder.stat()
    return state.st_dev, state.st_ino


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether it is one; if that cannot be told (a link to a name that is too long), opening it will show."""
    try:
        return entry.is_dir()
    except (OSError, ValueError):
        return False


def _in_words(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
