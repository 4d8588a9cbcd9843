"""The photos and films in folders, read for what they tell about clocks: only their heads, several at once."""

from collections.abc import Callable, Sequence
from contextlib import closing

from galleria_storage.bulk.run import as_they_finish
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.clocks.partners import with_cameras_of_partners
from galleria_storage.clocks.reading import read_shot
from galleria_storage.clocks.shots import Shot
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.source import FileSource
from galleria_storage.transfer.local_content import LocalContent

_THREADS = 4


def read_shots(files: Sequence[LocalFile], tell: Callable[[LocalFile], object] = lambda _: None) -> list[Shot]:
    """Read files; those that are no photos, or cannot be read, are shots that tell nothing.

    Parameters
    ----------
    files
        All that is in the folders.
    tell
        Called after each file.
    """

    def one(file: LocalFile) -> tuple[LocalFile, Shot]:
        return file, _shot(file)

    found = []
    with closing(as_they_finish(one, files, _THREADS)) as results:
        for file, shot in results:
            found.append(shot)
            tell(file)
    return with_cameras_of_partners(sorted(found, key=lambda shot: shot.name))


def _shot(file: LocalFile) -> Shot:
    if file.problem:
        return Shot(file.name)
    try:
        with LocalContent(file.path).open() as stream:
            return read_shot(file.name, FileSource(stream))
    except GalleriaError:
        return Shot(file.name)
    except OSError:
        return Shot(file.name)
