"""The median of many differences, how far they spread, and a line through those that grow with time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple

DAY: Final = timedelta(days=1)
_TO_SIGMA: Final = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""

_LEAST_SPAN: Final = timedelta(hours=6)
_LEAST_POINTS: Final = 4
_MOST_PAIRS: Final = 20_000


class Sample(NamedTuple):
    """A difference, in seconds, and what the clock showed."""

    clock: datetime
    seconds: float


class Middle(NamedTuple):
    """What a list of differences agrees on.

    Attributes
    ----------
    seconds
        Their median; at `since` if they drift.
    spread
        Robust standard deviation of a single one, in seconds.
    outliers
        How many are far from it.
    number
        How many there are.
    drift
        By how many seconds they grow each day; 0 unless that is beyond doubt.
    since
        The clock time in the middle of them.
    """

    seconds: float
    spread: float
    outliers: int
    number: int
    drift: float
    since: datetime


def middle(samples: Sequence[Sample], noise: float) -> Middle:
    """Return what differences agree on.

    Parameters
    ----------
    samples
        At least one.
    noise
        Seconds by which a single one may be off anyway; a drift must be larger.
    """
    value, spread = _centre([sample.seconds for sample in samples], noise)
    near = [sample for sample in samples if abs(sample.seconds - value) <= _far(spread, noise)]
    first, last = min(near)[0], max(near)[0]
    since = (first + (last - first) / 2).replace(microsecond=0)
    drift = _drift(near, noise)
    if drift:
        values = [sample.seconds - drift * ((sample.clock - since) / DAY) for sample in near]
        value, spread = _centre(values, noise)
    return Middle(value, spread, len(samples) - len(near), len(samples), drift, since)


def _centre(values: Sequence[float], noise: float) -> tuple[float, float]:
    value = median(values)
    spread = _TO_SIGMA * median(abs(one - value) for one in values)
    near = [one for one in values if abs(one - value) <= _far(spread, noise)]
    return median(near), _TO_SIGMA * median(abs(one - median(near)) for one in near)


def _far(spread: float, noise: float) -> float:
    return max(6 * spread, 10 * noise)


def _drift(samples: Sequence[Sample], noise: float) -> float:
    """Return the slope by Theil and Sen: the median of the slopes of all pairs, which outliers hardly move."""
    if len(samples) < _LEAST_POINTS:
        return 0.0
    ordered = sorted(samples)
    span = ordered[-1].clock - ordered[0].clock
    if span < _LEAST_SPAN:
        return 0.0
    step = max(1, len(ordered) ** 2 // (2 * _MOST_PAIRS))
    slopes = [
        (other.seconds - one.seconds) / ((other.clock - one.clock) / DAY)
        for number, one in enumerate(ordered)
        for other in ordered[number + 1 :: step]
        if other.clock - one.clock >= span / 4
    ]
    slope = median(slopes) if slopes else 0.0
    rest = [sample.seconds - slope * ((sample.clock - ordered[0].clock) / DAY) for sample in ordered]
    flat = [sample.seconds for sample in ordered]
    shows = abs(slope) * (span / DAY) >= 2 * noise
    return slope if shows and _deviation(rest) <= _deviation(flat) * 0.7 else 0.0


def _deviation(values: Sequence[float]) -> float:
    centre = median(values)
    return sum(abs(value - centre) for value in values) / len(values)
