"""`galleria-storage look` says what it needs before it opens anything."""

import sys
from pathlib import Path

import pytest

from galleria_cli.console import main


@pytest.mark.parametrize("words", [[], ["--staged", "wedding"]])
def test_it_wants_a_folder_or_staging(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["look", *words]) == 2
    assert "give either a FOLDER or --staged" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["look", str(tmp_path / "nothing")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_rules_that_cannot_be_understood_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "galleria.toml").write_text("colour = 'red'")
    assert main(["look", str(tmp_path)]) == 2
    assert "unknown key 'colour'" in capsys.readouterr().err


def test_without_its_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("galleria_cli.lighttable")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette", None)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    assert main(["look", str(tmp_path)]) == 2
    assert "pip install 'galleria-storage[look]'" in capsys.readouterr().err


def test_staging_needs_its_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("STAGING_BUCKET", "S3_PUBLIC_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    assert main(["look", "--staged"]) == 2
    assert "_BUCKET is not set" in capsys.readouterr().err
