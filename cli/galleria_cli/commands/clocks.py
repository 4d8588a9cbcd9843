"""`galleria-storage clocks FOLDER…`: which camera's clock is wrong, what tells so, and the rules that put it right."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from galleria_cli.files import files_of, size_of
from galleria_cli.options import PATH, dry, recursive, selected, told
from galleria_cli.reporting import Report
from galleria_cli.rules.rulebook import NAME
from galleria_cli.subcommands import Subcommand
from galleria_storage.bulk.selection import Selection
from galleria_storage.bulk.walk import LocalFile
from galleria_storage.errors import LocalFileError

if TYPE_CHECKING:
    from galleria_storage.clocks.proposals import Proposal

#: Clocks of which too little is known.
_OPEN: Final = frozenset({"guess", "unknown"})


@click.command(
    "clocks",
    cls=Subcommand,
    epilog="Exit status: 0 every clock is known, 1 one is not, 2 could not be done, 130 Ctrl-C.",
)
@click.argument("paths", nargs=-1, required=True, metavar="FOLDER...", type=PATH)
@click.option("--zone", default="", help="Where the photos were taken: Europe/Stockholm, +02:00.")
@click.option("--right", multiple=True, metavar="CAMERA", help="The clock of this camera is known to be right.")
@click.option("-y", "--yes", is_flag=True, help=f"Replace a {NAME} without asking.")
@recursive(default=True, what="Folders")
@selected
@dry
@told
def command(
    *,
    paths: tuple[Path, ...],
    zone: str,
    right: tuple[str, ...],
    yes: bool,
    recursive: bool,
    selection: Selection,
    dry_run: bool,
    report: Report,
) -> int:
    """Find out which camera's clock is wrong, and write galleria.toml with what puts it right.

    Photos and films are only read. Each camera gets a proposal: right, certain, likely, a guess, or unknown, with the
    evidence for and against it. push and correct then do what galleria.toml says.
    """
    from galleria_cli.shot_files import read_shots  # noqa: PLC0415 # `--help` is quick
    from galleria_storage.clocks.proposals import Hints, propose  # noqa: PLC0415

    files = files_of(paths, selection, recursive=recursive)
    with report.progress(len(files), sum(size_of(file) for file in files)):

        def tell(file: LocalFile) -> None:
            report.passed(size_of(file))

        shots = read_shots(files, tell)
    proposals = propose(shots, Hints(_zone(zone), frozenset(right)))
    for proposal in proposals:
        if report.as_json:
            print(json.dumps(_facts(proposal), ensure_ascii=False))
        elif not report.quiet or proposal.confidence in _OPEN:
            print(_in_words(proposal))
    if not dry_run:
        _write(_folder(paths) / NAME, proposals, replace=yes, ask=not report.as_json)
    return int(any(proposal.confidence in _OPEN for proposal in proposals))


def _zone(text: str) -> str:
    from galleria_storage.corrections.zones import parse_clock_offset, parse_zone_name  # noqa: PLC0415

    return text and (parse_clock_offset("--zone", text) or parse_zone_name("--zone", text))


def _folder(paths: Sequence[Path]) -> Path:
    """Return the folder whose rules `push` and `correct` would use for these paths."""
    return paths[0] if paths[0].is_dir() else paths[0].parent


def _facts(proposal: "Proposal") -> dict[str, Any]:
    from galleria_cli.rules.drafting import asked  # noqa: PLC0415

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


def _in_words(proposal: "Proposal") -> str:
    from galleria_cli.rules.drafting import verdict  # noqa: PLC0415
    from galleria_cli.text_table import printable  # noqa: PLC0415

    camera = proposal.camera
    span = (
        f"{camera.first:%Y-%m-%d %H:%M} → {camera.last:%Y-%m-%d %H:%M}" if camera.first and camera.last else "no time"
    )
    zone = f", zone {proposal.zone}" if proposal.zone else ""
    drift = f", drift {proposal.drift:+.1f} s a day" if proposal.drift else ""
    lines = [f"{camera.label}: {len(camera.shots)} files, {span}", f"  {verdict(proposal)}{drift}{zone}"]
    for piece in proposal.evidence:
        disagrees = "" if piece.agrees else " (this disagrees)"
        lines += [f"    {piece.source}: {piece.words}{disagrees}"]
    return "\n".join(printable(line) for line in lines)


def _write(path: Path, proposals: "Sequence[Proposal]", *, replace: bool, ask: bool) -> None:
    from galleria_cli.rules.drafting import draft  # noqa: PLC0415

    if path.exists() and not replace and not (ask and click.confirm(f"{path} exists. Replace it?", err=True)):
        click.echo(f"{path} stays as it is; --yes replaces it", err=True)
        return
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(draft(proposals), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise LocalFileError(f"{path} cannot be written: {error.strerror or error}") from error
    click.echo(f"{path} is written. Next: galleria-storage push {path.parent}", err=True)
