"""The files that a command is given: folders, single files, and patterns that the shell left."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from galleria_cli.rules.rulebook import NAME
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.walk import LocalFile, list_files
from galleria_storage.errors import LocalFileError


def files_of(paths: Sequence[Path], selection: Selection) -> list[LocalFile]:
    """Return the files that are meant, folders with all that is in them; the rules beside photos are not among them.

    Raises
    ------
    LocalFileError
        There is no such file or folder.
    """
    found = [file for path in _expanded(paths) for file in _inside(path)]
    return [file for file in found if file.name.rpartition("/")[2] != NAME and selection.takes(file.name)]


def size_of(file: LocalFile) -> int:
    """Return a file's bytes; 0 where that cannot be told."""
    try:
        return file.path.stat().st_size if file.problem is None else 0
    except OSError:
        return 0


def _inside(path: Path) -> list[LocalFile]:
    if path.is_dir():
        return list_files(path)
    if not os.path.lexists(path):
        raise LocalFileError(f"no such file or folder: {str(path)!r}")
    return [LocalFile(path.name, path)]


def _expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield paths, with patterns that the shell left (as on Windows) expanded."""
    from glob import glob, has_magic  # noqa: PLC0415 # seldom

    for path in paths:
        if has_magic(str(path)) and not os.path.lexists(path):
            yield from map(Path, sorted(glob(str(path))))  # noqa: PTH207 # the pattern may be absolute
        else:
            yield path
