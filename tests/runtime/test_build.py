"""What `make build` puts into the functions and the layer."""

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.lambda_runtime import BUILD, LAYER, interpreter_version
from tests.support.processes import ROOT

MIB = 1024 * 1024
RUNTIME = "3.13"


@pytest.fixture(autouse=True)
def built() -> None:
    if not LAYER.exists():
        pytest.skip("nothing is built (make build)")


def tree(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, modification time and hash of every file."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            int(path.stat().st_mtime),
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build(target: Path, *, path: str = "") -> None:
    """Build everything once more, into another folder."""
    search = os.pathsep.join([path or f"{ROOT}/.venv-sam/bin:{ROOT}/.venv-runtime/bin", os.environ["PATH"]])
    env = {**os.environ, "PATH": search, "SAM_CLI_TELEMETRY": "0"}
    command = [ROOT / ".venv-sam/bin/sam", "build", "--build-dir", target]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def test_the_layer_carries_the_library_and_no_tests_no_command_line_and_no_copy_of_the_sdk() -> None:
    carried = {path.name for path in LAYER.iterdir() if not path.name.endswith((".dist-info", "-stubs"))}
    assert {"galleria_storage", "aws_lambda_powertools", "piexif", "tzdata"} <= carried
    assert not carried & {"boto3", "botocore", "s3transfer", "galleria_cli", "pytest", "moto", "bin"}
    assert not [path for path in LAYER.rglob("*") if path.is_dir() and path.name in {"tests", "test"}]
    assert not list(LAYER.rglob("*.so")), "one layer serves both processors"


def test_the_artefact_stays_small(tmp_path: Path, record_property: Callable[[str, int], None]) -> None:
    packed = {}
    for part in ("GalleriaStorageLayer", "PublishPhotoFunction", "AuditCorsFunction"):
        archive = tmp_path / f"{part}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted((BUILD / part).rglob("*")):
                file.write(path, path.relative_to(BUILD / part))
        packed[part] = archive.stat().st_size
        record_property(part, packed[part])
    assert packed["GalleriaStorageLayer"] < 4 * MIB
    assert packed["PublishPhotoFunction"] < 16 * 1024
    assert packed["AuditCorsFunction"] < 16 * 1024


def test_every_module_has_bytecode_of_the_runtime_that_is_never_checked_against_a_clock() -> None:
    if interpreter_version() != RUNTIME:
        pytest.skip(f"this machine has no Python {RUNTIME}")
    for folder in (LAYER, BUILD / "PublishPhotoFunction", BUILD / "AuditCorsFunction"):
        for module in folder.rglob("*.py"):
            compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-313.pyc"
            flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
            assert flags == 0b01, f"{compiled}: hash-based and unchecked (PEP 552)"


def test_building_twice_gives_the_same_files_to_the_last_bit(tmp_path: Path) -> None:
    build(tmp_path / "again")
    parts = ("GalleriaStorageLayer", "PublishPhotoFunction", "AuditCorsFunction")
    build_of = {part: tree(BUILD / part) for part in parts}
    assert {part: tree(tmp_path / "again" / part) for part in parts} == build_of


def test_a_machine_without_the_runtimes_python_builds_the_same_without_bytecode(tmp_path: Path) -> None:
    """A python3.13 that does not run (a shim without a version behind it) counts as none."""
    shims = tmp_path / "bin"
    shims.mkdir()
    (shims / "python3.13").write_text("#!/bin/sh\nexit 127\n")
    (shims / "python3.13").chmod(0o755)
    python = ROOT / ".venv-sam/bin/python3"
    (shims / "python3").symlink_to(python)
    build(tmp_path / "again", path=f"{shims}:{python.parent}")
    sources = {name for name in tree(BUILD / "GalleriaStorageLayer") if "__pycache__" not in name}
    assert set(tree(tmp_path / "again" / "GalleriaStorageLayer")) == sources


def test_the_built_template_has_no_aliases_which_cloudformation_does_not_read() -> None:
    text = (BUILD / "template.yaml").read_text(encoding="utf-8")
    assert "&id" not in text
