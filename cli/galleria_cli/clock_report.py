"""The results of `galleria-storage clocks`, for cameras and for photos without a time: as JSON, and as text."""

from typing import Any

from galleria_cli.rules.drafting import asked, verdict
from galleria_cli.text_table import counted
from galleria_storage.clocks.evidence import tolerance_text
from galleria_storage.clocks.proposals import Proposal
from galleria_storage.clocks.untimed import FoundTime


def camera_facts(proposal: Proposal) -> dict[str, Any]:
    """Return one camera for JSON; time spans are in seconds, unknown values null."""
    camera = proposal.camera
    return {
        "camera": camera.label,
        "photos": len(camera.shots),
        "first": camera.first and camera.first.isoformat(),
        "last": camera.last and camera.last.isoformat(),
        "confidence": proposal.confidence,
        "shift": None if proposal.shift is None else proposal.shift.total_seconds(),
        "tolerance": proposal.tolerance.total_seconds(),
        "drift": round(proposal.drift, 3),
        "zone": proposal.zone or None,
        "asked": asked(proposal),
        "evidence": [
            {"source": piece.source, "says": piece.words, "confidence": piece.confidence, "agrees": piece.agrees}
            for piece in proposal.evidence
        ],
    }


def camera_in_words(proposal: Proposal) -> list[str]:
    """Return one camera as lines: number of files, first and last time, verdict, and evidence."""
    camera = proposal.camera
    first, last = (f"{time:%Y-%m-%d %H:%M}" if time else "" for time in (camera.first, camera.last))
    zone = f", zone {proposal.zone}" if proposal.zone else ""
    drift = f", drift {proposal.drift:+.1f} s a day" if proposal.drift else ""
    lines = [
        f"{camera.label}: {counted(len(camera.shots), 'file', 'files')}, {f'{first} → {last}' if first else 'no time'}",
        f"  {verdict(proposal)}{drift}{zone}",
    ]
    for piece in proposal.evidence:
        lines.append(f"    {piece.source}: {piece.words}{'' if piece.agrees else ' (this disagrees)'}")  # noqa: PERF401
    return lines


def time_facts(found: FoundTime) -> dict[str, Any]:
    """Return one photo without a time for JSON."""
    clues = [{"source": one.source, "says": one.words, "time": one.time.isoformat()} for one in found.clues]
    return {"file": found.shot.name, "confidence": found.confidence, "time": found.time.isoformat(), "evidence": clues}


def time_in_words(found: FoundTime) -> list[str]:
    """Return one photo without a time as lines."""
    tolerance = tolerance_text(found.clues[0].tolerance)
    lines = [f"{found.shot.name} has no time: {found.confidence}, {found.time:%Y-%m-%d %H:%M:%S} {tolerance}"]
    return [*lines, *(f"    {one.source}: {one.words}" for one in found.clues)]
