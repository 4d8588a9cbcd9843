"""Thumbnails, made when they are first asked for and kept in the user's cache folder."""

import hashlib
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from galleria_cli.lighttable.pictures import small_picture
from galleria_cli.lighttable.right_of_way import RightOfWay
from galleria_cli.lighttable.shelf import Shelf
from galleria_storage.errors import UnsupportedFormatError

#: Pixels of the longer edge: in a lane, and in the window of one photo.
EDGES: Final = {"lane": 160, "window": 1200}
_VERSION: Final = "1"


class Thumbnails:
    """Small pictures of a shelf's photos.

    Parameters
    ----------
    shelf
        Where the photos are.
    cache
        Folder in which the pictures are kept; it may be deleted at any time.
    way
        Lets them go before reading in the background.
    """

    def __init__(self, shelf: Shelf, cache: Path, way: RightOfWay) -> None:
        self._shelf = shelf
        self._cache = cache
        self._way = way
        self._at_once = threading.Semaphore(max(os.cpu_count() or 1, 2))

    def picture(self, name: str, size: str) -> bytes:
        """Return a JPEG.

        Parameters
        ----------
        name
            A file on the shelf.
        size
            A key of `EDGES`.

        Raises
        ------
        GalleriaError
            It is not a picture, or it cannot be read.
        """
        with self._way.taken():
            place = self._place(name, size)
            with suppress(OSError):
                return _some(place.read_bytes())
            try:
                with self._at_once, self._shelf.open(name) as source:
                    picture = small_picture(source, EDGES[size])
            except UnsupportedFormatError:
                self._keep(place, b"")
                raise
            self._keep(place, picture)
            return picture

    def _place(self, name: str, size: str) -> Path:
        text = f"{_VERSION}\n{size}\n{self._shelf.identity(name)}"
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        return self._cache / digest[:2] / f"{digest[2:]}.jpg"

    def _keep(self, place: Path, picture: bytes) -> None:
        """Write it under another name first; if it cannot be saved, it is made again next time."""
        part = place.with_suffix(f".{threading.get_ident()}.part")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_bytes(picture)
            part.replace(place)


def _some(picture: bytes) -> bytes:
    """Return a saved picture; an empty one means that there is none."""
    if not picture:
        raise UnsupportedFormatError("there is no picture of it")
    return picture
