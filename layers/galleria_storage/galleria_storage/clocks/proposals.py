"""From the shots of a gallery to a proposal for each camera.

First, each camera is judged by its own photos. The cameras with known clocks then give evidence about the others, and
those that become likely about the rest. If no clock is known, the camera with the most photos is the reference: the
order will be right, but nothing proves the time, so everything is a guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from galleria_storage.clocks.alike import Seen, pictures_evidence, seen
from galleria_storage.clocks.cameras import Camera, grouped
from galleria_storage.clocks.evidence import Confidence, Evidence, Source
from galleria_storage.clocks.file_names import name_evidence
from galleria_storage.clocks.gallery_zone import GalleryZone, zones_of
from galleria_storage.clocks.gps_time import gps_evidence
from galleria_storage.clocks.journeys import by_zone
from galleria_storage.clocks.many_moments import EPOCH, Others, moments_evidence, others_of
from galleria_storage.clocks.note_zones import note_evidence
from galleria_storage.clocks.offset_tags import offset_evidence, phone_evidence
from galleria_storage.clocks.offsets import offset_in, zone_text
from galleria_storage.clocks.place_zones import place_evidence
from galleria_storage.clocks.resets import reset_evidence
from galleria_storage.clocks.shots import Shot
from galleria_storage.clocks.shown_clock import shown_evidence
from galleria_storage.clocks.slips import slip_evidence, swap_evidence
from galleria_storage.clocks.verdict import Proposal, decided

__all__ = ["Hints", "Proposal", "propose"]

_KNOWN: Final = frozenset[Confidence]({"right", "certain", "likely"})
_EXACT: Final = timedelta(minutes=3)
"""How exactly a clock must be known to give evidence about others."""

_ROUNDS: Final = 2
_SETTINGS: Final = frozenset[Source]({"offset tag", "maker note"})
_COMPARISONS: Final = frozenset[Source]({"many moments", "same picture", "day and month"})


class Hints(NamedTuple):
    """What the user knows beforehand.

    Attributes
    ----------
    zone
        Zone in which the photos were taken: an IANA name or ``±HH:MM``; empty if not given.
    right
        Names or labels of cameras whose clocks are known to be right.
    shown
        Times on clocks in photos, by the photos' names; with an offset from UTC, or in the photos' zone.
    """

    zone: str = ""
    right: frozenset[str] = frozenset()
    shown: Mapping[str, datetime] = {}


class _Known(NamedTuple):
    """What is known so far about one camera."""

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
    zones = zones_of(cameras)
    is_lost = not (hints.zone or zones.most_common())
    if is_lost:  # any will do, as long as it is the same for all
        hints = hints._replace(zone=zone_text(0))
    known = [_alone(camera, cameras, hints, zones) for camera in cameras]
    known = (
        _compared(known, hints, zones) if any(_tells(one.proposal) for one in known) else _relative(known, hints, zones)
    )
    settled = [one.proposal for one in known]
    if not hints.zone:
        settled = [part for proposal in settled for part in by_zone(proposal, zones)]
    proposals = [_explained(proposal) for proposal in settled]
    return [proposal._replace(zone="") for proposal in proposals] if is_lost else proposals


def _compared(known: list[_Known], hints: Hints, zones: GalleryZone) -> list[_Known]:
    """Compare cameras with those whose clocks are known, then the rest with those that have become likely."""
    for _ in range(_ROUNDS):
        others, pictures = _others(known), _pictures(known)
        compared = [one if _is_settled(one) else _beside(one, others, pictures, hints, zones) for one in known]
        if compared == known:
            break
        known = compared
    return known


def _explained(proposal: Proposal) -> Proposal:
    """Add evidence of the mistake that a shift looks like."""
    clock = proposal.camera.first
    if clock is None or not proposal.shift:
        return proposal
    slip = slip_evidence(clock, proposal.shift, proposal.tolerance, proposal.zone)
    return proposal._replace(evidence=(*proposal.evidence, slip)) if slip else proposal


def _alone(camera: Camera, cameras: Sequence[Camera], hints: Hints, zones: GalleryZone) -> _Known:
    """Judge a camera by its own photos."""
    zone = hints.zone or zones.most_common()
    kinds = (gps_evidence, name_evidence, place_evidence, offset_evidence, note_evidence)
    evidence = [found for kind in kinds if (found := kind(camera))]
    if phone := phone_evidence(camera, zone):
        evidence.append(phone)
    if shown := shown_evidence(camera, hints.shown, zone):
        evidence.insert(0, shown)
    if hints.right & {camera.name, camera.label} and camera.first:
        evidence.insert(0, Evidence("shown clock", "is known to be right", "certain", offset_in(zone, camera.first)))
    if reset := reset_evidence(camera, cameras):
        # The zone that such a clock was set to does not matter.
        evidence = [piece._replace(ahead=None) if piece.source in _SETTINGS else piece for piece in (*evidence, reset)]
    return _weighed(camera, tuple(evidence), hints, zones)


def _weighed(camera: Camera, evidence: tuple[Evidence, ...], hints: Hints, zones: GalleryZone) -> _Known:
    proposal = decided(camera, evidence, hints.zone)
    zone = hints.zone or _own_zone(camera, proposal, evidence, zones)
    return _Known(camera, evidence, decided(camera, evidence, zone))


def _own_zone(camera: Camera, proposal: Proposal, evidence: Iterable[Evidence], zones: GalleryZone) -> str:
    """Return the zone of a camera's photos: by its own places, by others at that time, or by its own settings."""
    if place := next((one.zone for one in evidence if one.source == "place"), ""):
        return place
    if proposal.confidence in _KNOWN:
        moments = [moment for shot in camera.timed if (moment := proposal.moment(shot))]
        return zones.at(moments) or next((one.zone for one in evidence if one.zone), "")
    named = next((one.zone for one in evidence if one.zone), "")
    return zones.at(shot.clock for shot in camera.timed if shot.clock) or named or zones.most_common()


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


def _span(others: Others) -> tuple[datetime, datetime]:
    return EPOCH + timedelta(seconds=others.first), EPOCH + timedelta(seconds=others.last)


def _pictures(known: Iterable[_Known]) -> list[Seen]:
    tells = [one for one in known if _tells(one.proposal)]
    return seen((one.proposal.moment(shot), shot.picture) for one in tells for shot in one.camera.timed)


def _beside(one: _Known, others: Others | None, pictures: Sequence[Seen], hints: Hints, zones: GalleryZone) -> _Known:
    """Compare a camera with those whose clocks are known."""
    zone = hints.zone or zones.most_common()
    home = offset_in(zone, one.camera.first) if zone and one.camera.first else timedelta()
    found = moments_evidence(one.camera, others, home) if others else None
    same = pictures_evidence(one.camera, pictures, home, found)
    swapped = swap_evidence(one.camera, *_span(others), home) if others else None
    new = [piece for piece in (found, same, swapped) if piece]
    if not new:
        return one
    evidence = (*new, *(piece for piece in one.evidence if piece.source not in _COMPARISONS))
    return _weighed(one.camera, evidence, hints, zones)


def _relative(known: Sequence[_Known], hints: Hints, zones: GalleryZone) -> list[_Known]:
    """Compare all cameras with the one that has the most photos, if it is unknown which clock is right."""
    timed = [one for one in known if one.camera.timed]
    if len(timed) < 2:  # noqa: PLR2004 # two can be compared
        return list(known)
    base = max(timed, key=lambda one: len(one.camera.timed))
    zone = hints.zone or zones.most_common()
    clocks = [shot.clock for shot in base.camera.timed if shot.clock]
    home = offset_in(zone, clocks[0])
    moments = [clock - home for clock in clocks]
    others = others_of([(base.camera.label, moments)])
    pictures = seen(zip(moments, (shot.picture for shot in base.camera.timed), strict=True))
    found = [one if one is base or one not in timed else _beside(one, others, pictures, hints, zones) for one in known]
    if found == list(known):
        return found
    words = "has the most photos, and the others are compared with it; nothing proves that it is right"
    reference = Evidence("many moments", words, "guess", home)
    weighed = []
    for one in found:
        evidence = (reference, *one.evidence) if one.camera.key == base.camera.key else one.evidence
        weighed.append(one._replace(evidence=evidence, proposal=decided(one.camera, evidence, zone, "guess")))
    return weighed
