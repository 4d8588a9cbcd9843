"""Pictures that look alike, taken by two cameras: most show the same scene at the same moment.

Thumbnails are compared by their difference hash, 128 bits (N. Krawetz, "Kind of Like That", 2013; the library `dhash`).
Two photos of one scene from one side have nearly the same hash; so do two photos of the same wall, an hour apart. So a
difference between the clocks counts only if several alike pictures agree on it, and on no other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Evidence, tolerance_text
from galleria_storage.clocks.many_moments import EPOCH, seconds
from galleria_storage.clocks.spread import Sample, middle

_ALIKE: Final = 20
"""How many of 128 bits may differ."""

_PLAIN: Final = range(32, 97)
"""How many bits are set in a picture that shows something: a dark or empty one has few."""

_MOST: Final = 1500
_AROUND: Final = 38 * 3600.0
_WINDOW, _NEIGHBOURHOOD = 45.0, 300.0
_FEWEST, _FEWEST_EXPECTED = 5, 4
_AGAIN: Final = 600.0
"""If pictures look the same more seconds apart than this, they are ones that are taken again and again."""

_RIVALS: Final = 3600.0
"""Seconds around the possible differences in which no other may be met as often."""

_NOISE: Final = 5.0
_HABIT: Final = 15.0
"""Seconds by which one person may always be later than another."""


class Seen(NamedTuple):
    """When a picture was taken, in seconds since `EPOCH`, and its hash."""

    time: float
    picture: int


def seen(shots: Iterable[tuple[datetime | None, int | None]]) -> list[Seen]:
    """Return the useful pictures, in order, from at most `_MOST` that are evenly chosen.

    A dark picture is not useful, nor one that is taken again and again: the house, the dance floor.
    """
    found = sorted(
        Seen(seconds(time), picture)
        for time, picture in shots
        if time is not None and picture is not None and picture.bit_count() in _PLAIN
    )
    step = -(-len(found) // _MOST)
    return _once(found[::step] if step > 1 else found)


def _once(pictures: Sequence[Seen]) -> list[Seen]:
    """Return the pictures that do not look like one taken at another time."""
    again: set[int] = set()
    for index, one in enumerate(pictures):
        for later in range(index + 1, len(pictures)):
            other = pictures[later]
            if other.time - one.time > _AGAIN and (one.picture ^ other.picture).bit_count() <= _ALIKE:
                again |= {index, later}
    return [one for index, one in enumerate(pictures) if index not in again]


def pictures_evidence(
    camera: Camera, others: Sequence[Seen], home: timedelta, expected: Evidence | None
) -> Evidence | None:
    """Compare a camera's pictures with those of cameras whose clocks are known; None if they have nothing in common.

    Parameters
    ----------
    camera
        The camera whose clock is unknown.
    others
        Pictures of the others, by moment in UTC.
    home
        How far a right clock would be ahead of UTC.
    expected
        What other evidence says about it.
    """
    own = seen((shot.clock, shot.picture) for shot in camera.timed)
    known = expected if expected and expected.confidence == "likely" else None
    centre = (known.ahead if known and known.ahead is not None else home).total_seconds()
    reach = known.tolerance.total_seconds() + _WINDOW if known else _AROUND
    samples = _meetings(own, others, centre - reach - _RIVALS, centre + reach + _RIVALS)
    best = _densest([sample for sample in samples if abs(sample.seconds - centre) <= reach])
    fewest = _FEWEST_EXPECTED if known else _FEWEST
    if best is None or len(best) < fewest or not _stands_out(samples, best):
        return None
    found = middle(best, _NOISE)
    tolerance = timedelta(seconds=round(_HABIT + 3 * max(found.spread, _NOISE) / len(best) ** 0.5))
    ahead = timedelta(seconds=round(found.seconds))
    words = f"{len(best)} pictures look like those that others took at the same moment {tolerance_text(tolerance)}"
    since = found.since if found.drift else None
    return Evidence("same picture", words, "likely", ahead, tolerance, -found.drift, since, photos=len(best))


def _meetings(own: Sequence[Seen], others: Sequence[Seen], low: float, high: float) -> list[Sample]:
    """Return the differences between alike pictures: the most alike pair for each minute of the camera's clock."""
    found = []
    start = 0
    for one in own:
        while start < len(others) and one.time - others[start].time > high:
            start += 1
        for other in others[start:]:
            if one.time - other.time < low:
                break
            if (one.picture ^ other.picture).bit_count() <= _ALIKE:
                found.append(Sample(EPOCH + timedelta(seconds=one.time), one.time - other.time))
    return sorted(found, key=lambda sample: sample.seconds)


def _densest(samples: Sequence[Sample]) -> list[Sample] | None:
    """Return the differences in the window with the most of them, one for each minute of the camera's clock."""
    best: list[Sample] = []
    start = 0
    for stop, sample in enumerate(samples):
        while sample.seconds - samples[start].seconds > 2 * _WINDOW:
            start += 1
        if stop + 1 - start > len(best):
            best = list(samples[start : stop + 1])
    return _one_a_minute(best) or None


def _one_a_minute(samples: Iterable[Sample]) -> list[Sample]:
    by_clock = sorted(samples)
    minutes = groupby(by_clock, key=lambda sample: sample.clock.replace(second=0, microsecond=0))
    return [(alike := list(group))[len(alike) // 2] for _, group in minutes]


def _stands_out(samples: Sequence[Sample], best: Sequence[Sample]) -> bool:
    """Whether most alike pictures near the best difference agree with it, and no other has even a third as many."""
    centre = sum(sample.seconds for sample in best) / len(best)
    near = _one_a_minute(sample for sample in samples if abs(sample.seconds - centre) <= _NEIGHBOURHOOD)
    rest = [sample for sample in samples if abs(sample.seconds - centre) > _NEIGHBOURHOOD]
    rival = len(_densest(rest) or ())
    return 2 * len(best) >= len(near) and len(best) > 3 * rival
