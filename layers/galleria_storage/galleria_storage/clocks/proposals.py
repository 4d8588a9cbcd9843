"""What each camera's clock needs: the strongest evidence decides, and all of it is shown.

Evidence that agrees does not make a proposal surer than its best piece, and evidence that disagrees is never averaged:
it is marked, and two strong pieces that contradict each other make a guess of the proposal.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.clocks.cameras import Camera, grouped
from galleria_storage.clocks.evidence import ORDER, Confidence, Evidence
from galleria_storage.clocks.gps_time import gps_evidence
from galleria_storage.clocks.offset_tags import offset_evidence
from galleria_storage.clocks.offsets import nearest_offset, offset_in, zone_text
from galleria_storage.clocks.place_zones import place_evidence
from galleria_storage.clocks.shots import Shot

DAY: Final = timedelta(days=1)
_SAME: Final = timedelta(seconds=2)
"""What two pieces of evidence may differ beyond their tolerances."""


class Hints(NamedTuple):
    """What people know beforehand.

    Attributes
    ----------
    zone
        Zone in which the photos were taken: an IANA name or ``±HH:MM``; empty if nobody said.
    right
        Labels or names of cameras whose clocks are known to be right.
    """

    zone: str = ""
    right: frozenset[str] = frozenset()


class Proposal(NamedTuple):
    """What a camera's clock needs.

    Attributes
    ----------
    camera
        The camera with its shots.
    confidence
        How sure it is; see `Confidence`.
    shift
        What to add to the clock (at `since`, if it drifts); zero if it is right, None if nothing tells.
    zone
        The zone in which the photos were taken: an IANA name or ``±HH:MM``; empty if nothing tells.
    tolerance
        By how much `shift` may be wrong.
    drift
        Seconds to add each day in addition to `shift`.
    since
        Clock time at which `shift` alone is right, if there is a drift.
    evidence
        All of it, what decided first.
    """

    camera: Camera
    confidence: Confidence
    shift: timedelta | None
    zone: str = ""
    tolerance: timedelta = timedelta()
    drift: float = 0.0
    since: datetime | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def changes_clock(self) -> bool:
        """Whether it asks for another time."""
        return bool(self.shift or self.drift)

    def corrected(self, clock: datetime) -> datetime:
        """Return the time that the clock should have shown, in the photos' zone."""
        drifted = timedelta(seconds=self.drift * ((clock - self.since) / DAY)) if self.since else timedelta()
        return clock + (self.shift or timedelta()) + drifted

    def moment(self, shot: Shot) -> datetime | None:
        """Return the moment, naive, in UTC, at which a shot was taken, as far as this proposal tells."""
        if shot.clock is None or not self.zone or self.shift is None:
            return None if self.changes_clock else (shot.moment or shot.gps)
        local = self.corrected(shot.clock)
        return local - offset_in(self.zone, local)


def propose(shots: Iterable[Shot], hints: Hints = Hints()) -> list[Proposal]:  # noqa: B008 # a NamedTuple
    """Say what the clock of each camera needs.

    Parameters
    ----------
    shots
        All files of a gallery.
    hints
        What people know beforehand.
    """
    cameras = grouped(shots)
    own = [_own_evidence(camera) for camera in cameras]
    common = hints.zone or _common_zone(own)
    return [_proposal(camera, found, hints.zone, common) for camera, found in zip(cameras, own, strict=True)]


def _own_evidence(camera: Camera) -> list[Evidence]:
    """Return what a camera's photos tell without those of others."""
    kinds = (gps_evidence, place_evidence, offset_evidence)
    return [found for kind in kinds if (found := kind(camera)) is not None]


def _common_zone(evidence: Iterable[Iterable[Evidence]]) -> str:
    """Return the zone that most photos name, by their places if there are any."""
    pieces = [piece for found in evidence for piece in found if piece.zone]
    for source in ("place", "phone", "offset tag"):
        counts: Counter[str] = Counter()
        for piece in pieces:
            if piece.source == source:
                counts[piece.zone] += piece.photos
        if counts:
            return counts.most_common(1)[0][0]
    return ""


def _proposal(camera: Camera, evidence: Sequence[Evidence], given: str, common: str) -> Proposal:
    ruling = max((one for one in evidence if _decides(one)), key=_weight, default=None)
    zone = given or next((one.zone for one in evidence if one.source == "place"), "") or common
    if ruling is None or camera.first is None:
        return Proposal(camera, "unknown", None, zone, evidence=tuple(evidence))
    shown = tuple(_compared(one, ruling) for one in sorted(evidence, key=lambda one: one is not ruling))
    if ruling.ahead is None:  # a clock that followed the zones of a journey
        return Proposal(camera, ruling.confidence, timedelta(), "", ruling.tolerance, evidence=shown)
    zone = zone or zone_text(nearest_offset(ruling.ahead))
    shift = _shift(camera.first, ruling.ahead, zone)
    confidence: Confidence = ruling.confidence
    if any(not one.agrees and _weight(one)[0] >= ORDER.index("likely") for one in shown):
        confidence = "guess"
    if abs(shift) <= ruling.tolerance and not ruling.drift:
        shift = timedelta()
        confidence = "right" if confidence == "certain" else confidence
    return Proposal(camera, confidence, shift, zone, ruling.tolerance, ruling.drift, ruling.since, shown)


def _decides(evidence: Evidence) -> bool:
    return evidence.ahead is not None or evidence.confidence == "right"


def _weight(evidence: Evidence) -> tuple[int, timedelta]:
    return ORDER.index(evidence.confidence), -evidence.tolerance


def _compared(one: Evidence, ruling: Evidence) -> Evidence:
    if one is ruling or one.ahead is None or ruling.ahead is None:
        return one
    return one._replace(agrees=abs(one.ahead - ruling.ahead) <= one.tolerance + ruling.tolerance + _SAME)


def _shift(clock: datetime, ahead: timedelta, zone: str) -> timedelta:
    """Return what a clock that was ahead of UTC must be moved by to show the time of a zone."""
    moment = clock - ahead
    local = moment + offset_in(zone, moment)
    return offset_in(zone, local) - ahead
