"""The same moments in two cameras: the difference between the clocks at which their photos coincide.

Everybody presses the button when the cake is cut. `likelihood` says how well the shots of a camera fit those of others
for each difference. A difference is accepted only if it wins beyond doubt (Bayes' rule; the errors that people make are
likelier than others: none, whole hours, steps between zones, then anything), if it still wins without any sixth of the
photos, and if the mirrored sequence of photos does not fit as well. Cameras that were never at the same place fail one
of these tests.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp, log
from typing import Final, NamedTuple

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import Confidence, Evidence, spoken, tolerance_text
from galleria_storage.clocks.likelihood import OVERDISPERSION, Density, Lags, lags_between, presses

EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 # seconds are counted from here, on whatever clock
STEP: Final = 20.0
_AROUND: Final = 38 * 3600.0
"""Seconds: a clock in the farthest zone, and a day wrong."""

_LONGEST: Final = 45 * 86_400.0
"""Seconds: a reset clock is only compared with a gallery that is not longer than this."""

_FEWEST: Final = 8
_MOST: Final = 300
"""How many presses are compared: more would not add evidence."""

_PARTS: Final = 6
_WINDOWS: Final = (60.0, 120.0, 180.0, 300.0)
_SURE, _SURE_IN_PARTS, _BEYOND_MIRROR = 0.985, 0.9, 3.0
_GUESS: Final = 0.7
_MORE: Final = 120.0
"""Seconds added to the window: people do not press the button at once, nor all in the same place."""

_NEAR_STEP: Final = 150.0


class Others(NamedTuple):
    """The shots of cameras whose clocks are known.

    Attributes
    ----------
    density
        When they were taken.
    first, last
        The first and the last of them, in seconds since `EPOCH`, in UTC.
    names
        The cameras, for people.
    """

    density: Density
    first: float
    last: float
    names: str


def seconds(time: datetime) -> float:
    """Return the seconds since `EPOCH`."""
    return (time - EPOCH).total_seconds()


def others_of(cameras: Sequence[tuple[str, Sequence[datetime]]]) -> Others | None:
    """Return the shots to compare other cameras with; None if there are not enough.

    Parameters
    ----------
    cameras
        For each camera, its name and the moments of its shots in UTC.
    """
    times = [presses(map(seconds, moments)) for _, moments in cameras]
    if sum(map(len, times)) < _FEWEST:
        return None
    first, last = min(min(one) for one in times if one), max(max(one) for one in times if one)
    if last - first > _LONGEST:
        return None
    names = [name for (name, _), one in zip(cameras, times, strict=True) if one]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
    return Others(Density(times, STEP), first, last, shown)


def moments_evidence(camera: Camera, others: Others, home: timedelta) -> Evidence | None:
    """Compare a camera with others; None if they have nothing in common.

    Parameters
    ----------
    camera
        The camera whose clock is unknown.
    others
        Those whose clocks are known.
    home
        How far a right clock would be ahead of UTC.
    """
    pressed = _thinned(presses(seconds(shot.clock) for shot in camera.timed if shot.clock))
    lags = _lags(pressed, others, home.total_seconds()) if len(pressed) >= _FEWEST else None
    if lags is None:
        return None
    usual = _usual(lags, home.total_seconds())
    parts = [others.density.fit(part, lags) for part in _parts(pressed)]
    fit = [sum(values) for values in zip(*parts, strict=True)]
    posterior = [value / OVERDISPERSION + prior for value, prior in zip(fit, usual, strict=True)]
    best = max(range(lags.number), key=posterior.__getitem__)
    window, mass = _window(posterior, best)
    if mass < _GUESS:
        return None
    sure = mass >= _SURE
    if sure:
        left = (
            _mass(_without(posterior, part), best, window) for part in parts
        )  # leave out each sixth of the photos once
        sure = all(mass >= _SURE_IN_PARTS for mass in left)
    if sure:
        mirrored = others.density.fit([pressed[0] + pressed[-1] - time for time in pressed], lags)
        rival = max(value / OVERDISPERSION + prior for value, prior in zip(mirrored, usual, strict=True))
        sure = posterior[best] - rival >= _BEYOND_MIRROR
    ahead = timedelta(seconds=_on_step(lags.at(best), home.total_seconds(), window))
    confidence: Confidence = "likely" if sure else "guess"
    tolerance = timedelta(seconds=window + _MORE)
    off = ahead - home
    words = f"photographs at the same moments as {others.names} if the clock is {_off(off)} {tolerance_text(tolerance)}"
    return Evidence("many moments", words, confidence, ahead, tolerance, photos=len(camera.timed))


def _off(span: timedelta) -> str:
    if not span:
        return "right"
    return f"{spoken(abs(span))[1:]} {'fast' if span > timedelta() else 'slow'}"


def _thinned(pressed: list[float]) -> list[float]:
    step = -(-len(pressed) // _MOST)
    return pressed[::step] if step > 1 else pressed


def _lags(pressed: Sequence[float], others: Others, home: float) -> Lags | None:
    """Return the possible differences; None if the clock is too far off, or the time span is too long."""
    low, high = pressed[0] - others.last, pressed[-1] - others.first
    if low <= home + _AROUND and high >= home - _AROUND:
        return lags_between(home - _AROUND, home + _AROUND, STEP)
    return lags_between(low, high, STEP) if high - low <= _LONGEST else None


def _usual(lags: Lags, home: float) -> list[float]:
    """Return the logarithm of the prior probability of each difference; flat for a clock that was reset."""
    if abs(lags.at(lags.number // 2) - home) > STEP:
        return [0.0] * lags.number
    return [log(_how_usual(abs(lags.at(index) - home))) for index in range(lags.number)]


def _how_usual(off: float) -> float:
    """Return the prior density of an error: clocks are right, an hour wrong, in another zone, or just wrong."""
    density = 0.35 / (2 * _AROUND)
    if off <= _NEAR_STEP:
        return density + 0.3 / (2 * _NEAR_STEP)
    if abs(off - round(off / 3600) * 3600) <= _NEAR_STEP:
        return density + 0.3 / (2 * _NEAR_STEP * 28)
    if abs(off - round(off / 900) * 900) <= _NEAR_STEP:
        return density + 0.03 / (2 * _NEAR_STEP * 84)
    return density + 0.1 / 7200 if off <= 3600 else density  # noqa: PLR2004 # within the hour


def _parts(pressed: Sequence[float]) -> list[Sequence[float]]:
    number = max(2, min(_PARTS, len(pressed) // 5))
    return [pressed[part * len(pressed) // number : (part + 1) * len(pressed) // number] for part in range(number)]


def _without(posterior: Sequence[float], part: Sequence[float]) -> list[float]:
    return [value - own / OVERDISPERSION for value, own in zip(posterior, part, strict=True)]


def _window(posterior: Sequence[float], best: int) -> tuple[float, float]:
    """Return the smallest tolerance with nearly all of the probability, and how much that is."""
    for window in _WINDOWS:
        mass = _mass(posterior, best, window)
        if mass >= _SURE:
            break
    return window, mass


def _mass(posterior: Sequence[float], best: int, window: float) -> float:
    """Return the share of the probability within a window around the best difference."""
    top = max(posterior)
    weights = [exp(value - top) for value in posterior]
    reach = round(window / STEP)
    return sum(weights[max(0, best - reach) : best + reach + 1]) / sum(weights)


def _on_step(lag: float, home: float, window: float) -> float:
    """Return the difference in whole hours (or quarters, between zones), if that is within the tolerance."""
    off = lag - home
    for unit in (3600, 900):
        step = round(off / unit) * unit
        if abs(off - step) <= min(window, _NEAR_STEP):
            return home + step
    return lag
