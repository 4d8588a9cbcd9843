"""The tables of `make fidelity`, as Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fidelity.judge import NOT_READ_BACK, Photo, Verdict

KINDS = ("capture time", "Exif without", "no Exif")
HARMS = ("maker notes", "image data or trailer", "byte order", "thumbnail or preview", "other segments", "other tags")


@dataclass(frozen=True)
class Result:
    """One photo and what each editor did to it."""

    path: Path
    photo: Photo
    verdicts: dict[str, Verdict]


def tables(results: Sequence[Result], editors: Sequence[str]) -> str:
    """Print one table for well-formed photos and one for malformed ones."""
    well_formed = [result for result in results if result.photo.well_formed]
    malformed = [result for result in results if not result.photo.well_formed]
    parts = {"well-formed": well_formed, "malformed": malformed}
    sections = ([f"### {len(part)} {name} photos", "", *_table(part, editors), ""] for name, part in parts.items())
    return "\n".join(line for section in sections for line in section)


def _table(results: Sequence[Result], editors: Sequence[str]) -> list[str]:
    kinds = {kind: [r for r in results if r.photo.kind == kind] for kind in KINDS}
    heads = [f"exact, {kind} ({len(photos)})" for kind, photos in kinds.items()]
    heads += ["refused", "**silent failures**", *HARMS, NOT_READ_BACK]
    lines = [_row(["editor", *heads]), _row(["---", *["---:"] * len(heads)])]
    for editor in editors:
        verdicts = [result.verdicts[editor] for result in results]
        harm = Counter(kind for verdict in verdicts for kind in verdict.harm)
        cells = [_exact([r.verdicts[editor] for r in photos]) for photos in kinds.values()]
        cells += [str(sum(bool(v.refused) for v in verdicts)), f"**{sum(bool(v.harm) for v in verdicts)}**"]
        cells += [str(harm[kind]) for kind in (*HARMS, NOT_READ_BACK)]
        lines.append(_row([editor, *cells]))
    return lines


def _exact(verdicts: Sequence[Verdict]) -> str:
    exact = sum(verdict.exact for verdict in verdicts)
    return f"{exact} ({exact / len(verdicts):.1%})" if verdicts else "–"  # noqa: RUF001 # none


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def details(results: Sequence[Result], editor: str, folder: Path) -> str:
    """List every photo that an editor did not correct exactly, with the reason."""
    lines = []
    for result in results:
        verdict = result.verdicts[editor]
        if verdict.exact:
            continue
        soundness = "well-formed" if result.photo.well_formed else "malformed"
        what = f"refused: {verdict.refused}" if verdict.refused else f"SILENT: {', '.join(sorted(verdict.harm))}"
        lines.append(f"- `{result.path.relative_to(folder)}` ({soundness}, {result.photo.kind}): {what}")
        lines += [f"  - {example}" for example in verdict.examples]
    return "\n".join(lines)
