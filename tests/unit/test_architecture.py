"""The rules of docs/architecture.md hold, and breaking any of them on purpose is noticed."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.architecture import library
from tests.support.architecture.house import LIBRARY, PAGE, House
from tests.support.architecture.library import MOST_LINES, RULES, problems
from tests.support.servers.processes import ROOT

PLAN = LIBRARY / "photos/plan.py"
DRAFT = LIBRARY / "publishing/draft.py"
HANDLER = Path("functions/publish_photo/app.py")
COMMAND = Path("cli/galleria_cli")
Rule = Callable[[House], Iterator[str]]
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
ZONES = LIBRARY / "corrections/zones.py"
VALUES = LIBRARY / "corrections/values.py"
ERRORS = LIBRARY / "errors.py"
CLIENTS = LIBRARY / "s3/clients.py"
#: Rule, file of the copy, text added to its end, and what is found.
ADDED: list[tuple[Rule, Path, str, str]] = [
    (library.arrows_point_down, PLAN, "\nfrom galleria_storage.s3 import objects", "photos may not import s3"),
    (library.arrows_point_down, PLAN, "\nfrom ..s3 import objects", "photos may not import s3"),
    (library.arrows_point_down, PLAN, "\nimport galleria_storage.delivery.events", "photos may not import delivery"),
    (library.arrows_point_down, DRAFT, f"{WAITING}from galleria_storage.delivery import events", "not import delivery"),
    (library.arrows_point_down, DRAFT, "\nif TYPE_CHECKING:\n    from ..bulk import walk", "may not import bulk"),
    (library.arrows_point_down, DRAFT, '\nimport_module("galleria_storage.cors.audit")', "may not import cors"),
    (library.arrows_point_down, ERRORS, "\nfrom .photos import plan", "errors may not import photos"),
    (library.arrows_point_down, LIBRARY / "shortcuts/one.py", "import json", "shortcuts is not in the order"),
    (library.modules_have_no_circle, PLAN, "\nfrom galleria_storage.photos import photo", "a circle of modules"),
    (library.modules_have_no_circle, PLAN, f"{WAITING}from .photo import plan_photo", "a circle of modules"),
    (library.pure_rooms_only_compute, PLAN, "\nimport socket", "pure and may not import socket"),
    (library.pure_rooms_only_compute, PLAN, f"{WAITING}from urllib.request import urlopen", "import urllib.request"),
    (library.pure_rooms_only_compute, PLAN, f'{WAITING}open("photo.jpg")', "pure and may not call open"),
    (library.pure_rooms_only_compute, VALUES, "\nfrom time import time", "pure and may not import time.time"),
    (library.pure_rooms_only_compute, VALUES, f"{WAITING}datetime.now()", "pure and may not call datetime.now"),
    (library.pure_rooms_only_compute, VALUES, f"{WAITING}date.today()", "pure and may not call date.today"),
    (library.pure_rooms_only_compute, ERRORS, "\nimport os", "errors is pure and may not import os"),
    (library.pure_rooms_only_compute, LIBRARY / "clocks/spread.py", "\nimport pathlib", "clocks is pure"),
    (library.only_providers_know_the_sdk, DRAFT, f"{WAITING}import boto3", "only aws and s3 import boto3"),
    (library.only_providers_know_the_sdk, DRAFT, f"{WAITING}from boto3 import client", "only aws and s3 import boto3"),
    (library.only_providers_know_the_sdk, DRAFT, f'{WAITING}import_module("boto3")', "only aws and s3 import boto3"),
    (library.only_providers_know_the_sdk, DRAFT, f"{WAITING}from botocore.exceptions import ClientError", "botocore"),
    (library.only_providers_know_the_sdk, HANDLER, f"{WAITING}from boto3 import client", "only aws and s3 import"),
    (library.heavy_imports_wait, CLIENTS, "\nimport boto3", "boto3 is heavy"),
    (library.heavy_imports_wait, CLIENTS, "\ntry:\n    from boto3 import client\nfinally:\n    pass", "boto3 is heavy"),
    (library.heavy_imports_wait, PLAN, "\nimport piexif", "piexif is heavy"),
    (library.heavy_imports_wait, PLAN, '\n__import__("piexif")', "piexif is heavy"),
    (library.heavy_imports_wait, ZONES, "\nclass Zone:\n    from zoneinfo import ZoneInfo", "zoneinfo is heavy"),
    (library.heavy_imports_wait, HANDLER, "\nfrom aws_lambda_powertools import Tracer", "aws_lambda_powertools is"),
    (library.functions_import_nothing_for_people, HANDLER, "\nfrom galleria_cli import console", "galleria_cli"),
    (library.functions_import_nothing_for_people, DRAFT, f"{WAITING}import galleria_cli.console", "galleria_cli"),
    (library.functions_import_nothing_for_people, DRAFT, f"{WAITING}from PIL import Image", "imports PIL"),
    (library.functions_import_nothing_for_people, DRAFT, f"{WAITING}import click", "imports click"),
    (library.functions_import_nothing_for_people, HANDLER, f"{WAITING}import moto", "imports moto"),
    (
        library.functions_import_nothing_for_people,
        LIBRARY / "runtime/observability.py",
        f"{WAITING}import rich.console",
        "rich",
    ),
    (library.modules_fit_in_one_reading, PLAN, "\n" * MOST_LINES, f"{MOST_LINES} are allowed"),
    (library.modules_fit_in_one_reading, HANDLER, "\n" * MOST_LINES, f"{MOST_LINES} are allowed"),
    (library.modules_fit_in_one_reading, COMMAND / "console.py", "\n" * MOST_LINES, f"{MOST_LINES} are allowed"),
    (library.names_say_one_thing, LIBRARY / "photos/draft.py", "", "photos/draft.py is a draft, too"),
    (library.names_say_one_thing, COMMAND / "draft.py", "", "draft.py is a draft, too"),
    (library.classes_say_one_thing, DRAFT, "\n\nclass Plan:\n    pass", "photos/plan.py has a class Plan, too"),
    (library.values_do_not_change, DRAFT, "\n\n@dataclass\nclass Sketch:\n    pass", "Sketch needs frozen=True"),
    (library.values_do_not_change, DRAFT, "\n\n@dataclass(frozen=True)\nclass Sketch:\n    pass", "needs slots=True"),
    (library.values_do_not_change, DRAFT, "\n\n@dataclass(frozen=False)\nclass Sketch:\n    pass", "needs frozen=True"),
    (library.the_page_names_the_parts_of_the_command, COMMAND / "extra.py", "", "not name extra in the section on the"),
    (library.the_page_names_the_parts_of_the_command, COMMAND / "more/one.py", "", "not name more in the section on"),
    (library.every_module_is_on_the_page, LIBRARY / "photos/gif.py", "", "not name gif in the section on photos"),
    (library.every_module_is_on_the_page, LIBRARY / "photos/jpeg/soi.py", "", "not name soi in the section on photos"),
]
#: Rule, what is replaced on the page, by what, and what is found.
ON_THE_PAGE: list[tuple[Rule, str, str, str]] = [
    (
        library.every_module_is_on_the_page,
        "`wishes`",
        "wishes",
        f"publishing/wishes.py: {PAGE} does not name wishes in the section on publishing",
    ),
    (
        library.every_module_is_on_the_page,
        "### `errors`",
        "### Errors",
        f"errors.py: {PAGE} has no section on errors",
    ),
    (
        library.the_page_names_only_rooms_that_exist,
        "### `s3_storage`",
        "### `seed`\nGone.\n\n### `s3_storage`",
        f"{PAGE}: there is no room seed",
    ),
    (
        library.the_page_goes_from_the_bottom_up,
        "### `transfer`",
        "### `bulk`\n\n### `transfer`",
        f"{PAGE}: bulk imports transfer, which is described after it",
    ),
]


@pytest.mark.parametrize("case", ADDED, ids=lambda case: f"{case[0].__name__}-{case[3]}")
def test_a_line_that_breaks_a_rule_is_found(case: tuple[Rule, Path, str, str], broken: Break, copied: Path) -> None:
    rule, path, text, found = case
    broken(path, lambda before: before + text)
    house = House(copied)
    assert any(found in problem for problem in rule(house)), list(rule(house))
    everything = [problem for one in RULES for problem in one(house)]
    assert all(path.name in problem or "circle" in problem for problem in everything)


@pytest.mark.parametrize("case", ON_THE_PAGE, ids=lambda case: f"{case[0].__name__}-{case[1]}")
def test_a_page_that_breaks_a_rule_is_found(case: tuple[Rule, str, str, str], broken: Break, copied: Path) -> None:
    rule, old, new, found = case
    broken(PAGE, lambda text: text.replace(old, new))
    assert list(rule(House(copied))) == [found]


def test_each_rule_is_broken_by_one_of_these_tests() -> None:
    in_the_order_itself = {library.arrows_have_no_circle}
    assert {rule for rule, *_ in [*ADDED, *ON_THE_PAGE]} | in_the_order_itself == set(RULES)


def test_a_type_of_the_sdk_may_be_named_anywhere(broken: Break, copied: Path) -> None:
    broken(DRAFT, lambda text: f"{text}\nif TYPE_CHECKING:\n    from botocore.client import BaseClient\n")
    assert problems(copied) == []


def test_an_exception_for_a_name_that_is_no_longer_repeated_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(library.REPEATED, "draft", "a reason that is gone")
    assert problems(ROOT) == ["draft: only one module has this name; it needs no exception any more"]


def test_a_circle_in_the_order_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(library.ARROWS, "errors", {"s3"})
    assert any("a circle of the order of the rooms" in one for one in library.arrows_have_no_circle(House(ROOT)))


@pytest.mark.parametrize("heavy", ["boto3", "piexif", "zoneinfo", "aws_lambda_powertools"])
def test_importing_the_editor_does_not_import(heavy: str) -> None:
    code = f"import sys, galleria_storage.photos.photo; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
