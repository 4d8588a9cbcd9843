"""Proposals as the text of a `galleria.toml`: sure ones as rules, unsure ones commented out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from galleria_cli.text_table import printable
from galleria_storage.clocks.cameras import Camera
from galleria_storage.clocks.evidence import spoken, tolerance_text
from galleria_storage.clocks.proposals import Proposal
from galleria_storage.clocks.untimed import FoundTime

SURE: Final = frozenset({"right", "certain", "likely"})


def draft(proposals: Sequence[Proposal], times: Sequence[FoundTime] = ()) -> str:
    """Return the text: one rule for each camera whose clock needs one, with the evidence as comments.

    Parameters
    ----------
    proposals
        For all cameras.
    times
        For photos without a time; their rules come first, since the first match counts.
    """
    zone = common_zone(proposals)
    lines = [
        "# Made by `galleria-storage clocks`, for `push` and `correct`. The first rule that matches a photo counts.",
        "# Guesses are commented out: remove the # if they are right.",
        "",
        *([f"zone = {_quoted(zone)}", ""] if zone else []),
    ]
    for found in times:
        lines += [*_time_rule(found), ""]
    for proposal in proposals:
        lines += [*_rule(proposal, proposals, zone), ""]
    return "\n".join(lines)


def common_zone(proposals: Iterable[Proposal]) -> str:
    """Return the one zone of all proposals; empty if there are several, or a camera travelled through several."""
    sure = [proposal for proposal in proposals if proposal.confidence in SURE]
    zones = {proposal.zone for proposal in sure}
    return zones.pop() if len(zones) == 1 else ""


def asked(proposal: Proposal, zone: str = "") -> dict[str, str | float]:
    """Return the corrections in a camera's rule, except the zone of all photos, with the keys of `galleria.toml`."""
    wanted: dict[str, str | float] = {}
    if proposal.shift:
        wanted["shift"] = spoken(proposal.shift)
    if proposal.drift and proposal.since:
        wanted |= {"drift": round(proposal.drift, 2), "drift-from": proposal.since.isoformat()}
    if proposal.zone and proposal.zone != zone and (wanted or _needs_zone(proposal)):
        wanted["zone"] = proposal.zone
    return wanted


def conditions(proposal: Proposal, proposals: Iterable[Proposal]) -> dict[str, str | list[str]]:
    """Return the conditions that match a camera's photos and no others.

    A camera without a name, or with others of its kind in folders below, can only be recognised by its files' names.
    """
    camera = proposal.camera
    alike = [other.camera for other in proposals if other.camera.name == camera.name]
    if not camera.name or any(_holds(camera, other) for other in alike):
        return {"files": [f"/{_literal(shot.name)}" for shot in camera.shots]}
    found: dict[str, str | list[str]] = {"camera": _literal(camera.name)}
    if camera.serial and len(alike) > 1:
        found["serial"] = camera.serial
    if camera.between:
        first, last = (time.replace(microsecond=0) for time in camera.between)
        found["between"] = [first.isoformat(), (last + timedelta(seconds=1)).isoformat()]
    if camera.folders:
        found["folder"] = [_literal(folder) for folder in camera.folders]
    return found


def _holds(camera: Camera, other: Camera) -> bool:
    """Whether a folder of a camera contains a folder of another of its kind, so that its rule would match both."""
    return any(
        below.startswith(f"{folder}/" if folder else "") and below != folder
        for folder in camera.folders
        for below in other.folders
    )


def _literal(text: str) -> str:
    """Escape a text so that no character in it acts as a pattern."""
    return re.sub(r"([*?[])", r"[\1]", text)


def _needs_zone(proposal: Proposal) -> bool:
    return any(shot.offset is None for shot in proposal.camera.timed)


def _time_rule(found: FoundTime) -> Iterator[str]:
    mark = "" if found.confidence in SURE else "# "
    yield f"# {printable(found.shot.name)} has no time; {found.confidence}:"
    for one in found.clues:
        yield f"#   {one.source}: {printable(one.words)}"
    yield f"{mark}[[rule]]"
    yield f"{mark}files = {_quoted(f'/{_literal(found.shot.name)}')}"
    yield f"{mark}time = {_quoted(found.time.isoformat(timespec='seconds'))}"


def _rule(proposal: Proposal, proposals: Sequence[Proposal], zone: str) -> Iterator[str]:
    yield f"# {printable(proposal.camera.label)}: {verdict(proposal)}"
    for piece in proposal.evidence:
        yield f"#   {piece.source}: {printable(piece.words)}{'' if piece.agrees else ' (this disagrees)'}"
    wanted = asked(proposal, zone)
    if wanted:
        mark = "" if proposal.confidence in SURE else "# "
        yield f"{mark}[[rule]]"
        for key, value in {**conditions(proposal, proposals), **wanted}.items():
            yield f"{mark}{key} = {_value(value)}"


def verdict(proposal: Proposal) -> str:
    """Say briefly what a clock needs: ``certain, +1h ±2s``."""
    if proposal.shift is None:
        return "unknown"
    if not proposal.changes_clock:
        return "right" if proposal.confidence == "right" else f"{proposal.confidence} to be right"
    return f"{proposal.confidence}, {spoken(proposal.shift)} {tolerance_text(proposal.tolerance)}"


def _value(value: str | float | list[str]) -> str:
    if isinstance(value, list):
        return _quoted(value[0]) if len(value) == 1 else f"[{', '.join(map(_quoted, value))}]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """Write a basic string of TOML 1.0."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
