"""In which zone photos were taken, by what others say that were taken at about the same moment."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

_NEAR: Final = timedelta(hours=36)
_MOST: Final = 200
"""Moments of a camera that are looked up."""


class GalleryZone:
    """Zones by moment.

    Parameters
    ----------
    named
        Moments in UTC, and the zone that a photo of each names; the better source first, and only the first that names
        anything counts.
    """

    def __init__(self, *named: Iterable[tuple[datetime, str]]) -> None:
        self._named: list[tuple[datetime, str]] = []
        for source in named:
            self._named = self._named or sorted(source)

    def most_common(self) -> str:
        """Return the zone that most photos name; empty if none names one."""
        counts = Counter(zone for _, zone in self._named)
        return counts.most_common(1)[0][0] if counts else ""

    def at(self, moments: Iterable[datetime]) -> str:
        """Return the zone that is named most often next to some moments, within a day and a half of them."""
        listed = list(moments)
        step = -(-len(listed) // _MOST) or 1
        counts = Counter(zone for moment in listed[::step] if (zone := self._near(moment)))
        return counts.most_common(1)[0][0] if counts else ""

    def _near(self, moment: datetime) -> str:
        index = bisect_left(self._named, (moment, ""))
        around = self._named[max(0, index - 1) : index + 1]
        near = [(abs(named - moment), zone) for named, zone in around]
        distance, zone = min(near, default=(timedelta.max, ""))
        return zone if distance <= _NEAR else ""
