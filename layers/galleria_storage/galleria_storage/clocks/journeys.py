"""A clock that was not adjusted on a journey, or when summer time ended: its photos need more than one shift.

The clock was ahead of UTC by the same amount all the time, but the zone of the photos changed; the proposal is split
there, so that each part gets its own rule.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from galleria_storage.clocks.gallery_zone import GalleryZone
from galleria_storage.clocks.offsets import offset_in
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.verdict import Proposal

_KNOWN: Final = frozenset({"right", "certain", "likely"})
_MOST: Final = 8
"""Most parts; more would not be a journey, but places near a border."""


class _Placed(NamedTuple):
    shot: Shot
    zone: str
    offset: timedelta


def by_zone(proposal: Proposal, zones: GalleryZone) -> list[Proposal]:
    """Split a proposal by the zones in which its photos were taken; return it alone if there is only one."""
    if proposal.shift is None or not proposal.zone or proposal.confidence not in _KNOWN:
        return [proposal]
    home = _home(proposal)
    placed = list(_placed(proposal, zones, home))
    parts = [list(part) for _, part in groupby(placed, key=lambda one: one.offset)]
    if not 1 < len(parts) <= _MOST:
        return [proposal]
    untimed = tuple(shot for shot in proposal.camera.shots if shot.clock is None)
    return [_part(proposal, part, home, untimed if part is parts[-1] else ()) for part in parts]


def _home(proposal: Proposal) -> timedelta:
    """Return how far the corrected clock is ahead of UTC everywhere, by the offset at the beginning."""
    first = proposal.camera.first
    return offset_in(proposal.zone, proposal.corrected(first)) if first else timedelta()


def _placed(proposal: Proposal, zones: GalleryZone, home: timedelta) -> Iterator[_Placed]:
    for shot in proposal.camera.shots:
        if shot.clock:
            moment = proposal.corrected(shot.clock) - home
            zone = zones.near(moment) or proposal.zone
            yield _Placed(shot, zone, offset_in(zone, moment + offset_in(zone, moment)))


def _part(proposal: Proposal, part: list[_Placed], home: timedelta, untimed: tuple[Shot, ...]) -> Proposal:
    clocks: list[datetime] = [one.shot.clock for one in part if one.shot.clock]
    zone = Counter(one.zone for one in part).most_common(1)[0][0]
    shift = (proposal.shift or timedelta()) + part[0].offset - home
    if abs(shift) <= proposal.tolerance and not proposal.drift:
        shift = timedelta()
    sure = proposal.confidence in {"right", "certain"}
    confidence = ("certain" if shift or proposal.drift else "right") if sure else proposal.confidence
    camera = proposal.camera._replace(shots=(*(one.shot for one in part), *untimed), between=(clocks[0], clocks[-1]))
    return proposal._replace(camera=camera, zone=zone, shift=shift, confidence=confidence)
