"""What to know before photos become public: what they reveal, and which files are duplicates."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from galleria_cli.lighttable.background import Background
from galleria_cli.lighttable.gathering import Found, Gathering
from galleria_cli.lighttable.right_of_way import RightOfWay
from galleria_cli.lighttable.shelf import Shelf
from galleria_storage.errors import GalleriaError
from galleria_storage.photos.formats import format_of, is_correctable
from galleria_storage.photos.private.removal import Removal, removal_patches
from galleria_storage.photos.source import RangedSource

#: What a copy may reveal, by the words of the key `remove`.
GROUPS: Final = ("location", "serial-numbers", "names", "captions", "faces")


class Examination(Background):
    """Examines the files in a thread, once they have been read; the only owner of what it finds.

    Parameters
    ----------
    shelf
        Where the files are.
    gathering
        What was read from them.
    way
        Lets more urgent work go first.
    """

    def __init__(self, shelf: Shelf, gathering: Gathering, way: RightOfWay) -> None:
        self._shelf = shelf
        self._gathering = gathering
        self._way = way
        self._lock = threading.Lock()
        self._revealed: dict[str, list[int]] = {group: [] for group in GROUPS}
        self._same: list[tuple[int, ...]] = []
        self._finished = False
        super().__init__("examination")

    def found(self) -> tuple[Mapping[str, Sequence[int]], Sequence[tuple[int, ...]], bool]:
        """Return the photos that reveal each group, the duplicate files, and whether everything has been examined."""
        with self._lock:
            return {group: list(numbers) for group, numbers in self._revealed.items()}, list(self._same), self._finished

    def _run(self) -> None:
        while not self._gathering.wait(0.2):
            if self._stopped.is_set():
                return
        files = [one for one in self._gathering.all() if not one.problem]
        same = [tuple(one.number for one in group) for group in self._duplicates(files)]
        with self._lock:
            self._same = same
        for one in files:
            if self._stopped.is_set():
                return
            self._way.give()
            groups = self._groups(one)
            with self._lock:
                for group in groups:
                    self._revealed[group].append(one.number)
        with self._lock:
            self._finished = True

    def _duplicates(self, files: Sequence[Found]) -> Iterator[list[Found]]:
        sizes: dict[int, list[Found]] = defaultdict(list)
        for one in files:
            if one.shot.media_type and not self._stopped.is_set():
                sizes[one.item.size].append(one)
        for group in sizes.values():
            if len(group) > 1:
                contents: dict[str, list[Found]] = defaultdict(list)
                for one in group:
                    contents[self._content_id(one)].append(one)
                yield from (same for known, same in contents.items() if known and len(same) > 1)

    def _content_id(self, one: Found) -> str:
        try:
            return self._shelf.content_id(one.shot.name)
        except (GalleriaError, OSError):
            return ""

    def _groups(self, one: Found) -> list[str]:
        if not is_correctable(one.shot.media_type):
            return []
        try:
            with self._shelf.open(one.shot.name) as source:
                return revealed(source, one.shot.media_type)
        except (GalleriaError, OSError):
            return []


def revealed(source: RangedSource, media_type: str) -> list[str]:
    """Return what a photo would reveal, by the groups of `remove`: everything that a removal would find in it."""
    blocks = format_of(media_type).metadata(source)
    found = []
    for group in GROUPS:
        try:
            tells = any(removal_patches(blocks, Removal.of((group,))))
        except GalleriaError:
            tells = True  # an unreadable block may contain anything
        if tells:
            found.append(group)
    return found
