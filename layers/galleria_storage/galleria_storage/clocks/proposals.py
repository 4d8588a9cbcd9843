"""From the shots of a gallery to a proposal for each camera.

First each camera is asked what it knows itself. Those whose clocks are known then tell about the others, and those that
become likely tell about the rest. Where no clock is known, the camera with the most photos is taken as a reference: the
order will be right, but nothing proves the time, and all is a guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.clocks.alike import Seen, pictures_evidence, seen
from galleria_storage.clocks.cameras import Camera, grouped
from galleria_storage.clocks.evidence import Confidence, Evidence
from galleria_storage.clocks.gallery_zone import GalleryZone
from galleria_storage.clocks.gps_time import gps_evidence
from galleria_storage.clocks.many_moments import Others, moments_evidence, others_of
from galleria_storage.clocks.offset_tags import is_phone, offset_evidence
from galleria_storage.clocks.offsets import offset_in, zone_text
from galleria_storage.clocks.place_zones import place_evidence
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.verdict import Proposal, decided

__all__ = ["Hints", "Proposal", "propose"]

_KNOWN: Final = frozenset[Confidence]({"right", "certain", "likely"})
_EXACT: Final = timedelta(minutes=2)
"""How exactly a clock must be known to tell about others."""

_ROUNDS: Final = 2


class Hints(NamedTuple):
    """What people know beforehand.

    Attributes
    ----------
    zone
        Zone in which the photos were taken: an IANA name or ``±HH:MM``; empty if nobody said.
    right
        Names or labels of cameras whose clocks are known to be right.
    """

    zone: str = ""
    right: frozenset[str] = frozenset()


class _Known(NamedTuple):
    """What is known so far of one camera."""

    camera: Camera
    evidence: tuple[Evidence, ...]
    proposal: Proposal


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
    zones = _zones(cameras)
    known = [_alone(camera, hints, zones) for camera in cameras]
    if not any(_tells(one.proposal) for one in known):
        return _relative(known, hints, zones)
    for _ in range(_ROUNDS):
        others, pictures = _others(known), _pictures(known)
        compared = [one if _is_settled(one) else _beside(one, others, pictures, hints, zones) for one in known]
        if compared == known:
            break
        known = compared
    return [one.proposal for one in known]


def _zones(cameras: Iterable[Camera]) -> GalleryZone:
    shots = [(camera, shot) for camera in cameras for shot in camera.shots]
    places = [
        (moment, shot.zone) for _, shot in shots if shot.zone and (moment := shot.gps or shot.moment or shot.clock)
    ]
    tags = [
        (moment, zone_text(shot.offset), is_phone(camera.name))
        for camera, shot in shots
        if shot.tells_clock and shot.offset is not None and (moment := shot.moment)
    ]
    phones = [(moment, zone) for moment, zone, phone in tags if phone]
    return GalleryZone(places, phones, [(moment, zone) for moment, zone, _ in tags])


def _alone(camera: Camera, hints: Hints, zones: GalleryZone) -> _Known:
    """Ask a camera what it knows itself."""
    evidence = [found for kind in (gps_evidence, place_evidence, offset_evidence) if (found := kind(camera))]
    if hints.right & {camera.name, camera.label}:
        zone = hints.zone or zones.most_common() or next((one.zone for one in evidence if one.zone), "")
        if zone and camera.first:
            words = "is known to be right"
            evidence.insert(0, Evidence("shown clock", words, "certain", offset_in(zone, camera.first)))
    return _weighed(camera, tuple(evidence), hints, zones)


def _weighed(camera: Camera, evidence: tuple[Evidence, ...], hints: Hints, zones: GalleryZone) -> _Known:
    proposal = decided(camera, evidence, hints.zone)
    zone = hints.zone or _own_zone(camera, proposal, evidence, zones)
    return _Known(camera, evidence, decided(camera, evidence, zone))


def _own_zone(camera: Camera, proposal: Proposal, evidence: Iterable[Evidence], zones: GalleryZone) -> str:
    """Return the zone of a camera's photos: that of its own places, of what others say then, or what it says itself."""
    if place := next((one.zone for one in evidence if one.source == "place"), ""):
        return place
    if proposal.confidence in _KNOWN:
        moments = [moment for shot in camera.timed if (moment := proposal.moment(shot))]
        return zones.at(moments) or next((one.zone for one in evidence if one.zone), "")
    return zones.most_common()


def _tells(proposal: Proposal) -> bool:
    return proposal.confidence in _KNOWN and proposal.tolerance <= _EXACT


def _is_settled(one: _Known) -> bool:
    return one.proposal.confidence in _KNOWN or one.camera.first is None


def _others(known: Iterable[_Known]) -> Others | None:
    cameras = []
    for one in known:
        if _tells(one.proposal):
            moments = [moment for shot in one.camera.timed if (moment := one.proposal.moment(shot))]
            cameras.append((one.camera.label, moments))
    return others_of(cameras)


def _pictures(known: Iterable[_Known]) -> list[Seen]:
    tells = [one for one in known if _tells(one.proposal)]
    return seen((one.proposal.moment(shot), shot.picture) for one in tells for shot in one.camera.timed)


def _beside(one: _Known, others: Others | None, pictures: Sequence[Seen], hints: Hints, zones: GalleryZone) -> _Known:
    """Compare a camera with those whose clocks are known."""
    zone = hints.zone or zones.most_common()
    home = offset_in(zone, one.camera.first) if zone and one.camera.first else timedelta()
    found = moments_evidence(one.camera, others, home) if others else None
    same = pictures_evidence(one.camera, pictures, home, found)
    new = [piece for piece in (found, same) if piece]
    if not new:
        return one
    evidence = (*new, *(piece for piece in one.evidence if piece.source not in {"many moments", "same picture"}))
    return _weighed(one.camera, evidence, hints, zones)


def _relative(known: Sequence[_Known], hints: Hints, zones: GalleryZone) -> list[Proposal]:
    """Compare all cameras with the one that has the most photos, where nothing tells which clock is right."""
    timed = [one for one in known if one.camera.first]
    if len(timed) < 2:  # noqa: PLR2004 # two can be compared
        return [one.proposal for one in known]
    base = max(timed, key=lambda one: len(one.camera.timed))
    zone = hints.zone or zones.most_common()
    clocks: list[datetime] = [shot.clock for shot in base.camera.timed if shot.clock]
    home = offset_in(zone, clocks[0]) if zone and clocks else timedelta()
    others = others_of([(base.camera.label, [clock - home for clock in clocks])])
    found: Mapping[tuple[object, ...], Evidence | None] = {
        one.camera.key: moments_evidence(one.camera, others, home) if others and one is not base else None
        for one in timed
    }
    if not any(found.values()):
        return [one.proposal for one in known]
    words = "has the most photos, and the others are compared with it; nothing proves that it is right"
    reference = Evidence("many moments", words, "guess", home)
    proposals = []
    for one in known:
        piece = reference if one is base else found.get(one.camera.key)
        evidence = (piece, *one.evidence) if piece else one.evidence
        proposals.append(decided(one.camera, evidence, zone or (zone_text(0) if piece else ""), "guess"))
    return [proposal if zone else proposal._replace(zone="") for proposal in proposals]
