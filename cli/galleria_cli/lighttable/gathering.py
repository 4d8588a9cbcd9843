"""The facts of the files on the table, read by threads while the page is shown; the only owner of these facts."""

import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Final, NamedTuple

from galleria_cli.lighttable.background import Background
from galleria_cli.lighttable.right_of_way import RightOfWay
from galleria_cli.lighttable.shelf import Shelf, ShelfItem
from galleria_cli.shot_files import hash_of, with_moments_beside, with_zone
from galleria_storage.bulk.run import as_they_finish
from galleria_storage.clocks.partners import with_cameras_of_partners
from galleria_storage.clocks.reading import read_shot
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.takeout import is_takeout_name, moment_in
from galleria_storage.errors import CorruptPhotoError, GalleriaError
from galleria_storage.photos.endings import check_ending
from galleria_storage.photos.formats import is_correctable
from galleria_storage.photos.photo import plan_photo
from galleria_storage.photos.plan import NOTHING
from galleria_storage.photos.source import RangedSource
from galleria_storage.publishing.photo_keys import is_ignored

_THREADS: Final = 2
_MOST_TOLD: Final = 64 * 1024 + 1


class Found(NamedTuple):
    """One file on the table.

    Attributes
    ----------
    number
        Its place in the list of files; the page uses it as id.
    item
        The file.
    shot
        What it says.
    problem
        Why it cannot be read, or what is wrong with it; empty: nothing.
    sidecar
        Whether its name says that it belongs to another file, or is ignored.
    tells
        The moment that it gives for the photo beside it, if it is Google Takeout's.
    """

    number: int
    item: ShelfItem
    shot: Shot
    problem: str = ""
    sidecar: bool = False
    tells: datetime | None = None


class Gathering(Background):
    """Reads every file of a shelf once.

    Parameters
    ----------
    shelf
        Where the files are.
    way
        Lets more urgent work go first.
    """

    def __init__(self, shelf: Shelf, way: RightOfWay) -> None:
        self._shelf = shelf
        self._way = way
        self._items = shelf.items()
        self._found: list[Found] = []
        self._lock = threading.Lock()
        super().__init__("gathering")

    @property
    def total(self) -> int:
        """How many files there are."""
        return len(self._items)

    @property
    def finished(self) -> bool:
        """Whether all files have been read."""
        with self._lock:
            return len(self._found) == len(self._items)

    def found(self, start: int = 0) -> Sequence[Found]:
        """Return what has been read so far, beginning with the `start`-th file read."""
        with self._lock:
            return self._found[start:]

    def all(self) -> list[Found]:
        """Return what has been read so far, in the order of the files; a film has the camera of the photo beside it."""
        found = sorted(self.found(), key=lambda one: one.number)
        shots = with_cameras_of_partners(one.shot for one in found)
        shots = with_moments_beside(shots, {one.item.name: one.tells for one in found if one.tells})
        return [one._replace(shot=shot) for one, shot in zip(found, shots, strict=True)]

    def name_of(self, number: int) -> str | None:
        """Return the name of a file by its number; None if there is no such file."""
        return self._items[number].name if 0 <= number < len(self._items) else None

    def _run(self) -> None:
        with closing(as_they_finish(self._read, enumerate(self._items), _THREADS)) as results:
            for one in results:
                if self._stopped.is_set():
                    return
                with self._lock:
                    self._found.append(one)

    def _read(self, numbered: tuple[int, ShelfItem]) -> Found:
        number, item = numbered
        self._way.give()
        blank = Shot(item.name)
        if self._stopped.is_set() or item.problem:
            return Found(number, item, blank, item.problem)
        if is_ignored(item.name):
            return Found(number, item, blank, sidecar=True)
        try:
            with self._shelf.open(item.name) as source:
                if is_takeout_name(item.name):
                    moment = moment_in(source.read(0, min(source.size, _MOST_TOLD)))
                    return Found(number, item, blank, sidecar=moment is not None, tells=moment)
                shot = with_zone(read_shot(item.name, source, hash_of))
                return Found(number, item, shot, _damage(shot, source))
        except GalleriaError as error:
            return Found(number, item, blank, error.message)
        except OSError as error:
            return Found(number, item, blank, f"it cannot be read: {error.strerror or error}")


def _damage(shot: Shot, source: RangedSource) -> str:
    """Say why a file without a time would be rejected; empty if it would not be."""
    if shot.clock is not None or not shot.media_type:
        return ""
    try:
        if is_correctable(shot.media_type):
            plan_photo(source, NOTHING, shot.media_type)
        else:
            check_ending(source, shot.media_type)
    except CorruptPhotoError as error:
        return error.message
    except GalleriaError:
        return ""
    return ""
