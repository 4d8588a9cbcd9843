"""What `make build` puts into the functions and the layer."""

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.functions.lambda_runtime import BUILD, LAYER, interpreter_version
from tests.support.servers.processes import ROOT

MIB = 1024 * 1024
RUNTIME = "3.13"
PARTS = ("GalleriaStorageLayer", "PublishPhotoFunction", "AuditCorsFunction")
LIBRARY = ROOT / "layers/galleria_storage/galleria_storage"
TOOLS = (f"{ROOT}/.venv-sam/bin", f"{ROOT}/.venv-runtime/bin")
#: Options of the tools of macOS, as its manual pages list them; for `find` also its expressions.
BSD_OPTIONS = {
    "cp": "-H -L -P -R -X -a -c -f -i -n -p -v",
    "find": "-r -name -type -mindepth -maxdepth -prune -exec -o -a -not -path -size -perm -newer -print -delete",
    "rm": "-d -f -i -I -P -R -r -v -rf",
    "touch": "-A -a -c -h -m -r -t -d",
    "mkdir": "-p -m -v",
    "sed": "-E -a -e -f -i -l -n",
}


@pytest.fixture(autouse=True)
def built() -> None:
    if not LAYER.exists():
        pytest.skip("nothing is built (make build)")


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Return mode and hash of every file: what SAM packs, which gives all files one date."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build(target: Path, *, path: str = "", fails: bool = False) -> str:
    """Build everything once more, into another folder, and return what SAM showed."""
    search = os.pathsep.join([path, os.environ["PATH"]] if path else [*TOOLS, os.environ["PATH"]])
    env = {**os.environ, "PATH": search, "SAM_CLI_TELEMETRY": "0"}
    command = [ROOT / ".venv-sam/bin/sam", "build", "--build-dir", target]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
    shown = done.stdout.decode()
    assert bool(done.returncode) == fails, shown
    return shown


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_the_layer_carries_the_library_and_the_sdk_and_no_tests_and_no_command_line() -> None:
    carried = {path.name for path in LAYER.iterdir() if not path.name.endswith((".dist-info", "-stubs"))}
    assert {"galleria_storage", "aws_lambda_powertools", "piexif", "tzdata", "boto3", "botocore"} <= carried
    assert not carried & {"galleria_cli", "pytest", "moto", "bin"}
    assert not [path for path in LAYER.rglob("*") if path.is_dir() and path.name in {"tests", "test", "examples"}]
    compiled = {str(path.relative_to(LAYER)) for path in LAYER.rglob("*.so")}
    suffix = f"cpython-{RUNTIME.replace('.', '')}"
    both = {f"anycrc/crc.{suffix}-{processor}-linux-gnu.so" for processor in ("aarch64", "x86_64")}
    assert compiled == both, "one layer serves both processors"


def test_the_layer_has_the_api_of_every_service_that_the_library_calls_and_of_no_other() -> None:
    library = "".join(path.read_text(encoding="utf-8") for path in sorted(LIBRARY.rglob("*.py")))
    called = set(re.findall(r"""(?:client|call|make)\(\s*"([a-z0-9-]+)",""", library))
    assert {"s3", "secretsmanager"} <= called
    carried = {path.name for path in (LAYER / "botocore/data").iterdir() if path.is_dir()}
    assert carried == called | {"sts", "xray"}, "sts: roles; xray: the tracing SDK makes a client for it"
    assert all(len(list((LAYER / "botocore/data" / name).iterdir())) == 1 for name in carried), "the newest version"


def test_the_artefact_stays_small(tmp_path: Path, record_property: Callable[[str, int], None]) -> None:
    packed = {}
    for part in PARTS:
        archive = tmp_path / f"{part}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted((BUILD / part).rglob("*")):
                file.write(path, path.relative_to(BUILD / part))
        packed[part] = archive.stat().st_size
        record_property(part, packed[part])
    assert packed["GalleriaStorageLayer"] < 8 * MIB
    assert packed["PublishPhotoFunction"] < 16 * 1024
    assert packed["AuditCorsFunction"] < 16 * 1024


def test_every_module_has_bytecode_of_the_runtime_that_is_never_checked_against_a_clock() -> None:
    if interpreter_version() != RUNTIME:
        pytest.skip(f"this machine has no Python {RUNTIME}")
    for part in PARTS:
        for module in (BUILD / part).rglob("*.py"):
            compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-313.pyc"
            flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
            assert flags == 0b01, f"{compiled}: hash-based and unchecked (PEP 552)"


def test_building_twice_gives_the_same_files_to_the_last_bit(tmp_path: Path) -> None:
    build(tmp_path / "again")
    assert {part: tree(tmp_path / "again" / part) for part in PARTS} == {part: tree(BUILD / part) for part in PARTS}


def test_the_tools_of_macos_build_the_same(tmp_path: Path) -> None:
    """Stand-ins for BSD's tools refuse what only GNU's understand, as `touch -d @0` or `cp --archive`."""
    for tool, options in BSD_OPTIONS.items():
        real = shutil.which(tool)
        accepted = "|".join(options.split())
        program(
            tmp_path / "bin",
            tool,
            f'for word; do case "$word" in {accepted}) ;;\n'
            f'  -[A-Za-z-]*) echo "{tool}: illegal option -- $word" >&2; exit 64;; esac; done\nexec {real} "$@"',
        )
    build(tmp_path / "again", path=os.pathsep.join([str(tmp_path / "bin"), *TOOLS]))
    assert {part: tree(tmp_path / "again" / part) for part in PARTS} == {part: tree(BUILD / part) for part in PARTS}


def test_a_machine_without_the_runtimes_python_builds_the_same_without_bytecode_and_says_what_to_do(
    tmp_path: Path,
) -> None:
    """A python3.13 that does not run (a shim without a version behind it) counts as none."""
    shims = tmp_path / "bin"
    program(shims, "python3.13", "exit 127")
    python = ROOT / ".venv-sam/bin/python3"
    (shims / "python3").symlink_to(python)
    shown = build(tmp_path / "again", path=f"{shims}:{python.parent}")
    sources = {name for name in tree(BUILD / "GalleriaStorageLayer") if "__pycache__" not in name}
    assert set(tree(tmp_path / "again" / "GalleriaStorageLayer")) == sources
    assert "no python3.13 was found on PATH" in shown
    assert "sam build --use-container" in shown


def test_a_machine_without_pip_is_told_so(tmp_path: Path) -> None:
    for name in ("python3.13", "python3", "python"):
        program(tmp_path / "bin", name, "exit 127")
    shown = build(tmp_path / "again", path=str(tmp_path / "bin"), fails=True)
    assert "no Python with pip was found on PATH. Install Python 3.13, or build in a container" in shown


def test_the_built_template_has_no_aliases_which_cloudformation_does_not_read() -> None:
    text = (BUILD / "template.yaml").read_text(encoding="utf-8")
    assert "&id" not in text
