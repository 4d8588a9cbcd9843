"""Plain text tables for the terminal."""

import unicodedata
from collections.abc import Iterable, Sequence

_KEY_COLUMNS = 44


def render(header: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """Return a table with aligned columns.

    Parameters
    ----------
    header
        Column titles.
    rows
        As many cells as the header in each.
    right
        Numbers of the columns that are aligned to the right.
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(_width(row[n]) for row in cells) for n in range(len(header))]
    cells.insert(1, ["─" * width for width in widths])
    return "\n".join(
        "  ".join(_pad(cell, width, right=n in right) for n, (cell, width) in enumerate(zip(row, widths, strict=True)))
        .rstrip()
        for row in cells
    )  # fmt: skip


def shorten(text: str, columns: int = _KEY_COLUMNS) -> str:
    """Cut the start of a long text: the end of a key says more than its folder."""
    return text if len(text) <= columns else "…" + text[-(columns - 1) :]


def counted(count: int, one: str, many: str) -> str:
    """Return a number with its noun: ``1 photo``, ``2 photos``."""
    return f"{count} {one if count == 1 else many}"


def sentences(*parts: str | None) -> str:
    """Join a reason, advice and the like into sentences; empty ones are left out."""
    said = [part for part in parts if part]
    return " ".join([*(f"{part.rstrip('.')}." for part in said[:-1]), *said[-1:]])


def printable(text: str) -> str:
    """Replace characters that could move a terminal's cursor, change its colours or begin a new line."""
    return "".join(char if char.isprintable() else "·" for char in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Columns on a terminal: East Asian wide characters and emoji take two (Unicode Annex 11)."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
