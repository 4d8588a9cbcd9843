"""The pages can be read in a terminal: no line of prose is longer than 120 characters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers.processes import ROOT

LONGEST = 120
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def long_lines(text: str) -> Iterator[int]:
    """Yield the numbers of lines of prose that are too long; tables, code and a lone address cannot be broken."""
    in_code = False
    for number, line in enumerate(text.splitlines(), 1):
        fence = line.lstrip().startswith("```")
        in_code = in_code != fence
        unbreakable = fence or in_code or line.startswith("|") or len(line.split()) <= 1
        if len(line) > LONGEST and not unbreakable:
            yield number


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_line_of_a_page_is_too_long(page: Path) -> None:
    assert not list(long_lines(page.read_text(encoding="utf-8")))


def test_a_long_line_is_found_unless_it_cannot_be_broken() -> None:
    long = "word " * 25
    text = f"{long}\n| {long} |\n```\n{long}\n```\n{long}\n{'x' * 130}\n"
    assert list(long_lines(text)) == [1, 6]
