"""What a camera's clock needs: the strongest evidence decides, and all evidence is shown.

A proposal is never surer than its best piece of evidence. Evidence that disagrees is never averaged: it is marked, and
if two strong pieces contradict each other, the proposal is a guess.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import ORDER, Confidence, Evidence, at_most
from galleria_storage.clocks.offsets import nearest_offset, offset_in, zone_text
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.spread import DAY

_SAME: Final = timedelta(seconds=2)
"""By how much two pieces of evidence may differ beyond their tolerances."""


class Proposal(NamedTuple):
    """What a camera's clock needs.

    Attributes
    ----------
    camera
        The camera with its shots.
    confidence
        How sure it is; see `Confidence`.
    shift
        What to add to the clock (at `since`, if it drifts); zero if it is right, None if unknown.
    zone
        The zone in which the photos were taken: an IANA name or ``±HH:MM``; empty if unknown.
    tolerance
        By how much `shift` may be wrong.
    drift
        Seconds to add each day in addition to `shift`.
    since
        Clock time at which `shift` alone is right, if there is a drift.
    evidence
        All of it; the deciding piece first.
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
        """Whether the clock must be corrected."""
        return bool(self.shift or self.drift)

    def corrected(self, clock: datetime) -> datetime:
        """Return the time that the clock should have shown, in the photos' zone."""
        drifted = timedelta(seconds=self.drift * ((clock - self.since) / DAY)) if self.since else timedelta()
        return clock + (self.shift or timedelta()) + drifted

    def moment(self, shot: Shot) -> datetime | None:
        """Return the moment, naive, in UTC, at which a shot was taken, according to this proposal."""
        if shot.clock is None or not self.zone or self.shift is None:
            return None if self.changes_clock else (shot.moment or shot.gps)
        local = self.corrected(shot.clock)
        return local - offset_in(self.zone, local)


def decided(camera: Camera, evidence: Sequence[Evidence], zone: str, most: Confidence = "right") -> Proposal:
    """Weigh the evidence about one camera.

    Parameters
    ----------
    camera, evidence
        The camera, and the evidence about it.
    zone
        Where the photos were taken; empty: use the offset closest to the evidence.
    most
        The highest confidence that the proposal may have.
    """
    ruling = max((one for one in evidence if _decides(one)), key=_weight, default=None)
    if ruling is None or camera.first is None:
        return Proposal(camera, "unknown", None, zone, evidence=tuple(evidence))
    shown = tuple(_compared(one, ruling) for one in sorted(evidence, key=lambda one: one is not ruling))
    confidence = at_most(ruling.confidence, most)
    if ruling.ahead is None:  # a clock that was adjusted to the zones of a journey
        return Proposal(camera, confidence, timedelta(), "", ruling.tolerance, evidence=shown)
    zone = zone or zone_text(nearest_offset(ruling.ahead))
    shift = _shift(camera.first, ruling.ahead, zone)
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
