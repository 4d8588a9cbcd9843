"""The pages can be read in a terminal, and name only files that exist."""

import re
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


def missing_modules(text: str, folder: Path) -> Iterator[str]:
    """Yield the Python files that a page names and that do not exist; a name without a folder may be a test's."""
    bases = [folder, ROOT, ROOT / "layers/galleria_storage/galleria_storage", ROOT / "cli/galleria_cli"]
    for name in re.findall(r"`([\w./-]+\.py)`", text):
        is_test = "/" not in name and next(ROOT.glob(f"tests/**/{name}"), None)
        if not is_test and not any((base / name).exists() for base in bases):
            yield name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_modules_that_exist(page: Path) -> None:
    assert not list(missing_modules(page.read_text(encoding="utf-8"), page.parent))


def test_a_module_that_does_not_exist_is_found() -> None:
    text = "`photos/formats.py` `photos/gif.py` `test_readme.py` `test_gif.py`"
    assert list(missing_modules(text, ROOT)) == ["photos/gif.py", "test_gif.py"]


def headings(text: str) -> set[str]:
    """Return the anchors of a page, as GitHub makes them from its headings."""
    return {
        re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_to_a_section_leads_to_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#\s]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    lost = [
        (name, anchor)
        for name, anchor in links
        if anchor not in headings((page.parent / name if name else page).read_text(encoding="utf-8"))
    ]
    assert lost == []
