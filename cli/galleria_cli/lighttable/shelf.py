"""Where the photos on the table are: a folder on this computer, and nothing outside it."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from galleria_cli.rules.filename import NAME
from galleria_storage.bulk.walk import LocalFile, list_files
from galleria_storage.errors import LocalFileError, NotFoundError
from galleria_storage.photos.source import FileSource, RangedSource
from galleria_storage.transfer.local_content import LocalContent

_OUTSIDE: Final = "the link leads out of the folder, so it is not read"


class ShelfItem(NamedTuple):
    """One file: its name on the shelf (with ``/``), its bytes, and why it cannot be read, if so."""

    name: str
    size: int
    problem: str = ""


class Shelf(Protocol):
    """Holds files that can be read by their names."""

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    def items(self) -> list[ShelfItem]:
        """List what is there, sorted by name."""
        ...

    def open(self, name: str) -> AbstractContextManager[RangedSource]:
        """Open a file that was listed.

        Raises
        ------
        NotFoundError
            No such file was listed.
        GalleriaError
            It cannot be read any more.
        """
        ...

    def identity(self, name: str) -> str:
        """Return a text that changes when the file does: the cache key for what is known about it."""
        ...

    def content_id(self, name: str) -> str:
        """Return a text that is equal for files with the same bytes, and only for these."""
        ...


class FolderShelf:
    """The files in a folder and its subfolders. Links that lead out of it are listed, but never followed.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    LocalFileError
        There is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise LocalFileError(f"no such folder: {str(folder)!r}")
        self.folder = folder
        self._root = folder.resolve()
        self._files: dict[str, LocalFile] = {}

    @property
    def title(self) -> str:
        """The folder's own name."""
        return self._root.name or str(self._root)

    def items(self) -> list[ShelfItem]:
        """List the files, except the rules file."""
        found = [file for file in list_files(self._root) if file.name != NAME]
        self._files = {file.name: file for file in found}
        return [self._item(file) for file in found]

    @contextmanager
    def open(self, name: str) -> Iterator[RangedSource]:
        """Open a file that was listed; check once more where its links lead."""
        with LocalContent(self._inside(name)).open() as stream:
            yield FileSource(stream)

    def identity(self, name: str) -> str:
        """Return its path, size and time of its last change."""
        path = self._inside(name)
        state = path.stat()
        return f"{path}\n{state.st_size}\n{state.st_mtime_ns}"

    def content_id(self, name: str) -> str:
        """Read a file and return its SHA-256."""
        with self._inside(name).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def _inside(self, name: str) -> Path:
        file = self._files.get(name)
        if file is None:
            raise NotFoundError("no such file is on the table", key=name)
        try:
            path = file.path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise LocalFileError(f"{name!r} cannot be read: {error}") from error
        if not path.is_relative_to(self._root):
            raise LocalFileError(f"{name!r}: {_OUTSIDE}")
        return path

    def _item(self, file: LocalFile) -> ShelfItem:
        if file.problem:
            return ShelfItem(file.name, 0, file.problem)
        try:
            return ShelfItem(file.name, self._inside(file.name).stat().st_size)
        except (LocalFileError, OSError) as error:
            return ShelfItem(file.name, 0, error.message if isinstance(error, LocalFileError) else "it cannot be read")
