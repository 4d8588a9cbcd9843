"""The audit distinguishes: nothing known, something known, and no database to ask."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.supply.__main__ import main

CLEAN = {"name": "boto3", "version": "1.44.5", "vulns": []}
VULNERABLE = {"name": "urllib3", "version": "2.0.0", "vulns": [{"id": "PYSEC-2023-212", "fix_versions": ["2.0.7"]}]}
UNKNOWN = {"name": "six", "skip_reason": "Dependency not found"}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a stand-in for pip-audit that prints what `answer` says."""
    stand_in = tmp_path / "pip-audit"
    stand_in.write_text(f"#!/bin/sh\ncat {tmp_path}/answer\n")
    stand_in.chmod(0o755)
    return stand_in


def answer(program: Path, *packages: dict[str, Any]) -> None:
    (program.parent / "answer").write_text(json.dumps({"dependencies": packages}))


def test_no_known_vulnerability_passes(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(program, CLEAN)
    assert main(["layer.txt"], program) == 0
    assert capsys.readouterr().out == "audit of layer.txt: 1 packages, 0 known vulnerabilities\n"


def test_a_known_vulnerability_fails_and_names_the_version_that_is_fixed(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(program, CLEAN, VULNERABLE)
    assert main(["layer.txt"], program) == 1
    assert "urllib3 2.0.0 has PYSEC-2023-212, fixed in 2.0.7" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "Traceback", '{"dependencies": []}', json.dumps({"dependencies": [UNKNOWN]})])
def test_where_nobody_answers_it_says_skipped(program: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (program.parent / "answer").write_text(text)
    assert main(["layer.txt"], program) == 0
    assert capsys.readouterr().out == "audit of layer.txt: SKIPPED, no vulnerability service answered\n"


def test_a_package_that_nobody_knows_is_named(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(program, CLEAN, UNKNOWN)
    assert main(["layer.txt"], program) == 0
    assert "SKIPPED for six" in capsys.readouterr().out
