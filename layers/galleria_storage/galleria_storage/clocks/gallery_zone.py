"""The zone in which photos were taken, according to others taken at about the same moment."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.offset_tags import is_phone
from galleria_storage.clocks.offsets import nearest_offset, zone_text

_NEAR: Final = timedelta(hours=36)
_WRONG: Final = timedelta(minutes=40)
"""How wrong a clock may be so that the zone closest to its difference from GPS time still counts."""

_MOST: Final = 200
"""How many moments of a camera are looked up."""


class GalleryZone:
    """Zones by moment.

    Parameters
    ----------
    named
        For each source, moments in UTC and the zone that a photo gives for each; the better source first, and only the
        first that gives anything counts.
    """

    def __init__(self, *named: Iterable[tuple[datetime, str]]) -> None:
        self._named: list[tuple[datetime, str]] = []
        for source in named:
            self._named = self._named or sorted(source)

    def most_common(self) -> str:
        """Return the zone that most photos give; empty if none gives one."""
        counts = Counter(zone for _, zone in self._named)
        return counts.most_common(1)[0][0] if counts else ""

    def at(self, moments: Iterable[datetime]) -> str:
        """Return the most common zone near some moments, within a day and a half of them."""
        listed = list(moments)
        step = -(-len(listed) // _MOST) or 1
        counts = Counter(zone for moment in listed[::step] if (zone := self.near(moment)))
        return counts.most_common(1)[0][0] if counts else ""

    def near(self, moment: datetime) -> str:
        """Return the zone given nearest to a moment; empty if nothing is within a day and a half."""
        index = bisect_left(self._named, (moment, ""))
        around = self._named[max(0, index - 1) : index + 1]
        near = [(abs(named - moment), zone) for named, zone in around]
        distance, zone = min(near, default=(timedelta.max, ""))
        return zone if distance <= _NEAR else ""


def zones_of(cameras: Iterable[Camera]) -> GalleryZone:
    """Return the zones that photos give: by place, offset tags of phones or cameras, or GPS time without a place."""
    places: list[tuple[datetime, str]] = []
    phones, tags, times = places[:], places[:], places[:]
    for camera in cameras:
        for shot in camera.shots:
            moment = shot.gps or shot.moment or shot.clock
            if shot.zone and moment:
                places.append((moment, shot.zone))
            if shot.tells_clock and shot.offset is not None and shot.moment:
                (phones if is_phone(camera.name) else tags).append((shot.moment, zone_text(shot.offset)))
            if shot.tells_clock and shot.clock and shot.gps:
                minutes = nearest_offset(shot.clock - shot.gps)
                if abs(shot.clock - shot.gps - timedelta(minutes=minutes)) <= _WRONG:
                    times.append((shot.gps, zone_text(minutes)))
    return GalleryZone(places, phones, tags, times)
