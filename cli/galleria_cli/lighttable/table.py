"""The table as the page sees it: cameras, photos at their clock times, and decisions."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from galleria_cli.lighttable.decisions import State
from galleria_cli.lighttable.gathering import Found
from galleria_cli.lighttable.preview import After, Clock, after, common_offset
from galleria_cli.lighttable.rule_text import RuleText
from galleria_cli.rules.drafting import common_zone, conditions
from galleria_cli.rules.rulebook import Rulebook, parse_rulebook
from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.proposals import Proposal
from galleria_storage.corrections.correction import parse_correction
from galleria_storage.corrections.correction_keys import GPS, ZONE_KEYS


class Lane(NamedTuple):
    """One camera on the table.

    Attributes
    ----------
    key
        Its id on the page.
    proposal
        What its photos say about its clock.
    conditions
        Of the rule that matches its photos and no others.
    """

    key: str
    proposal: Proposal
    conditions: Mapping[str, Any]

    @property
    def camera(self) -> Camera:
        """The camera with its shots."""
        return self.proposal.camera


def lanes_of(proposals: Sequence[Proposal]) -> list[Lane]:
    """Return a lane for each camera that has a photo with a time; the rest is in the tray."""
    shown = [proposal for proposal in proposals if proposal.camera.first is not None]
    return [Lane(f"c{number}", proposal, conditions(proposal, shown)) for number, proposal in enumerate(shown, 1)]


def draft(text: str, lanes: Sequence[Lane], state: State, *, approved_only: bool) -> str:
    """Return the text of `galleria.toml` with the decisions.

    Parameters
    ----------
    text
        The file as it was found.
    approved_only
        Leave out what is only tried out.
    """
    rules = RuleText(text)
    for lane in lanes:
        if lane.key in state.cameras:
            decision = state.cameras[lane.key]
            if decision.approved or not approved_only:
                rules.put(lane.conditions, decision.asked)
    if state.remove is not None:
        rules.put_top("remove", state.remove)
    if state.zone is not None:
        rules.put_top("zone", state.zone)
    for name, time in state.times.items():
        asked = {"time": time, "zone": zone_of(name, lanes, state)} if time else {}
        rules.put({"files": _escaped(name)}, {key: value for key, value in asked.items() if value}, first=True)
    return rules.text


def times_of(rules: Iterable[Mapping[str, Any]], names: Iterable[str]) -> dict[str, str]:
    """Return the times that rules give to single photos, by the photos' names."""
    times = {
        str(rule["files"]): str(rule["time"]).replace("T", " ")
        for rule in rules
        if {"files", "time"} <= rule.keys() <= {"files", "time", "zone"}
    }
    return {name: times[_escaped(name)] for name in names if _escaped(name) in times}


def zone_asked(text: str) -> str:
    """Return the zone that a `galleria.toml` names for all photos; empty if it names none, or that of the GPS."""
    asked_of_all = parse_rulebook(text).asked
    zone = parse_correction({key: asked_of_all[key] for key in ZONE_KEYS if key in asked_of_all}, {}).target_zone
    return "" if zone in {None, GPS} else str(zone)


def likely_zone(proposals: Sequence[Proposal]) -> str:
    """Return the zone that all sure proposals share, or else the most common one; empty if none has a zone."""
    zones = Counter(proposal.zone for proposal in proposals if proposal.zone)
    return common_zone(proposals) or next((zone for zone, _ in zones.most_common(1)), "")


def zone_of(name: str, lanes: Sequence[Lane], state: State) -> str:
    """Return the zone of a photo with a time of its own: its camera's, or else the most common one."""
    own = next((lane for lane in lanes if any(shot.name == name for shot in lane.camera.shots)), None)
    if own:
        return state.of(own.key).zone or own.proposal.zone
    if state.zone:
        return ""  # it applies to all photos
    zones = Counter(zone for lane in lanes if (zone := state.of(lane.key).zone or lane.proposal.zone))
    return zones.most_common(1)[0][0] if zones else ""


def previews(found: Sequence[Found], text: str, base: Callable[[str], Mapping[str, str]]) -> dict[int, After]:
    """Return the result for each file, by its number; `base` gives the correction where the rules do not decide."""
    book: Rulebook = parse_rulebook(text)
    return {one.number: after(one.shot, book, base(one.shot.name)) for one in found if one.shot.media_type}


def photos_json(found: Sequence[Found], lanes: Sequence[Lane], results: Mapping[int, After]) -> list[dict[str, Any]]:
    """Return what the page needs to know about each photo, as numbers, so that the answer for thousands is small."""
    lane_of = {shot.name: lane.key for lane in lanes for shot in lane.camera.shots}
    return [
        {
            "id": one.number,
            "name": one.shot.name,
            "kind": one.shot.kind,
            "camera": lane_of.get(one.shot.name, ""),
            "before": clock_json(Clock(one.shot.clock, one.shot.offset)),
            "after": clock_json(results[one.number].clock),
            **({"refused": results[one.number].refused} if results[one.number].refused else {}),
            **({"skip": True} if results[one.number].skip else {}),
        }
        for one in found
        if one.number in results
    ]


def lane_json(lane: Lane) -> dict[str, Any]:
    """Return what the page shows about a camera besides its photos."""
    proposal, camera = lane.proposal, lane.camera
    return {
        "key": lane.key,
        "label": camera.label,
        "count": len(camera.shots),
        "first": camera.first.isoformat(" ", "seconds") if camera.first else "",
        "last": camera.last.isoformat(" ", "seconds") if camera.last else "",
        "confidence": proposal.confidence,
        "proposal": {
            "shift": None if proposal.shift is None else proposal.shift.total_seconds(),
            "zone": proposal.zone,
            "tolerance": proposal.tolerance.total_seconds(),
            "drift": proposal.drift,
            "since": proposal.since.isoformat() if proposal.since else "",
        },
        "evidence": [
            {"source": one.source, "words": one.words, "confidence": one.confidence, "agrees": one.agrees}
            for one in proposal.evidence
        ],
    }


def clock_json(clock: Clock) -> list[float | int | None] | None:
    """Return seconds since 1970 on the wall clock, and the offset in minutes."""
    if clock.local is None:
        return None
    return [round(_seconds(clock.local), 3), clock.offset]


def offset_of_table(results: Mapping[int, After]) -> int:
    """Return the offset in which the axis is labelled."""
    return common_offset(result.clock for result in results.values())


def _seconds(local: datetime) -> float:
    return local.replace(tzinfo=UTC).timestamp()


def _escaped(name: str) -> str:
    from glob import escape  # noqa: PLC0415 # only where a time was typed

    return escape(name)
