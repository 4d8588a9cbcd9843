"""The files of a folder, with everything in it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalFile:
    """An entry of the folder: its name in it (with ``/``), its path, and why it cannot be uploaded, if so."""

    name: str
    path: Path
    problem: str | None = None


def list_files(folder: Path) -> list[LocalFile]:
    """Return all files below a folder, sorted by name.

    Links are followed; one that leads into a folder which holds it is
    returned with its problem, as is a folder that cannot be read. Names that
    begin with a dot are left out, folders with all that is in them: what is
    hidden (``.git``, ``.env``, ``.DS_Store``) is not meant to be published.
    """
    found: list[LocalFile] = []
    waiting: list[tuple[LocalFile, frozenset[tuple[int, int]]]] = [(LocalFile("", folder), frozenset())]
    while waiting:
        here, above = waiting.pop()
        try:
            identity = _identity(here.path)
            inside = [] if identity in above else sorted(here.path.iterdir())
        except (OSError, ValueError) as error:
            found.append(LocalFile(here.name or ".", here.path, f"the folder cannot be read: {_in_words(error)}"))
            continue
        if identity in above:
            found.append(LocalFile(here.name, here.path, "the link leads back to a folder that holds it"))
            continue
        for path in inside:
            if path.name.startswith("."):
                continue
            entry = _entry(here, path)
            if entry.problem is None and _is_folder(path):
                waiting.append((entry, above | {identity}))
            else:
                found.append(entry)
    return sorted(found, key=lambda file: file.name)


def _entry(folder: LocalFile, path: Path) -> LocalFile:
    name = path.name.encode(errors="backslashreplace").decode()
    problem = None if name == path.name else "the name is not valid Unicode, so that no key can be made of it"
    return LocalFile(f"{folder.name}/{name}" if folder.name else name, path, problem)


def _identity(folder: Path) -> tuple[int, int]:
    state = folder.stat()
    return state.st_dev, state.st_ino


def _is_folder(path: Path) -> bool:
    """Whether it is one; if that cannot be told (a link to a name that is too long), opening it will show."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _in_words(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
