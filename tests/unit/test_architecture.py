"""The rules of docs/architecture.md hold, and each of them is found when it is broken on purpose."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.architecture import library
from tests.support.architecture.library import LIBRARY, MOST_LINES, PAGE, problems
from tests.support.servers.processes import ROOT

PLAN = LIBRARY / "photos/plan.py"
DRAFT = LIBRARY / "publishing/draft.py"
HANDLER = Path("functions/publish_photo/app.py")
Break = Callable[[str | Path, Callable[[str], str]], None]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    for folder in ("layers", "functions", "cli", "docs"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.pyc", "__pycache__"))
    return root


@pytest.fixture
def broken(copied: Path) -> Iterator[Break]:
    """Change a file of the copy, until the test is over; a file that does not exist is empty."""
    before: dict[Path, str | None] = {}

    def change(name: str | Path, edit: Callable[[str], str]) -> None:
        path = copied / name
        before[path] = path.read_text() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        path.write_text(edit(before[path] or ""))

    yield change
    for path, text in before.items():
        path.unlink() if text is None else path.write_text(text)


def test_the_house_keeps_its_rules() -> None:
    assert problems(ROOT) == []


def test_a_copy_of_it_keeps_them_too(copied: Path) -> None:
    assert problems(copied) == []


WAITING = "\n\ndef waiting() -> None:\n    "


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        (PLAN, "\nfrom galleria_storage.s3 import objects", "photos may not import s3"),
        (PLAN, "\nfrom ..s3 import objects", "photos may not import s3"),
        (PLAN, "\nimport galleria_storage.delivery.events", "photos may not import delivery"),
        (DRAFT, f"{WAITING}from galleria_storage.delivery import events", "publishing may not import delivery"),
        (DRAFT, "\nif TYPE_CHECKING:\n    from ..bulk import walk", "publishing may not import bulk"),
        (LIBRARY / "errors.py", "\nfrom .photos import plan", "errors may not import photos"),
        (LIBRARY / "shortcuts/one.py", "import json", "the room shortcuts is not in the order"),
        (PLAN, "\nfrom galleria_storage.photos import photo", "a circle of modules"),
        (PLAN, f"{WAITING}from galleria_storage.photos.photo import plan_photo", "a circle of modules"),
        (PLAN, "\nimport socket", "pure and may not import socket"),
        (PLAN, f"{WAITING}from urllib.request import urlopen", "pure and may not import urllib.request.urlopen"),
        (LIBRARY / "corrections/values.py", "\nfrom time import time", "pure and may not import time.time"),
        (DRAFT, f"{WAITING}import boto3", "only aws and s3 import boto3"),
        (DRAFT, f"{WAITING}from boto3 import client", "only aws and s3 import boto3"),
        (DRAFT, f"{WAITING}from botocore.exceptions import ClientError", "only aws and s3 import botocore"),
        (HANDLER, f"{WAITING}from boto3 import client", "only aws and s3 import boto3"),
        (LIBRARY / "s3/clients.py", "\nimport boto3", "boto3 is heavy"),
        (LIBRARY / "s3/clients.py", "\ntry:\n    from boto3 import client\nfinally:\n    pass", "boto3 is heavy"),
        (PLAN, "\nimport piexif", "piexif is heavy"),
        (LIBRARY / "corrections/zones.py", "\nclass Zone:\n    from zoneinfo import ZoneInfo", "zoneinfo is heavy"),
        (HANDLER, "\nfrom aws_lambda_powertools import Tracer", "aws_lambda_powertools is heavy"),
        (HANDLER, "\nfrom galleria_cli import console", "imports galleria_cli"),
        (DRAFT, f"{WAITING}import galleria_cli.console", "imports galleria_cli"),
        (DRAFT, f"{WAITING}from PIL import Image", "imports PIL"),
        (HANDLER, f"{WAITING}import moto", "imports moto"),
        (LIBRARY / "runtime/tracing.py", f"{WAITING}import rich.console", "imports rich"),
        (PLAN, "\n" * MOST_LINES, f"{MOST_LINES} are allowed"),
        (HANDLER, "\n" * MOST_LINES, f"{MOST_LINES} are allowed"),
        (LIBRARY / "photos/draft.py", "", "photos/draft.py is a draft, too"),
        (Path("cli/galleria_cli/draft.py"), "", "draft.py is a draft, too"),
        (DRAFT, "\n\nclass Plan:\n    pass", "photos/plan.py has a class Plan, too"),
        (LIBRARY / "photos/gif.py", "", "does not name gif in the section on photos"),
        (LIBRARY / "photos/jpeg/soi.py", "", "does not name soi in the section on photos"),
    ],
)
def test_a_line_too_many_is_found(path: Path, line: str, found: str, broken: Break, copied: Path) -> None:
    broken(path, lambda text: text + line)
    assert any(found in problem for problem in problems(copied)), problems(copied)
    assert all(path.name in problem or "circle" in problem for problem in problems(copied))


def test_a_type_of_the_sdk_may_be_named_anywhere(broken: Break, copied: Path) -> None:
    broken(DRAFT, lambda text: f"{text}\nif TYPE_CHECKING:\n    from botocore.client import BaseClient\n")
    assert problems(copied) == []


def test_a_module_that_leaves_the_page_is_found(broken: Break, copied: Path) -> None:
    broken(PAGE, lambda text: text.replace("`wishes`", "wishes"))
    assert problems(copied) == [f"publishing/wishes.py: {PAGE} does not name wishes in the section on publishing"]


def test_a_section_that_leaves_the_page_is_found(broken: Break, copied: Path) -> None:
    broken(PAGE, lambda text: text.replace("### `errors`", "### Errors"))
    assert problems(copied) == [f"errors.py: {PAGE} has no section on errors"]


def test_a_section_on_a_room_that_is_gone_is_found(broken: Break, copied: Path) -> None:
    broken(PAGE, lambda text: text.replace("### `s3_storage`", "### `seed`\nGone.\n\n### `s3_storage`"))
    assert problems(copied) == [f"{PAGE}: there is no room seed"]


def test_a_repeated_name_that_is_not_repeated_any_more_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(library.REPEATED, "draft", "a reason that is gone")
    assert problems(ROOT) == ["draft: only one module has this name; it needs no exception any more"]


def test_a_circle_in_the_order_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(library.ARROWS, "errors", {"s3"})
    assert any("a circle of the order of the rooms" in problem for problem in problems(ROOT))


@pytest.mark.parametrize("heavy", ["boto3", "piexif", "zoneinfo", "aws_lambda_powertools"])
def test_importing_the_editor_does_not_import(heavy: str) -> None:
    code = f"import sys, galleria_storage.photos.photo; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
