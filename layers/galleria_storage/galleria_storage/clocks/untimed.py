"""Photos without a capture time: other evidence of when they were taken.

The date in the file's name, a copy of the picture that has a time, the neighbours in a numbered sequence, and Google
Takeout's JSON file. If they disagree, the answer is a guess, and all of them are shown.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.clocks.cameras import file_number
from galleria_storage.clocks.evidence import ORDER, Confidence, Source
from galleria_storage.clocks.file_names import time_in_name
from galleria_storage.clocks.offsets import offset_in
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.verdict import Proposal

_SAME_PICTURE: Final = 4
"""In how many of 128 bits copies of one picture may differ."""

_PLAIN: Final = range(32, 97)
_NEAR: Final = timedelta(minutes=2)
_FAR: Final = timedelta(hours=2)
_GAP: Final = 5


class Clue(NamedTuple):
    """What one source says."""

    source: Source
    time: datetime
    confidence: Confidence
    tolerance: timedelta
    words: str


class FoundTime(NamedTuple):
    """When a photo without a capture time was taken.

    Attributes
    ----------
    shot
        The photo.
    time
        Local time in the gallery's zone.
    confidence
        `likely` or `guess`.
    clues
        What the sources say; the deciding one first.
    """

    shot: Shot
    time: datetime
    confidence: Confidence
    clues: tuple[Clue, ...]


def find_times(proposals: Sequence[Proposal], zone: str) -> list[FoundTime]:
    """Find times for all shots that have none.

    Parameters
    ----------
    proposals
        For all cameras; shots are compared with the corrected times of the others.
    zone
        The gallery's zone; if it is unknown (empty), times in UTC cannot be used.
    """
    timed = [
        (shot, proposal.corrected(shot.clock))
        for proposal in proposals
        for shot in proposal.camera.shots
        if shot.clock and shot.tells_clock
    ]
    copies = _Copies(timed)
    sequence = _Sequence(timed)
    found = []
    for proposal in proposals:
        for shot in proposal.camera.shots:
            if shot.clock is None and shot.media_type:
                clues = [
                    one
                    for one in (_by_name(shot, zone), copies.of(shot), sequence.of(shot), _beside(shot, zone))
                    if one
                ]
                if clues:
                    found.append(_weighed(shot, clues))
    return sorted(found, key=lambda one: one.shot.name)


def _weighed(shot: Shot, clues: Iterable[Clue]) -> FoundTime:
    ordered = sorted(clues, key=lambda one: (-ORDER.index(one.confidence), one.tolerance))
    best = ordered[0]
    agree = all(abs(one.time - best.time) <= one.tolerance + best.tolerance for one in ordered)
    return FoundTime(shot, best.time, best.confidence if agree else "guess", tuple(ordered))


def _by_name(shot: Shot, zone: str) -> Clue | None:
    found = time_in_name(shot.name)
    if found is None or (found.is_utc and not zone):
        return None
    if found.is_day:
        half = timedelta(hours=14)
        return Clue(
            "file name", found.time, "guess", half, f"its name says {found.time:%Y-%m-%d}, a day without a time"
        )
    time = found.time + offset_in(zone, found.time) if found.is_utc else found.time
    return Clue("file name", time, "likely", timedelta(seconds=5), f"its name says {found.time:%Y-%m-%d %H:%M:%S}")


def _beside(shot: Shot, zone: str) -> Clue | None:
    if shot.beside is None or not zone:
        return None
    time = shot.beside + offset_in(zone, shot.beside)
    return Clue("Takeout", time, "guess", timedelta(hours=14), "the JSON file beside it, from Google Takeout")


class _Copies:
    """Photos with a time, by picture."""

    def __init__(self, timed: Iterable[tuple[Shot, datetime]]) -> None:
        self._known = [(shot, time) for shot, time in timed if shot.picture and shot.picture.bit_count() in _PLAIN]

    def of(self, shot: Shot) -> Clue | None:
        """Return the time of the photo with the same picture; None if none has it, or several that differ in time."""
        if not shot.picture or shot.picture.bit_count() not in _PLAIN:
            return None
        same = [
            (other, time) for other, time in self._known
            if other.picture and (other.picture ^ shot.picture).bit_count() <= _SAME_PICTURE
        ]  # fmt: skip
        if not same or max(time for _, time in same) - min(time for _, time in same) > _NEAR:
            return None
        other, time = same[0]
        return Clue("same picture", time, "likely", _NEAR, f"it is the same picture as {other.name}")


class _Sequence:
    """Photos with a time, by folder, name and number."""

    def __init__(self, timed: Iterable[tuple[Shot, datetime]]) -> None:
        self._known: dict[tuple[str, str], list[tuple[int, datetime]]] = {}
        for shot, time in timed:
            if number := file_number(shot.name):
                self._known.setdefault((shot.folder, number[0]), []).append((number[1], time))
        for known in self._known.values():
            known.sort()

    def of(self, shot: Shot) -> Clue | None:
        """Return a time between those of the neighbours; None if these are far apart, or not in numerical order."""
        number = file_number(shot.name)
        known = self._known.get((shot.folder, number[0]), []) if number else []
        if number is None or not known:
            return None
        at = bisect_left(known, (number[1], datetime(1, 1, 1)))  # noqa: DTZ001 # before all
        if not 0 < at < len(known):
            return None
        (before, earlier), (after, later) = known[at - 1], known[at]
        span = later - earlier
        if not timedelta() <= span <= _FAR or after - before > _GAP:
            return None
        time = earlier + span * ((number[1] - before) / (after - before))
        words = f"its neighbours were taken at {earlier:%H:%M:%S} and {later:%H:%M:%S}"
        sure: Confidence = "likely" if span <= _NEAR else "guess"
        return Clue("numbers", time.replace(microsecond=0), sure, span / 2 + timedelta(seconds=1), words)
