"""Shots grouped by the camera that took them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from galleria_storage.clocks.shots import Shot

#: Folders that cameras make, and the one around them: Design rule for Camera File system (CIPA DC-009) 3.2.
_MADE_BY_CAMERA: Final = re.compile(r"DCIM|[1-9]\d\d[0-9A-Z_]{5}", re.IGNORECASE | re.ASCII)
_LEAP: Final = timedelta(days=180)
_NEVER: Final = datetime(1, 1, 1)  # noqa: DTZ001 # sorts those without a time, which come last anyway
_NUMBER: Final = re.compile(r"(.*?)(\d{3,6})\D*")


class Camera(NamedTuple):
    """A camera and its shots.

    Attributes
    ----------
    name
        Maker and model; empty if the photos do not say.
    serial
        Serial number of the body; empty if they do not say.
    folders
        The folders that distinguish it from others of its kind; empty if name and serial number do.
    shots
        By clock, those without a time last.
    between
        First and last time on its clock, if these are only some of its shots: those between two leaps of the clock by
        half a year or more, or those in one zone of a journey.
    """

    name: str
    serial: str
    folders: tuple[str, ...]
    shots: tuple[Shot, ...]
    between: tuple[datetime, datetime] | None = None

    @property
    def label(self) -> str:
        """A name for people, different from every other camera's in the folder; without the whole serial number."""
        parts = [self.name or "no camera named"]
        if self.serial:
            parts.append(f"no. …{self.serial[-4:]}")
        if self.folders:
            parts.append(f"in {' and '.join(folder or 'the topmost folder' for folder in self.folders)}")
        if self.between:
            first, last = (f"{time:%Y-%m-%d %H:%M}" for time in self.between)
            parts.append(f"its clock at {first}" if first == last else f"its clock from {first} to {last}")
        return ", ".join(parts)

    @property
    def key(self) -> tuple[str, str, tuple[str, ...], tuple[datetime, datetime] | None]:
        """What identifies it."""
        return self.name, self.serial, self.folders, self.between

    @property
    def timed(self) -> list[Shot]:
        """The photos that show the clock's time, in that order."""
        return [shot for shot in self.shots if shot.tells_clock]

    @property
    def first(self) -> datetime | None:
        """The first time on the clock."""
        return next((shot.clock for shot in self.shots if shot.clock), None)

    @property
    def last(self) -> datetime | None:
        """The last time on the clock."""
        return next((shot.clock for shot in reversed(self.shots) if shot.clock), None)


def grouped(shots: Iterable[Shot]) -> list[Camera]:
    """Group shots by maker, model and serial number; without a serial number, by folder, too.

    Folders that a camera makes itself (``DCIM/100CANON``) do not count. Folders whose photos continue one numbering
    belong to one camera: somebody sorted them. Shots without a serial number join the only camera of the same model
    that has one: films often lack it.
    """
    bodies: dict[tuple[str, str], list[Shot]] = {}
    for shot in shots:
        bodies.setdefault((shot.camera, shot.serial), []).append(shot)
    for name, serial in list(bodies):
        others = [key for key in bodies if key[0] == name and key[1]]
        if name and not serial and len(others) == 1:
            bodies[others[0]] += bodies.pop((name, serial))
    cameras = [
        part
        for (name, serial), found in bodies.items()
        for folders, group in _by_body(name, serial, found)
        for part in _parts(Camera(name, serial, folders, _in_order(group)))
    ]
    return sorted(cameras, key=lambda camera: (not camera.name, -len(camera.shots), camera.label))


def _parts(camera: Camera) -> list[Camera]:
    """Split a camera where its clock leaps by half a year or more; shots without a time stay with the last part."""
    if not camera.name:
        return [camera]
    timed = [shot for shot in camera.shots if shot.clock]
    starts = [
        index
        for index, (one, other) in enumerate(pairwise(timed), 1)
        if one.clock and other.clock and other.clock - one.clock >= _LEAP
    ]
    if not starts:
        return [camera]
    ends = [*starts, len(camera.shots)]
    groups = [camera.shots[start:end] for start, end in zip([0, *starts], ends, strict=True)]
    clocks = [[shot.clock for shot in group if shot.clock] for group in groups]
    return [
        camera._replace(shots=group, between=(times[0], times[-1])) for group, times in zip(groups, clocks, strict=True)
    ]


def file_number(name: str) -> tuple[str, int] | None:
    """Return name and number of a numbered file: ``IMG_`` and 123 of ``a/IMG_0123.JPG``; None if it has none."""
    stem = name.rpartition("/")[2].partition(".")[0]
    match = _NUMBER.fullmatch(stem)
    return (match[1].upper(), int(match[2])) if match else None


def _in_order(shots: Iterable[Shot]) -> tuple[Shot, ...]:
    return tuple(sorted(shots, key=lambda shot: (shot.clock is None, shot.clock or _NEVER, shot.name)))


def _by_body(name: str, serial: str, shots: Sequence[Shot]) -> Iterator[tuple[tuple[str, ...], list[Shot]]]:
    if serial:
        yield (), list(shots)
        return
    folders: dict[str, list[Shot]] = {}
    for shot in shots:
        folders.setdefault(_folder(shot), []).append(shot)
    if name and (len(folders) == 1 or _numbered_on(folders.values())):
        yield (), list(shots)
        return
    for folder, group in folders.items():
        yield (folder,), group


def _folder(shot: Shot) -> str:
    return "/".join(part for part in shot.folder.split("/") if not _MADE_BY_CAMERA.fullmatch(part))


def _numbered_on(groups: Iterable[Sequence[Shot]]) -> bool:
    """Whether the photos of several folders are numbered in one sequence, in the order of the clock."""
    numbers: list[tuple[datetime, int]] = []
    names = set()
    for group in groups:
        for shot in group:
            if shot.tells_clock and shot.clock:
                found = file_number(shot.name)
                if found is None:
                    return False
                names.add(found[0])
                numbers.append((shot.clock, found[1]))
    numbers.sort()
    return len(names) == 1 and all(one[1] < other[1] for one, other in pairwise(numbers))
