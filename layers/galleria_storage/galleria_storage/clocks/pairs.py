"""Photos of the same moment by two cameras: they show the difference between the clocks, and whether it grows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.clocks.spread import DAY, Sample, middle

NOISE: Final = 1.0
"""Seconds: two people press the button at the same moment, and clocks show whole seconds."""


class Pair(NamedTuple):
    """What two clocks showed at one moment: the wrong one, and the trusted one."""

    wrong: datetime
    trusted: datetime


class Solved(NamedTuple):
    """What pairs show.

    Attributes
    ----------
    shift
        What to add to the wrong clock (at `since`, if it drifts).
    tolerance
        How far single pairs are from it.
    drift
        Seconds to add each day in addition; 0 for fewer than four pairs, or for pairs within six hours.
    since
        The wrong clock's time at which `shift` alone is right.
    outliers
        How many pairs contradict the others.
    """

    shift: timedelta
    tolerance: timedelta
    drift: float
    since: datetime
    outliers: int


def solve(pairs: Sequence[Pair]) -> Solved:
    """Return the shift, and the drift if there is one, with which the pairs agree.

    At least one pair is needed. Two pairs half a day or more apart are enough for a drift that a clock may have.
    """
    samples = [Sample(pair.wrong, (pair.trusted - pair.wrong).total_seconds()) for pair in pairs]
    found = middle(samples, NOISE)
    if len(pairs) in {2, 3} and (line := drift_of_two(sorted(samples))):
        return line
    spread = timedelta(seconds=max(NOISE, 3 * found.spread))
    return Solved(timedelta(seconds=found.seconds), spread, found.drift, found.since, found.outliers)


def drift_of_two(samples: Sequence[Sample]) -> Solved | None:
    """Return the line through the first and the last of a few pairs, if they are days apart and clearly differ."""
    first, last = samples[0], samples[-1]
    days = (last.clock - first.clock) / DAY
    change = last.seconds - first.seconds
    if days < 0.5 or not 2 * NOISE < abs(change) <= 60 * days:  # noqa: PLR2004 # no clock is worse than a minute a day
        return None
    drift = change / days
    rest = max(abs(one.seconds - first.seconds - drift * ((one.clock - first.clock) / DAY)) for one in samples)
    if rest > 2 * NOISE:
        return None
    return Solved(timedelta(seconds=first.seconds), timedelta(seconds=2 * NOISE), drift, first.clock, 0)
