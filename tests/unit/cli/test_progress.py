"""A bar on a terminal where Rich is installed; everything else works without it."""

import itertools
import sys
from importlib.machinery import ModuleSpec
from types import SimpleNamespace

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


@pytest.mark.parametrize("installed", [True, False])
def test_files_are_counted_if_their_number_is_unknown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, installed: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(reporting, "find_spec", lambda name: ModuleSpec(name, None) if installed else None)
    seconds = itertools.count(0, 30)
    monkeypatch.setattr(reporting, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    report = Report()
    with report.counting(goes_on=True):
        for _ in range(5):
            report.file("right", "a.jpg", dull=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert ("files so far" in printed.err) != installed
    if not installed:
        assert printed.err.splitlines() == ["2 files so far", "4 files so far"]


def test_a_run_that_is_quiet_counts_nothing_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = itertools.count(0, 100)
    monkeypatch.setattr(reporting, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    for report in (Report(quiet=True), Report(as_json=True)):
        with report.counting(goes_on=True):
            report.passed(10)
    assert capsys.readouterr() == ("", "")
