"""What tests share is in the rooms of `tests/support`, and each test finds it there."""

from pathlib import Path

import pytest

from tests.support.architecture.suites import problems
from tests.support.servers.processes import ROOT


def test_the_tests_import_what_they_share_from_its_rooms() -> None:
    assert problems(ROOT) == []


def test_an_import_of_a_module_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests/support/photos").mkdir(parents=True)
    (tmp_path / "tests/support/photos/jpegs.py").write_text("")
    (tmp_path / "tests/test_one.py").write_text(
        "from tests.support.photos import jpegs\n"
        "from tests.support.photos.jpegs import photo\n"
        "from tests.support.tiffs import photo\n"
        "from tests.support import pngs\n"
    )
    assert [problem.partition(" does")[0] for problem in problems(tmp_path)] == [
        "tests/test_one.py: tests.support.tiffs.photo",
        "tests/test_one.py: tests.support.pngs",
    ]


def test_a_shared_module_outside_the_rooms_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests/support").mkdir(parents=True)
    (tmp_path / "tests/support/pages.py").write_text("")
    (found,) = problems(tmp_path)
    assert found.startswith("tests/support/pages.py: it is in no room")


@pytest.mark.parametrize("line", ["from .conftest import RULES\n", "from ..cors.conftest import RULES\n"])
def test_a_relative_import_from_a_conftest_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "tests/unit/cors").mkdir(parents=True)
    (tmp_path / "tests/unit/cors/conftest.py").write_text("RULES = []\n")
    (tmp_path / "tests/unit/cors/test_needs.py").write_text(line)
    (found,) = problems(tmp_path)
    assert "belongs in tests/support" in found


@pytest.mark.parametrize("owner", ["unit/cors/conftest", "unit/cors/test_evaluate"])
def test_an_import_from_a_conftest_or_another_test_is_found(owner: str, tmp_path: Path) -> None:
    (tmp_path / "tests/unit/cors").mkdir(parents=True)
    (tmp_path / f"tests/{owner}.py").write_text("RULES = []\n")
    (tmp_path / "tests/unit/cors/test_needs.py").write_text(f"from tests.{owner.replace('/', '.')} import RULES\n")
    (found,) = problems(tmp_path)
    assert "test_needs.py" in found
    assert "belongs in tests/support" in found


def test_a_helper_that_is_written_twice_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests/unit").mkdir(parents=True)
    for name, helper in (("one", "made"), ("two", "built")):
        (tmp_path / f"tests/unit/test_{name}.py").write_text(
            f"def {helper}(size: int) -> bytes:\n"
            f'    """Say it {name} way."""\n'
            "    return size.to_bytes(4, 'big') + bytes(size) + b'end' + bytes(size % 2)\n"
        )
    (found,) = problems(tmp_path)
    assert found.startswith("tests/unit/test_two.py: built is the same as in tests/unit/test_one.py")
