"""In which zone photos were taken, by what others say that were taken at about the same moment."""

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
"""By how much a clock may be wrong for its zone to be that which its difference from GPS time is closest to."""

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
        counts = Counter(zone for moment in listed[::step] if (zone := self.near(moment)))
        return counts.most_common(1)[0][0] if counts else ""

    def near(self, moment: datetime) -> str:
        """Return the zone that is named next to a moment; empty if nothing is within a day and a half."""
        index = bisect_left(self._named, (moment, ""))
        around = self._named[max(0, index - 1) : index + 1]
        near = [(abs(named - moment), zone) for named, zone in around]
        distance, zone = min(near, default=(timedelta.max, ""))
        return zone if distance <= _NEAR else ""


def zones_of(cameras: Iterable[Camera]) -> GalleryZone:
    """Return what photos say: their places, offset tags of phones, those of cameras, or GPS times without places."""
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
