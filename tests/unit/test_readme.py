"""Everything that the README names exists, and every setting is in the README."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from galleria_storage.corrections.correction import CORRECTION_KEYS
from galleria_storage.cors.cors_settings import cors_settings
from galleria_storage.publishing.outcome import Outcome
from galleria_storage.publishing.publish_settings import publish_settings
from galleria_storage.runtime.environment import RememberedNames

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
README = (ROOT / "README.md").read_text()
REQUIRED = {"STAGING_BUCKET": "staging", "S3_PUBLIC_BUCKET": "public"}


def named_targets(text: str) -> set[str]:
    """Find `make X` in code: spans and blocks."""
    code = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    return set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join("\n".join(part) for part in code)))


def test_the_commands_are_found_in_blocks_and_spans() -> None:
    assert named_targets("```sh\nmake one X=1 # make it\n```\n`TZ=x make two`, make three") == {"one", "it", "two"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named_targets(page.read_text()) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    local = [link for link in links if not link.startswith(("http://", "https://", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_index_lists_every_page_once() -> None:
    index = ROOT / "docs/README.md"
    listed = re.findall(r"^\d+\. \[.+?\]\((.+?\.md)\)", index.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(page.name for page in index.parent.glob("*.md") if page != index)


def test_every_path_that_the_readme_gives_to_sam_exists() -> None:
    paths = re.findall(r"--event (\S+)", README)
    assert paths
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def table_variables() -> Iterator[str]:
    for line in README.splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([A-Z][A-Z0-9_]+)`", line.split("|")[1])


def test_the_table_of_settings_has_every_variable_that_is_read_and_no_other() -> None:
    env = RememberedNames(REQUIRED)
    publish_settings(env)
    cors_settings(env)
    assert set(table_variables()) == env.names


def test_the_table_of_corrections_has_every_key() -> None:
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE))
    assert set(CORRECTION_KEYS) <= rows


def test_the_table_of_outcomes_has_every_outcome() -> None:
    statuses = Outcome.__annotations__["status"].__args__
    rows = set(re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE))
    assert set(statuses) <= rows


def test_the_python_example_is_python() -> None:
    [example] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    compile(example, "README.md", "exec")
