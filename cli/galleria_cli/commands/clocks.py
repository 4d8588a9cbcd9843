"""`galleria-storage clocks FOLDER…`: which camera's clock is wrong, the evidence, and rules that correct it."""

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from galleria_cli.options import PATH, dry, recursive, reported, selected
from galleria_cli.questions import agree
from galleria_cli.replacing import replace_text
from galleria_cli.reporting import Report
from galleria_cli.rules.filename import NAME
from galleria_cli.subcommands import Subcommand
from galleria_cli.text_table import counted, printable
from galleria_storage.bulk.selection import Selection
from galleria_storage.errors import CorrectionError

if TYPE_CHECKING:
    from galleria_storage.bulk.walk import LocalFile
    from galleria_storage.clocks.proposals import Proposal
    from galleria_storage.clocks.shots import Shot

#: Clocks about which too little is known.
_OPEN: Final = frozenset({"guess", "unknown"})


@click.command(
    "clocks",
    cls=Subcommand,
    epilog="Exit status: 0 all clocks are known, 1 one is not, or a file is unreadable, 2 not done, 130 Ctrl-C.",
)
@click.argument("paths", nargs=-1, required=True, metavar="FOLDER...", type=PATH)
@click.option("--zone", default="", help="Where the photos were taken: Europe/Stockholm, +02:00.")
@click.option("--right", multiple=True, metavar="CAMERA", help="The clock of this camera is known to be right.")
@click.option(
    "--clock", multiple=True, metavar="PHOTO[=TIME]", help="A photo of a clock, and the time it shows (or a QR code)."
)
@click.option("-y", "--yes", is_flag=True, help=f"Replace a {NAME} without asking.")
@recursive(default=True, what="Folders")
@selected
@dry
@reported
def command(
    *,
    paths: tuple[Path, ...],
    zone: str,
    right: tuple[str, ...],
    clock: tuple[str, ...],
    yes: bool,
    recursive: bool,
    selection: Selection,
    dry_run: bool,
    report: Report,
) -> int:
    """Find out which camera's clock is wrong, and write a galleria.toml that corrects it.

    Photos and films are only read. Each camera gets a proposal: right, certain, likely, a guess, or unknown, with the
    evidence for and against it. push and correct then do what galleria.toml says.
    """
    from galleria_cli.clock_photos import shown_times  # noqa: PLC0415 # `--help` is quick
    from galleria_cli.clock_report import camera_facts, camera_in_words, time_facts, time_in_words  # noqa: PLC0415
    from galleria_cli.files import files_of, size_of  # noqa: PLC0415
    from galleria_cli.rules.drafting import common_zone, draft  # noqa: PLC0415
    from galleria_cli.shot_files import missing_parts, read_shots  # noqa: PLC0415
    from galleria_storage.clocks.proposals import Hints, propose  # noqa: PLC0415
    from galleria_storage.clocks.untimed import find_times  # noqa: PLC0415

    files = files_of(paths, selection, recursive=recursive)
    where, shown = _zone(zone), shown_times(clock, files)
    unread: list[str] = []
    if missing := missing_parts():
        report.note(f"without {', '.join(missing)}, less is known: pip install 'galleria-storage[clocks]'")
    with report.progress(lambda: (len(files), sum(size_of(file) for file in files)), goes_on=False):

        def tell(file: "LocalFile", problem: str) -> None:
            if problem:
                unread.append(file.name)
                report.file("unreadable", file.name, wrong=True, reason=problem)
            else:
                report.passed(size_of(file))

        shots = read_shots(files, tell)
    hints = Hints(where, _named(right, shots), shown)
    proposals = [proposal for proposal in propose(shots, hints) if _is_of_photos(proposal)]
    times = find_times(proposals, hints.zone or common_zone(proposals))
    for proposal in proposals:
        _tell(report, camera_facts(proposal), camera_in_words(proposal), is_open=proposal.confidence in _OPEN)
    for found in times:
        _tell(report, time_facts(found), time_in_words(found), is_open=found.confidence in _OPEN)
    if not dry_run and proposals:
        _write(_folder(paths) / NAME, draft(proposals, times), replace=yes, ask=not report.as_json)
    unsure = sum(proposal.confidence in _OPEN for proposal in proposals)
    counts = {"cameras": len(proposals), "known": len(proposals) - unsure, "files": len(shots)}
    report.summary(_in_words(counts, len(unread)), {**counts, "unreadable": len(unread)})
    return int(unsure > 0 or bool(unread))


def _in_words(counts: Mapping[str, int], unread: int) -> str:
    cameras, files = counts["cameras"], counted(counts["files"], "file", "files")
    known = f"{counts['known']} of {counted(cameras, 'clock is', 'clocks are')} known, by {files}"
    return f"{known if cameras else 'there are no photos'}{f'; {unread} could not be read' if unread else ''}"


def _is_of_photos(proposal: "Proposal") -> bool:
    return any(shot.media_type for shot in proposal.camera.shots)


def _tell(report: Report, facts: dict[str, Any], lines: list[str], *, is_open: bool) -> None:
    if report.as_json:
        print(json.dumps(facts, ensure_ascii=False))
    elif not report.quiet or is_open:
        print("\n".join(printable(line) for line in lines))


def _named(right: Sequence[str], shots: "Sequence[Shot]") -> frozenset[str]:
    """Return the cameras that are named, by maker and model, or by the model alone.

    Raises
    ------
    CorrectionError
        There is no such camera.
    """
    names = {shot.camera for shot in shots if shot.camera}
    found = set()
    for word in right:
        meant = [name for name in names if word.casefold() in {name.casefold(), name.partition(" ")[2].casefold()}]
        if not meant:
            raise CorrectionError(f"--right is {word!r}; the cameras are {', '.join(sorted(names))}", tag="--right")
        found.update(meant)
    return frozenset(found)


def _zone(text: str) -> str:
    from galleria_storage.corrections.zones import parse_clock_offset, parse_zone_name  # noqa: PLC0415

    return text and (parse_clock_offset("--zone", text) or parse_zone_name("--zone", text))


def _folder(paths: Sequence[Path]) -> Path:
    """Return the folder whose rules `push` and `correct` would use for these paths."""
    return paths[0] if paths[0].is_dir() else paths[0].parent


def _write(path: Path, text: str, *, replace: bool, ask: bool) -> None:
    if path.exists() and not replace and not (ask and agree(f"{path} exists. Replace it?")):
        click.echo(printable(f"{path} stays as it is; --yes replaces it"), err=True)
        return
    replace_text(path, text)
    click.echo(printable(f"{path} is written. Next: galleria-storage push {shlex.quote(str(path.parent))}"), err=True)
