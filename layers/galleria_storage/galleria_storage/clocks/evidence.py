"""A piece of evidence, and how much confidence it gives."""

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

Confidence = Literal["right", "certain", "likely", "guess", "unknown"]
"""`right`: the clock is proven to be right. `certain`: proven to be wrong, and by how much. `likely`: nearly always so.
`guess`: worth a look, and never applied without being asked for. `unknown`: there is no evidence."""

ORDER: Final[tuple[Confidence, ...]] = ("unknown", "guess", "likely", "certain", "right")

Source = Literal[
    "GPS", "shown clock", "same moment", "same picture", "many moments", "offset tag", "maker note", "place", "phone",
    "reset", "winter time", "half a day", "day and month", "file name", "Takeout", "numbers",
]  # fmt: skip


class Evidence(NamedTuple):
    """What one kind of evidence says about a camera's clock.

    Attributes
    ----------
    source
        What it is.
    words
        What it says, in a sentence for people.
    confidence
        How much confidence it gives by itself.
    ahead
        How far the clock was ahead of UTC, at `since` if it drifts; None if this does not say.
    tolerance
        By how much `ahead` may be wrong.
    drift
        Seconds to add each day, in addition to `ahead`.
    since
        Clock time at which `ahead` holds, if there is a drift.
    zone
        Zone of the photos: an IANA name, or ``±HH:MM``; empty if this does not say.
    photos
        How many photos say so.
    agrees
        Whether it agrees with the proposal; evidence that does not is shown, but never averaged.
    """

    source: Source
    words: str
    confidence: Confidence = "unknown"
    ahead: timedelta | None = None
    tolerance: timedelta = timedelta()
    drift: float = 0.0
    since: datetime | None = None
    zone: str = ""
    photos: int = 0
    agrees: bool = True


def at_most(one: Confidence, other: Confidence) -> Confidence:
    """Return the lower of two confidences."""
    return min(one, other, key=ORDER.index)


def photos_text(count: int) -> str:
    """Write a number of photos: ``1 photo``, ``2 photos``."""
    return f"{count} photo{'' if count == 1 else 's'}"


def photos_that(count: int, one: str, many: str) -> str:
    """Write a number of photos with its verb: ``1 photo says``, ``2 photos say``."""
    return f"{photos_text(count)} {one if count == 1 else many}"


def spoken(span: timedelta) -> str:
    """Write a time span as people say it and `galleria.toml` reads it: ``+1h46s``, ``-12m``, ``+0s``."""
    seconds = round(abs(span).total_seconds())
    units = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
    text = ""
    for name, unit in units:
        count, seconds = divmod(seconds, unit)
        text += f"{count}{name}" if count else ""
    return f"{'-' if span < timedelta() and text else '+'}{text or '0s'}"


def tolerance_text(span: timedelta) -> str:
    """Write a tolerance: ``±5s``."""
    return f"±{spoken(span)[1:]}"
