"""The wheel, installed with only the dependencies that it names (`make test-package`)."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest

from galleria_cli.console import COMMANDS
from tests.support.photos import jpegs
from tests.support.servers.processes import ROOT

PYTHON = ROOT / ".venv-package/bin/python"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: The logger of the functions, which bring Powertools.
OF_THE_FUNCTIONS = "galleria_storage.runtime.observability"
#: What the extra `look` brings; the light table's server is imported by `look` alone.
OF_THE_LIGHT_TABLE = ("starlette", "uvicorn")
#: Imports every module of the library and of the command, and prints what else was imported along with them.
IMPORT_ALL = """\
import importlib, json, pkgutil, sys
import galleria_cli, galleria_storage
for package in (galleria_storage, galleria_cli):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if found.name not in sys.argv and not found.name.endswith("__main__"):
            try:
                importlib.import_module(found.name)
            except ModuleNotFoundError as error:
                if str(error.name).partition(".")[0] not in sys.argv or "lighttable" not in found.name:
                    raise
print(json.dumps([galleria_storage.__file__, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it, and return the folder of its command."""
    if not PYTHON.exists():
        pytest.skip("its environment is not made (make test-package)")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel)
    return PYTHON.parent


def run(*command: str | Path, status: int = 0) -> str:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd="/", env=env, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in requirements}


def test_nothing_that_the_wheel_needs_is_missing(scripts: Path) -> None:
    assert "No broken requirements found." in run(scripts / "python", "-m", "pip", "check")
    shown = run(scripts / "python", "-m", "pip", "list", "--format", "json", "--disable-pip-version-check")
    installed = {entry["name"].lower() for entry in json.loads(shown)} - {"pip", "setuptools"}
    pinned = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/package.txt").read_text(), re.MULTILINE)
    assert installed <= {"galleria-storage", *pinned}
    assert names(PROJECT["dependencies"]) <= installed
    inputs = (ROOT / "requirements/package.in").read_text(encoding="utf-8")
    assert names(PROJECT["dependencies"]) == set(re.findall(r"^[a-z0-9-]+", inputs, re.MULTILINE))


def test_every_module_can_be_imported(scripts: Path) -> None:
    file, modules = json.loads(run(scripts / "python", "-c", IMPORT_ALL, OF_THE_FUNCTIONS, *OF_THE_LIGHT_TABLE))
    assert ROOT not in Path(file).parents or ".venv-package" in file
    assert not {"aws_lambda_powertools", "moto", "PIL", "boto3", "botocore"} & set(modules), (
        "heavy ones come when needed"
    )


def test_the_command_helps(scripts: Path) -> None:
    shown = run(scripts / "galleria-storage", "--help")
    assert "demo" in shown
    assert "correct" in shown


@pytest.mark.parametrize("command", [*COMMANDS, "cors check", "cors repair"])
def test_every_command_explains_itself(scripts: Path, command: str) -> None:
    assert f"galleria-storage {command}" in run(scripts / "galleria-storage", *command.split(), "--help")


def test_a_photo_on_disk_is_corrected(scripts: Path, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(jpegs.photo())
    run(scripts / "galleria-storage", "correct", "timestamp-offset-hours=-2", photo, "--into", tmp_path / "corrected")
    copy = tmp_path / "corrected/a.jpg"
    assert jpegs.capture(copy.read_bytes())[0] == "2024:06:15 10:30:45"


def test_the_demo_says_that_it_needs_the_extra(scripts: Path) -> None:
    shown = run(scripts / "galleria-storage", "demo", status=2)
    assert "pip install 'galleria-storage[local]'" in shown


def with_extra() -> dict[str, str]:
    """Let what the extra `local` brings be found where the tests have it; the command itself is the installed one."""
    return {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}


def test_the_demo_runs_without_the_repository(scripts: Path, tmp_path: Path) -> None:
    where = [scripts / "python", "-c", "import galleria_cli; print(galleria_cli.__file__)"]
    found = subprocess.run(where, cwd="/", env=with_extra(), check=True, capture_output=True, text=True)
    assert ".venv-package" in found.stdout
    demo = [scripts / "galleria-storage", "demo", "--log", tmp_path / "log"]
    done = subprocess.run(demo, cwd="/", env=with_extra(), check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All is right.\n")
    assert max(map(len, done.stdout.partition("The functions' own log")[0].splitlines())) <= 80


def test_local_publishes_what_push_puts_in(scripts: Path, tmp_path: Path) -> None:
    (photo := tmp_path / "a.jpg").write_bytes(jpegs.photo())
    command = scripts / "galleria-storage"
    with subprocess.Popen(
        [command, "local", "--json"], cwd="/", env={**with_extra(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as local:  # fmt: skip
        assert local.stdout
        try:
            places = json.loads(local.stdout.readline())
            reach = {"AWS_ENDPOINT_URL_S3": places["endpoint"], "AWS_DEFAULT_REGION": "us-east-1",
                     "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}  # fmt: skip
            push = [command, "push", photo, "--bucket", places["staging"], "--correct", "shift=-2h"]
            subprocess.run(push, cwd="/", env={**os.environ, **reach}, check=True, capture_output=True, timeout=120)
            told = json.loads(local.stdout.readline())
            local.terminate()
            rest, _ = local.communicate(timeout=60)
        finally:
            local.kill()
    assert (told["outcome"], told["key"], told["captured_after"]) == ("published", "a.jpg", "2024:06:15 10:30:45")
    assert rest == "", "each photo is told once"


def test_the_functions_that_the_demo_runs_are_in_the_wheel(scripts: Path) -> None:
    (package,) = scripts.parent.glob("lib/python3*/site-packages/galleria_cli")
    for name in ("publish_photo", "audit_cors"):
        installed = package / "functions" / name / "app.py"
        assert installed.read_bytes() == (ROOT / "functions" / name / "app.py").read_bytes()


def test_powertools_belongs_to_the_functions_alone() -> None:
    assert "aws-lambda-powertools" not in names(PROJECT["dependencies"])
    assert "aws-lambda-powertools" in names(PROJECT["optional-dependencies"]["local"])


def test_the_oldest_sdk_that_is_promised_is_the_oldest_that_is_tested() -> None:
    promised = {word for entry in PROJECT["dependencies"] for word in re.findall(r"^boto3>=([0-9.]+)$", entry)}
    tested = re.findall(r"^boto3==([0-9.]+) ", (ROOT / "requirements/sdk-floor.txt").read_text(), re.MULTILINE)
    assert promised == set(tested)
