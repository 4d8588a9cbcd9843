"""The files that a command is given: folders, single files, and patterns that the shell left."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from galleria_cli.rules.filename import NAME
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.walk import LocalFile, walk
from galleria_storage.errors import LocalFileError

#: What makes a name a pattern.
_SPECIAL: Final = frozenset("*?[")


class Chosen:
    """The chosen files, found again for each iteration, so that no list of them is kept.

    Parameters
    ----------
    paths
        Files, folders, and patterns that the shell left (as on Windows).
    selection
        Which names to take; `galleria.toml` is never among them.
    recursive
        Take folders with everything inside, otherwise only the files directly in them.
    one_place
        All go to one place, where each needs a name of its own; see `distinct`.

    Raises
    ------
    LocalFileError
        There is no such file or folder, or nothing fits a pattern.
    """

    def __init__(
        self, paths: Sequence[Path], selection: Selection, *, recursive: bool = True, one_place: bool = True
    ) -> None:
        self._paths = list(expanded(paths))
        self._one_place = one_place
        self._selection = selection
        self._recursive = recursive
        for path in self._paths:
            if not os.path.lexists(path):
                raise LocalFileError(f"no such file or folder: {str(path)!r}")

    def __iter__(self) -> Iterator[LocalFile]:
        """Yield the files of one path after the other, in the order of their names."""
        for number, path in enumerate(self._paths):
            for file in self._inside(path):
                if file.name.rpartition("/")[2] != NAME and self._selection.takes(file.name):
                    yield from distinct(file, self._paths[:number]) if self._one_place else [file]

    def _inside(self, path: Path) -> Iterator[LocalFile]:
        if path.is_dir():
            return walk(path) if self._recursive else (file for file in walk(path) if "/" not in file.name)
        return iter([LocalFile(path.name, path)])


def distinct(file: LocalFile, earlier: Sequence[Path]) -> Iterator[LocalFile]:
    """Yield a file unless one of the paths before it means the same file; with its problem if one of its name is there.

    Two cards of one camera both have a DSC_0001.JPG: neither may take the place of the other.
    """
    for path in earlier:
        other = path / file.name if path.is_dir() else path
        if not (path.is_dir() or path.name == file.name) or not os.path.lexists(other):
            continue
        if not (other.exists() and file.path.exists() and other.samefile(file.path)):
            yield file._replace(problem=f"it would replace {str(other)!r}; name the folder above both instead")
        return
    yield file


def other_rules(paths: Sequence[Path], read: Path) -> list[str]:
    """Return notes on rules near the given files that do not count: above them, below them, or in a further folder.

    Parameters
    ----------
    read
        The rules file that counts, even if it does not exist.
    """
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in paths)
    near = [place for folder in folders for place in (folder / NAME, folder.resolve().parent / NAME)]
    near += [place for folder in folders for place in sorted(folder.glob(f"*/{NAME}"))]
    found = {place.resolve(): place for place in near if place.is_file()}
    found.pop(read.resolve(), None)
    return [f"{place} does not count here; --rules names other rules than the folder's own" for place in found.values()]


def files_of(paths: Sequence[Path], selection: Selection, *, recursive: bool = True) -> list[LocalFile]:
    """Return the chosen files, which stay where they are; see `Chosen`.

    Raises
    ------
    LocalFileError
        There is no such file or folder, or nothing fits a pattern.
    """
    return list(Chosen(paths, selection, recursive=recursive, one_place=False))


def folder_given(path: Path) -> Path:
    """Return the one folder that a path, or a pattern that the shell left, stands for.

    Raises
    ------
    LocalFileError
        It is not a folder, or more than one.
    """
    found = list(expanded([path]))
    if len(found) > 1:
        raise LocalFileError(f"{str(path)!r} matches {len(found)} folders; give one")
    if not found[0].is_dir():
        raise LocalFileError(f"{'not a folder' if os.path.lexists(found[0]) else 'no such folder'}: {str(found[0])!r}")
    return found[0]


def size_of(file: LocalFile) -> int:
    """Return a file's size in bytes; 0 if that cannot be found out."""
    try:
        return file.path.stat().st_size if file.problem is None else 0
    except OSError:
        return 0


def expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield paths, with patterns that the shell left (as on Windows) expanded; letter case is the file system's own.

    Raises
    ------
    LocalFileError
        Nothing fits a pattern.
    """
    for path in paths:
        if not _SPECIAL & set(str(path)) or os.path.lexists(path):
            yield path
            continue
        from glob import glob  # noqa: PLC0415 # seldom

        fitting = sorted(glob(str(path), recursive=True))  # noqa: PTH207 # the pattern may be absolute
        if not fitting:
            raise LocalFileError(f"no such file or folder: {str(path)!r}")
        yield from map(Path, fitting)
