"""A bar on a terminal where Rich is installed; everything else works without it."""

import sys
from importlib.machinery import ModuleSpec

import pytest

from galleria_cli import reporting
from galleria_cli.reporting import Report


@pytest.mark.parametrize("installed", [True, False])
def test_a_terminal_gets_a_bar_where_rich_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, installed: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(reporting, "find_spec", lambda name: ModuleSpec(name, None) if installed else None)
    report = Report()
    with report.progress(lambda: (1, 10)):
        report.passed(10)
    assert bool(capsys.readouterr().err) == installed
