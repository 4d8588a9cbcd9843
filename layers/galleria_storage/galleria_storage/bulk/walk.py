"""The files in a folder and its subfolders."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class LocalFile(NamedTuple):
    """An entry: its name in the folder (with ``/``), its path, and the reason if it cannot be uploaded."""

    name: str
    path: Path
    problem: str | None = None


def list_files(folder: Path) -> list[LocalFile]:
    """Return all files below a folder; see `walk`."""
    return list(walk(folder))


def walk(folder: Path) -> Iterator[LocalFile]:
    """Yield all files below a folder, in the order in which S3 lists their keys, without keeping them.

    Links are followed; one that leads back to a folder around it is returned with its problem, as is a folder that
    cannot be read. Names that begin with a dot are skipped, folders with everything in them: hidden files (``.git``,
    ``.env``, ``.DS_Store``) are not meant to be published.
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
    """A folder being walked: the remaining names (folders with a slash), and the identities of it and its parents."""

    folder: LocalFile
    names: Iterator[str]
    identities: frozenset[tuple[int, int]]


def _open(here: LocalFile, above: frozenset[tuple[int, int]]) -> _Level | LocalFile:
    """Read a folder; if that is impossible, return it with its problem."""
    try:
        identity = _identity(here.path)
        if identity in above:
            return LocalFile(here.name, here.path, "the link leads back to a folder that holds it")
        with os.scandir(here.path) as inside:  # it distinguishes folders from files without a system call for each
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
    """Whether it is a folder; if that cannot be found out (a link to a name that is too long), opening it will show."""
    try:
        return entry.is_dir()
    except (OSError, ValueError):
        return False


def _in_words(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
