"""What tests share is in the rooms of `tests/support`."""

from pathlib import Path

from tests.support.architecture.suites import problems
from tests.support.servers.processes import ROOT


def test_the_tests_import_only_what_exists() -> None:
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
