"""A clock that runs too fast or too slow: `drift` and `drift-from` in a rule of `galleria.toml`.

``shift = "+46s"``, ``drift = 1.5``, ``drift-from = "2024-06-15T12:00"`` add 46 seconds to a photo taken at noon of that
day by the camera's clock, and 1.5 seconds more for each day after that, or less for each day before.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Final, NamedTuple

from galleria_cli.rules.clock_times import clock_time
from galleria_cli.rules.short_forms import name_of
from galleria_storage.corrections.correction_keys import CAMERA_ZONE, SHIFT, TIMESTAMP
from galleria_storage.corrections.durations import parse_shift, shift_text
from galleria_storage.errors import CorrectionError

DRIFT: Final = "drift"
DRIFT_FROM: Final = "drift-from"
DRIFT_KEYS: Final = (DRIFT, DRIFT_FROM)
_LARGEST: Final = 600
"""Seconds a day; a clock that drifts more than this is broken."""

_MILLISECOND: Final = 1000


class Drift(NamedTuple):
    """How a clock drifts.

    Attributes
    ----------
    seconds
        To be added for each day.
    since
        Time on the camera's clock at which the drift is zero.
    """

    seconds: float
    since: datetime

    def applied(self, asked: Mapping[str, str], taken: datetime | None) -> Mapping[str, str]:
        """Return the corrections of a photo, with the shift for its own time, to the millisecond.

        A photo without a capture time gets the shift alone, which will be refused.
        """
        shift = parse_shift(asked.get(SHIFT, "0")) or 0
        if taken is not None:
            drifted = self.seconds * ((taken - self.since) / timedelta(days=1))
            shift += round(drifted * 1000) * _MILLISECOND
        return {**asked, SHIFT: shift_text(shift)}


def drift_of(rule: Mapping[str, Any], asked: Mapping[str, str], where: str) -> Drift | None:
    """Read the two keys of a rule; None if it has neither.

    Parameters
    ----------
    rule
        All its keys, as they are written.
    asked
        What it asks, in the correction language.
    where
        What to call the rule in an error.

    Raises
    ------
    CorrectionError
        One of them is missing or cannot be understood, or the rule sets a time, which cannot drift.
    """
    given = {key: rule[key] for key in DRIFT_KEYS if key in rule}
    if not given:
        return None
    for missing, other in ((DRIFT, DRIFT_FROM), (DRIFT_FROM, DRIFT)):
        if missing not in given:
            raise CorrectionError(f"{where} has {other} without {missing}; both are needed", tag=missing)
    seconds, since = given.get(DRIFT), clock_time(given.get(DRIFT_FROM))
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not isfinite(seconds):
        raise CorrectionError(f"{where}: drift is {seconds!r}; allowed are seconds per day, such as 1.5", tag=DRIFT)
    if abs(seconds) > _LARGEST:
        raise CorrectionError(
            f"{where}: drift is {seconds}; allowed are -{_LARGEST} to {_LARGEST} s per day", tag=DRIFT
        )
    if since is None:
        raise CorrectionError(
            f"{where}: drift-from is {given.get(DRIFT_FROM)!r}; allowed is the time on the camera's clock at which "
            'shift alone is right, such as "2024-06-15T12:00"',
            tag=DRIFT_FROM,
        )
    if TIMESTAMP in asked or CAMERA_ZONE in asked:
        other = name_of(TIMESTAMP if TIMESTAMP in asked else CAMERA_ZONE, rule)
        raise CorrectionError(f"{where}: drift and {other} contradict each other; drift goes with shift", tag=DRIFT)
    return Drift(float(seconds), since)
