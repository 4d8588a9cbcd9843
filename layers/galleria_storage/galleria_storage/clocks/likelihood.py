"""How well one camera's shots fit the times at which others photographed, for every difference between the clocks.

When many people photograph, so does a camera that was there. Its shots are treated as samples from the density of the
others' shots, which is a sum of narrow and wide kernels (a moment, a scene, a day), and the logarithm of the likelihood
is compared for all differences: a cross-correlation of point processes (kernels: Silverman, "Density Estimation", 1986,
2.4). Shots come in bursts and are not independent, so likelihoods count less: see `OVERDISPERSION`.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import log
from operator import add
from typing import Final, NamedTuple

OVERDISPERSION: Final = 4.0
"""Divisor of the logarithm, found with generated weddings (`make weddings`)."""

_BURST: Final = 8.0
"""Seconds: a shot that follows sooner belongs to the same press of the button."""

_KERNELS: Final = ((10, 0.25), (60, 0.30), (300, 0.30), (2700, 0.13))
"""Half width in seconds, and weight: a moment, the time around it, a scene, a part of the day."""

_ANYWHERE: Final = 0.02
"""Weight of photos that have nothing to do with those of others."""

_MARGIN: Final = 6 * 3600


def presses(times: Iterable[float]) -> list[float]:
    """Return the first time of each burst."""
    found: list[float] = []
    last = float("-inf")
    for time in sorted(times):
        if time - last > _BURST:
            found.append(time)
        last = time
    return found


class Lags(NamedTuple):
    """The differences that are compared: `number` of them, beginning with `first`, `step` seconds apart."""

    first: float
    step: float
    number: int

    def at(self, index: int) -> float:
        """Return a difference, in seconds."""
        return self.first + self.step * index


def lags_between(low: float, high: float, step: float) -> Lags:
    """Return the differences from one to another."""
    return Lags(low, step, max(1, round((high - low) / step) + 1))


class Density:
    """The logarithm of the density of shots over time.

    Parameters
    ----------
    cameras
        For each camera, when its button was pressed, in seconds.
    step
        Seconds between two points at which the density is known.
    """

    def __init__(self, cameras: Sequence[Sequence[float]], step: float) -> None:
        used = [times for times in cameras if times]
        self._step = step
        self._begin = min(min(times) for times in used) - _MARGIN
        size = round((max(max(times) for times in used) + _MARGIN - self._begin) / step) + 1
        shots = [0.0] * size
        for times in used:
            weight = 1 / len(times) ** 0.5  # a camera with a hundred times as many shots counts ten times as much
            for time in times:
                shots[round((time - self._begin) / step)] += weight
        floor = _ANYWHERE * sum(shots) / size
        kernels = [
            [weight * value for value in _smoothed(shots, max(1, round(width / step)))] for width, weight in _KERNELS
        ]
        self._nowhere = log(floor)
        #: In reverse: a larger difference means an earlier moment.
        self._backwards = [log(floor + sum(values)) for values in zip(*kernels, strict=True)][::-1]

    def fit(self, times: Sequence[float], lags: Lags) -> list[float]:
        """Return, for each difference, the logarithm of the likelihood of shots at these times, before its division."""
        if lags.step != self._step:
            raise ValueError(f"the step is {lags.step}; {self._step} is allowed")
        total = [0.0] * lags.number
        size, number = len(self._backwards), lags.number
        for time in times:
            # At difference number k, the shot was taken at point `point` - k of the density.
            point = round((time - lags.first - self._begin) / self._step)
            start = size - 1 - point  # where the reversed list has point `point`
            before, stop = min(max(-start, 0), number), min(max(size - start, 0), number)
            here = self._backwards[max(start, 0) : max(start + stop, 0)]
            values = [self._nowhere] * before + here + [self._nowhere] * (number - before - len(here))
            total = list(map(add, total, values))
        return total


def _smoothed(values: Sequence[float], width: int) -> list[float]:
    """Average over boxes twice, which gives triangles."""
    return _boxes(_boxes(values, width), width)


def _boxes(values: Sequence[float], width: int) -> list[float]:
    sums = [0.0, *accumulate(values)]
    size = len(values)
    return [
        (sums[min(size, index + width + 1)] - sums[max(0, index - width)]) / (2 * width + 1) for index in range(size)
    ]
